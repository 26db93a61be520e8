"""The notification of every use of the break-glass role, 45 CFR 164.308(a)(6)(ii)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, sns

from components.documents import Statement, document
from components.keys import Key, KeyArgs, uses
from components.publishers import cloudwatch_alarms, eventbridge, over_tls_only
from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class BreakGlassAlarmArgs:
    """The alarm in one region. STS records a session in the region whose endpoint was called."""

    prefix: str
    region: str
    account_id: pulumi.Input[str]
    role_arn: pulumi.Input[str]
    notify: Sequence[str]
    """E-mail addresses; AWS sends each a request for confirmation."""

    def __post_init__(self) -> None:
        """Refuses an alarm without recipients."""
        if not self.notify:
            raise ValueError("BreakGlassAlarmArgs.notify: name at least one e-mail address")


class BreakGlassAlarm(pulumi.ComponentResource):
    """`hipaa-ml:baseline:BreakGlassAlarm`: an e-mail for every use of the break-glass role.

    Creates an `aws.cloudwatch.EventRule` on `sts:AssumeRole` with its target, and an `aws.sns.Topic` with its `Key`,
    policy and e-mail subscriptions.
    """

    def __init__(self, name: str, args: BreakGlassAlarmArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        key = Key(
            f"{name}-key",
            KeyArgs(
                alias=f"{args.prefix}-alarms",
                description="Alarms of this account in this region",
                account_id=args.account_id,
                uses=uses.notifications(args.account_id),
            ),
            child,
        )
        topic = sns.Topic(f"{name}-topic", name=f"{args.prefix}-alarms", kms_master_key_id=key.arn, opts=child)
        rule = cloudwatch.EventRule(
            f"{name}-rule",
            name=f"{args.prefix}-break-glass",
            description="Somebody assumed the break-glass role",
            event_pattern=pulumi.Output.from_input(args.role_arn).apply(pattern),
            state="ENABLED",
            opts=child,
        )
        policy = sns.TopicPolicy(
            f"{name}-policy", arn=topic.arn, policy=document(_publishers(topic.arn, args.account_id)), opts=child
        )
        cloudwatch.EventTarget(
            f"{name}-target",
            rule=rule.name,
            arn=topic.arn,
            target_id="topic",
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        for number, address in enumerate(args.notify, start=1):
            sns.TopicSubscription(
                f"{name}-subscription-{number}", topic=topic.arn, protocol="email", endpoint=address, opts=child
            )
        self.topic_arn = topic.arn
        self.register_outputs({"topic_arn": self.topic_arn})


def pattern(role_arn: str) -> str:
    """The EventBridge pattern of the CloudTrail event for a session of the role."""
    return json.dumps(
        {
            "source": ["aws.sts"],
            "detail-type": ["AWS API Call via CloudTrail"],
            "detail": {
                "eventSource": ["sts.amazonaws.com"],
                "eventName": ["AssumeRole"],
                "requestParameters": {"roleArn": [role_arn]},
            },
        }
    )


def _publishers(topic_arn: pulumi.Input[str], account_id: pulumi.Input[str]) -> Sequence[Statement]:
    return [
        cloudwatch_alarms(topic_arn, account_id),
        eventbridge("Events", topic_arn),
        over_tls_only(topic_arn),
    ]
