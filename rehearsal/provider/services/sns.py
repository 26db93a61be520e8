"""SNS: topics, their policies, subscriptions."""

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import Call, Find, Tagging, on

TOPIC: Final = {
    "displayName": "DisplayName",
    "policy": "Policy",
    "deliveryPolicy": "DeliveryPolicy",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "signatureVersion": "SignatureVersion",
    "tracingConfig": "TracingConfig",
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "fifoTopic": "FifoTopic",
}
_SUBSCRIPTION: Final = {
    "rawMessageDelivery": "RawMessageDelivery",
    "filterPolicy": "FilterPolicy",
    "filterPolicyScope": "FilterPolicyScope",
    "redrivePolicy": "RedrivePolicy",
    "deliveryPolicy": "DeliveryPolicy",
    "subscriptionRoleArn": "SubscriptionRoleArn",
}
_TAGS: Final = Tagging(add="tag_resource", remove="untag_resource", read="list_tags_for_resource")


def attributes(inputs: Values, table: Mapping[str, str]) -> dict[str, str]:
    """Properties as the attributes that SNS and SQS take: all strings."""
    result: dict[str, str] = {}
    for name, attribute in table.items():
        value = inputs.get(name)
        if value is not None:
            result[attribute] = str(value).lower() if isinstance(value, bool) else str(value)
    return result


def _create_topic(work: Work) -> Values:
    more: dict[str, Any] = {"Attributes": attributes(work.inputs, TOPIC)}
    tags = [{"Key": key, "Value": value} for key, value in (work.inputs.get("tagsAll") or {}).items()]
    return {"arn": work.call("create_topic", Name=work.inputs["name"], Tags=tags, **more)["TopicArn"]}


def _update_topic(work: Work) -> None:
    for name, attribute in TOPIC.items():
        if name in work.changed:
            value = attributes(work.inputs, {name: attribute}).get(attribute, "")
            work.call("set_topic_attributes", TopicArn=work.id, AttributeName=attribute, AttributeValue=value)


def _named(work: Work, values: Values) -> Values:
    return {**values, "name": work.id.rpartition(":")[2]}


def _subscribe(work: Work) -> Values:
    answer = work.call(
        "subscribe",
        TopicArn=work.inputs["topic"],
        Protocol=work.inputs["protocol"],
        Endpoint=work.inputs["endpoint"],
        Attributes=attributes(work.inputs, _SUBSCRIPTION),
        ReturnSubscriptionArn=True,
    )
    return {"arn": answer["SubscriptionArn"]}


def _update_subscription(work: Work) -> None:
    for name, attribute in _SUBSCRIPTION.items():
        if name in work.changed:
            value = attributes(work.inputs, {name: attribute}).get(attribute, "")
            work.call(
                "set_subscription_attributes", SubscriptionArn=work.id, AttributeName=attribute, AttributeValue=value
            )


def _own_policy(work: Work) -> None:
    """Without a policy of its own a topic answers to its account only."""
    account = work.id.split(":")[4]
    policy = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::'
        f'{account}:root"}},"Action":"SNS:*","Resource":"{work.id}"}}]}}'
    )
    work.call("set_topic_attributes", TopicArn=work.id, AttributeName="Policy", AttributeValue=policy)


TYPES: Final = (
    Emulated(
        type="aws:sns/topic:Topic",
        service="sns",
        create=_create_topic,
        read="get_topic_attributes",
        result="Attributes",
        finish=_named,
        update=_update_topic,
        delete="delete_topic",
        id="{arn}",
        names={"TopicArn": "arn", "ResourceArn": "arn"},
        forces=on("name", "namePrefix", "fifoTopic"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:sns/topicSubscription:TopicSubscription",
        service="sns",
        create=_subscribe,
        read="get_subscription_attributes",
        result="Attributes",
        update=_update_subscription,
        delete="unsubscribe",
        id="{arn}",
        names={"SubscriptionArn": "arn", "TopicArn": "topic", "Owner": "ownerId"},
        forces=on("topic", "protocol", "endpoint"),
    ),
    Emulated(
        type="aws:sns/topicPolicy:TopicPolicy",
        service="sns",
        create=Call(
            op="set_topic_attributes",
            by={"TopicArn": "arn", "AttributeValue": "policy"},
            fixed={"AttributeName": "Policy"},
        ),
        read=Find(op="get_topic_attributes", by={"TopicArn": "id"}, at="Attributes"),
        names={"TopicArn": "arn"},
        update="put",
        delete=_own_policy,
        id="{arn}",
        forces=on("arn"),
        exclusive=True,
    ),
)
