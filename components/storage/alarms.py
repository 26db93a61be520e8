"""Who is told when copies are late or fail: S3 publishes lag in the destination's region, failures in the source's.

S3 User Guide, "Using S3 Replication metrics": so lag is seen, and alarms, while the source's region is down.
"""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import cloudwatch

from components.tokens import type_token

RULE: Final = "everything"
"""Id of the one replication rule a bucket has."""
MINUTES: Final = 15
"""What replication time control promises."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """An alarm on one metric of a replication."""

    what: str
    metric: str
    above: float
    source: pulumi.Input[str]
    """Names of buckets."""
    destination: pulumi.Input[str]
    topic_arn: pulumi.Input[str]


def alarm(name: str, one: Alarm, opts: pulumi.ResourceOptions) -> None:
    """Makes the alarm."""
    cloudwatch.MetricAlarm(
        name,
        name=pulumi.Output.format("replication-{0}-{1}", one.what, one.source),
        alarm_description=pulumi.Output.format("Copies of {0} are {1}", one.source, one.what),
        namespace="AWS/S3",
        metric_name=one.metric,
        dimensions={"SourceBucket": one.source, "DestinationBucket": one.destination, "RuleId": RULE},
        statistic="Maximum",
        comparison_operator="GreaterThanThreshold",
        threshold=one.above,
        period=60,
        evaluation_periods=1,
        # Nothing is published while nothing is written.
        treat_missing_data="notBreaching",
        alarm_actions=[one.topic_arn],
        ok_actions=[one.topic_arn],
        insufficient_data_actions=[one.topic_arn],
        opts=opts,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplicationLagArgs:
    """A replication, seen from its destination."""

    source: pulumi.Input[str]
    destination: pulumi.Input[str]
    topic_arn: pulumi.Input[str]
    """In the destination's region."""
    after_minutes: int = MINUTES

    def __post_init__(self) -> None:
        """Refuses an alarm after the promise is broken."""
        if not 1 <= self.after_minutes <= MINUTES:
            raise ValueError(f"ReplicationLagArgs.after_minutes: 1 to {MINUTES}, not {self.after_minutes}")


class ReplicationLag(pulumi.ComponentResource):
    """`hipaa-ml:storage:ReplicationLag`: makes an `aws.cloudwatch.MetricAlarm` on how far behind the copies are."""

    def __init__(self, name: str, args: ReplicationLagArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        alarm(
            f"{name}-late",
            Alarm(
                what="late",
                metric="ReplicationLatency",
                above=args.after_minutes * 60,
                source=args.source,
                destination=args.destination,
                topic_arn=args.topic_arn,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
