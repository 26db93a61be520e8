"""SNS: topics, their policies, subscriptions."""

from typing import Final

from rehearsal.provider.spec import Emulated
from rehearsal.provider.vocabulary import ApiCall, Attributes, Find, Tagging, on

_TOPIC: Final = {
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
_OWN_POLICY: Final = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::$accountId:root"},'
    '"Action":"SNS:*","Resource":"$id"}]}'
)
"""The policy of a topic that has no other: only its account may use it."""
_TAGS: Final = Tagging(add="tag_resource", remove="untag_resource", read="list_tags_for_resource")


TYPES: Final = (
    Emulated(
        type="aws:sns/topic:Topic",
        service="sns",
        create="create_topic",
        read="get_topic_attributes",
        result="Attributes",
        templates={"name": "{id!n}"},
        attributes=Attributes(names=_TOPIC, set="set_topic_attributes", by={"TopicArn": "id"}, each=True),
        update=(),
        delete="delete_topic",
        id="{arn}",
        names={"TopicArn": "arn", "ResourceArn": "arn"},
        forces=on("name", "namePrefix", "fifoTopic"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:sns/topicSubscription:TopicSubscription",
        service="sns",
        create="subscribe",
        fixed={"ReturnSubscriptionArn": True},
        read=Find(op="get_subscription_attributes", by={"SubscriptionArn": "id"}, at="Attributes"),
        attributes=Attributes(
            names=_SUBSCRIPTION, set="set_subscription_attributes", by={"SubscriptionArn": "id"}, each=True
        ),
        update=(),
        delete="unsubscribe",
        id="{arn}",
        names={"SubscriptionArn": "arn", "TopicArn": "topic", "Owner": "ownerId"},
        forces=on("topic", "protocol", "endpoint"),
    ),
    Emulated(
        type="aws:sns/topicPolicy:TopicPolicy",
        service="sns",
        create=ApiCall(
            op="set_topic_attributes",
            by={"TopicArn": "arn", "AttributeValue": "policy"},
            fixed={"AttributeName": "Policy"},
        ),
        read=Find(op="get_topic_attributes", by={"TopicArn": "id"}, at="Attributes"),
        names={"TopicArn": "arn"},
        update="put",
        delete=ApiCall(
            op="set_topic_attributes",
            by={"TopicArn": "id"},
            fixed={"AttributeName": "Policy"},
            templates={"AttributeValue": _OWN_POLICY},
        ),
        id="{arn}",
        forces=on("arn"),
        exclusive=True,
    ),
)
