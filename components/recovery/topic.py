"""SNS topic of an environment's alarms and failovers: encrypted, TLS only, with named publishers."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import sns

from components.documents import Statement, document
from components.publishers import cloudwatch_alarms, over_tls_only
from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class OperationsTopicArgs:
    """A topic."""

    topic: str
    account_id: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    publisher_role_arn: pulumi.Input[str]
    """The runbooks' role; it need not be there yet."""
    notify: Sequence[str]
    """E-mail addresses; AWS sends each a request for confirmation."""

    def __post_init__(self) -> None:
        """Refuses a topic without recipients."""
        if not self.notify:
            raise ValueError("OperationsTopicArgs.notify: name at least one e-mail address")


class OperationsTopic(pulumi.ComponentResource):
    """`hipaa-ml:recovery:OperationsTopic`: the topic that is notified of operations and alarms.

    Creates an `aws.sns.Topic`, its `TopicPolicy` and its `TopicSubscription`s.
    """

    def __init__(self, name: str, args: OperationsTopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        topic = sns.Topic(f"{name}-topic", name=args.topic, kms_master_key_id=args.key_arn, opts=child)
        sns.TopicPolicy(f"{name}-policy", arn=topic.arn, policy=document(_publishers(topic.arn, args)), opts=child)
        for number, address in enumerate(args.notify, start=1):
            sns.TopicSubscription(
                f"{name}-subscription-{number}", topic=topic.arn, protocol="email", endpoint=address, opts=child
            )
        self.arn = topic.arn
        self.register_outputs({"arn": self.arn})


def _publishers(topic_arn: pulumi.Input[str], args: OperationsTopicArgs) -> Sequence[Statement]:
    return [
        cloudwatch_alarms(topic_arn, args.account_id),
        {
            "Sid": "Runbooks",
            "Effect": "Allow",
            "Principal": {"AWS": pulumi.Output.format("arn:aws:iam::{0}:root", args.account_id)},
            "Action": "sns:Publish",
            "Resource": topic_arn,
            "Condition": {"ArnEquals": {"aws:PrincipalArn": args.publisher_role_arn}},
        },
        over_tls_only(topic_arn),
    ]
