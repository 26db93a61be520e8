"""SQS: queues and their policies."""

from typing import Final

from rehearsal.provider.spec import Emulated
from rehearsal.provider.vocabulary import ApiCall, Attributes, Find, Tagging, on

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


TYPES: Final = (
    Emulated(
        type="aws:sqs/queue:Queue",
        service="sqs",
        create="create_queue",
        read=Find(op="get_queue_attributes", by={"QueueUrl": "id"}, fixed={"AttributeNames": ["All"]}, at="Attributes"),
        attributes=Attributes(names=_QUEUE, set="set_queue_attributes", by={"QueueUrl": "id"}),
        templates={"url": "{id}", "name": "{id!n}"},
        update=(),
        delete=ApiCall(op="delete_queue", by={"QueueUrl": "id"}),
        id="{url}",
        names={
            "QueueName": "name",
            "QueueUrl": "url",
            "QueueArn": "arn",
            **{attribute: name for name, attribute in _QUEUE.items()},
        },
        forces=on("name", "namePrefix", "fifoQueue"),
        tags=Tagging(add="tag_queue", remove="untag_queue", read="list_queue_tags"),
    ),
    Emulated(
        type="aws:sqs/queuePolicy:QueuePolicy",
        service="sqs",
        create="set_queue_attributes",
        read=Find(
            op="get_queue_attributes",
            by={"QueueUrl": "id"},
            fixed={"AttributeNames": ["Policy"]},
            at="Attributes",
            exists="Policy",
            echo=on("queueUrl"),
        ),
        attributes=Attributes(names={"policy": "Policy"}),
        update="put",
        delete=ApiCall(op="set_queue_attributes", by={"QueueUrl": "id"}, fixed={"Attributes": {"Policy": ""}}),
        id="{queueUrl}",
        forces=on("queueUrl"),
        exclusive=True,
    ),
)
