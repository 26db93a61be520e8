"""Alarms on late and failed replication.

S3 publishes the lag in the region of the destination and failures in the region of the source, so that the alarm on
the lag works while the source region is down (S3 User Guide, "Using S3 Replication metrics").
"""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import cloudwatch

from components.tokens import type_token

RULE: Final = "everything"
"""Id of the only replication rule of a bucket."""
MINUTES: Final = 15
"""Minutes within which S3 Replication Time Control replicates 99.9 % of the objects."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplicationAlarm:
    """An alarm on one metric of a replication."""

    condition: str
    """State of the copies that the alarm reports, for example `late`; part of its name."""
    metric: str
    """Name of the metric in the namespace `AWS/S3`."""
    threshold: float
    """Value of the metric above which the alarm is raised."""
    source: pulumi.Input[str]
    """Name of the source bucket."""
    destination: pulumi.Input[str]
    """Name of the destination bucket."""
    topic_arn: pulumi.Input[str]
    """Topic that is notified of every change of the alarm's state."""


def create_alarm(name: str, alarm: ReplicationAlarm, opts: pulumi.ResourceOptions) -> None:
    """Creates an `aws.cloudwatch.MetricAlarm`."""
    cloudwatch.MetricAlarm(
        name,
        name=pulumi.Output.format("replication-{0}-{1}", alarm.condition, alarm.source),
        alarm_description=pulumi.Output.format("Copies of {0} are {1}", alarm.source, alarm.condition),
        namespace="AWS/S3",
        metric_name=alarm.metric,
        dimensions={"SourceBucket": alarm.source, "DestinationBucket": alarm.destination, "RuleId": RULE},
        statistic="Maximum",
        comparison_operator="GreaterThanThreshold",
        threshold=alarm.threshold,
        period=60,
        evaluation_periods=1,
        # Nothing is published while nothing is written.
        treat_missing_data="notBreaching",
        alarm_actions=[alarm.topic_arn],
        ok_actions=[alarm.topic_arn],
        insufficient_data_actions=[alarm.topic_arn],
        opts=opts,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplicationLagArgs:
    """A replication, and the alarm in the region of its destination."""

    source: pulumi.Input[str]
    destination: pulumi.Input[str]
    topic_arn: pulumi.Input[str]
    """Topic in the region of the destination."""
    after_minutes: int = MINUTES

    def __post_init__(self) -> None:
        """Refuses a delay above that of S3 Replication Time Control."""
        if not 1 <= self.after_minutes <= MINUTES:
            raise ValueError(f"ReplicationLagArgs.after_minutes: 1 to {MINUTES}, not {self.after_minutes}")


class ReplicationLag(pulumi.ComponentResource):
    """`hipaa-ml:storage:ReplicationLag`: an alarm on the lag of a replication, in the region of the destination.

    Creates an `aws.cloudwatch.MetricAlarm`.
    """

    def __init__(self, name: str, args: ReplicationLagArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        create_alarm(
            f"{name}-late",
            ReplicationAlarm(
                condition="late",
                metric="ReplicationLatency",
                threshold=args.after_minutes * 60,
                source=args.source,
                destination=args.destination,
                topic_arn=args.topic_arn,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
