"""SQS: queues and their policies."""

from typing import Any, Final

from rehearsal.provider.services.sns import attributes
from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import Tagging, on

_QUEUE: Final = {
    "delaySeconds": "DelaySeconds",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
    "policy": "Policy",
    "redrivePolicy": "RedrivePolicy",
    "redriveAllowPolicy": "RedriveAllowPolicy",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "fifoQueue": "FifoQueue",
    "contentBasedDeduplication": "ContentBasedDeduplication",
}


def _create(work: Work) -> Values:
    answer = work.call(
        "create_queue",
        QueueName=work.inputs["name"],
        Attributes=attributes(work.inputs, _QUEUE),
        tags=work.inputs.get("tagsAll") or {},
    )
    return {"url": answer["QueueUrl"]}


def _read(work: Work) -> Any:
    found = work.call("get_queue_attributes", QueueUrl=work.id, AttributeNames=["All"]).get("Attributes", {})
    named = {name: found[attribute] for name, attribute in _QUEUE.items() if attribute in found}
    return {**named, "url": work.id, "arn": found["QueueArn"], "name": found["QueueArn"].rpartition(":")[2]}


def _update(work: Work) -> None:
    changed = {name: _QUEUE[name] for name in _QUEUE if name in work.changed}
    if changed:
        values = {name: work.inputs.get(name, "") for name in changed}
        work.call("set_queue_attributes", QueueUrl=work.id, Attributes=attributes(values, changed))


def _set_policy(work: Work) -> Values:
    work.call("set_queue_attributes", QueueUrl=work.inputs["queueUrl"], Attributes={"Policy": work.inputs["policy"]})
    return {}


def _read_policy(work: Work) -> Any:
    found = work.call("get_queue_attributes", QueueUrl=work.id, AttributeNames=["Policy"]).get("Attributes", {})
    return {"queueUrl": work.id, "policy": found["Policy"]} if found.get("Policy") else None


def _no_policy(work: Work) -> None:
    work.call("set_queue_attributes", QueueUrl=work.id, Attributes={"Policy": ""})


TYPES: Final = (
    Emulated(
        type="aws:sqs/queue:Queue",
        service="sqs",
        create=_create,
        read=_read,
        update=_update,
        delete="delete_queue",
        id="{url}",
        names={"QueueUrl": "url"},
        forces=on("name", "namePrefix", "fifoQueue"),
        tags=Tagging(add="tag_queue", remove="untag_queue", read="list_queue_tags"),
    ),
    Emulated(
        type="aws:sqs/queuePolicy:QueuePolicy",
        service="sqs",
        create=_set_policy,
        read=_read_policy,
        update="put",
        delete=_no_policy,
        id="{queueUrl}",
        forces=on("queueUrl"),
        exclusive=True,
    ),
)
