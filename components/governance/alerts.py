"""Notifications of important findings, 45 CFR 164.308(a)(6)(ii)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, sns

from components.documents import document
from components.governance.findings import SOURCES
from components.keys import Key, KeyArgs, uses
from components.publishers import eventbridge, over_tls_only
from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingAlertsArgs:
    """Alerts in one region."""

    prefix: str
    region: str
    account_id: pulumi.Input[str]
    notify: Sequence[str]
    """E-mail addresses; AWS sends each a request for confirmation."""
    home: bool
    """Whether findings of all regions are aggregated in this region."""

    def __post_init__(self) -> None:
        """Refuses alerts without recipients."""
        if not self.notify:
            raise ValueError("FindingAlertsArgs.notify: name at least one e-mail address")


class FindingAlerts(pulumi.ComponentResource):
    """`hipaa-ml:governance:FindingAlerts`: an e-mail for every important finding.

    Creates `aws.cloudwatch.EventRule`s with their targets, and an `aws.sns.Topic` with its `Key`, policy and e-mail
    subscriptions.

    An e-mail contains the finding: resource names and account ids, no PHI (Macie reports no matched text).
    """

    def __init__(self, name: str, args: FindingAlertsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        key = Key(
            f"{name}-key",
            KeyArgs(
                alias=f"{args.prefix}-findings",
                description="Findings on their way to people",
                account_id=args.account_id,
                uses=uses.notifications(args.account_id),
            ),
            child,
        )
        topic = sns.Topic(f"{name}-topic", name=f"{args.prefix}-findings", kms_master_key_id=key.arn, opts=child)
        policy = sns.TopicPolicy(
            f"{name}-policy",
            arn=topic.arn,
            policy=document([eventbridge("Findings", topic.arn), over_tls_only(topic.arn)]),
            opts=child,
        )
        for source, spec in SOURCES.items():
            if spec.home_only and not args.home:
                continue
            rule = cloudwatch.EventRule(
                f"{name}-{source}",
                name=f"{args.prefix}-findings-{source}",
                description=spec.description,
                event_pattern=json.dumps(spec.pattern, sort_keys=True),
                state="ENABLED",
                opts=child,
            )
            cloudwatch.EventTarget(
                f"{name}-{source}-target",
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
