"""Alarms of the MLflow server: its targets, its errors, and its database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import pulumi
from pulumi_aws import cloudwatch

from components.mlflow.names import MlflowNames
from components.tokens import type_token

Subject = Literal["balancer", "database", "targets"]
GIGABYTE: Final = 1024**3


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """A metric and the threshold of its alarm, in the unit of the metric."""

    subject: Subject
    metric: str
    statistic: str
    comparison: str
    threshold: float
    meaning: str


WATCHED: Final[Sequence[Watched]] = (
    Watched(
        subject="targets",
        metric="UnHealthyHostCount",
        statistic="Maximum",
        comparison="GreaterThanOrEqualToThreshold",
        threshold=1,
        meaning="a task does not answer its health check",
    ),
    Watched(
        subject="balancer",
        metric="HTTPCode_Target_5XX_Count",
        statistic="Sum",
        comparison="GreaterThanOrEqualToThreshold",
        threshold=5,
        meaning="the server answers with errors",
    ),
    Watched(
        subject="balancer",
        metric="HTTPCode_ELB_5XX_Count",
        statistic="Sum",
        comparison="GreaterThanOrEqualToThreshold",
        threshold=5,
        meaning="the load balancer reaches no task",
    ),
    Watched(
        subject="database",
        metric="CPUUtilization",
        statistic="Average",
        comparison="GreaterThanThreshold",
        threshold=85,
        meaning="percent of the database's processors",
    ),
    Watched(
        subject="database",
        metric="FreeStorageSpace",
        statistic="Minimum",
        comparison="LessThanThreshold",
        threshold=10 * GIGABYTE,
        meaning="the database has less than 10 GiB of free storage",
    ),
    Watched(
        subject="database",
        metric="DatabaseConnections",
        statistic="Maximum",
        comparison="GreaterThanThreshold",
        threshold=150,
        meaning="connections: more than the pools of six tasks open",
    ),
)
"""Sources: Application Load Balancers guide, "CloudWatch metrics"; RDS User Guide, "Amazon CloudWatch metrics"."""
NAMESPACES: Final[Mapping[Subject, str]] = {
    "balancer": "AWS/ApplicationELB",
    "database": "AWS/RDS",
    "targets": "AWS/ApplicationELB",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class MlflowAlarmsArgs:
    """The alarms of one environment."""

    names: MlflowNames
    topic_arn: pulumi.Input[str]
    balancer: pulumi.Input[str]
    """Suffix of the load balancer's ARN."""
    target_group: pulumi.Input[str]
    """Suffix of the target group's ARN."""
    database: pulumi.Input[str]


class MlflowAlarms(pulumi.ComponentResource):
    """`hipaa-ml:mlflow:MlflowAlarms`: the alarms of the MLflow server.

    Creates an `aws.cloudwatch.MetricAlarm` per entry of `WATCHED`.
    """

    def __init__(self, name: str, args: MlflowAlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        dimensions: Mapping[Subject, Mapping[str, pulumi.Input[str]]] = {
            "balancer": {"LoadBalancer": args.balancer},
            "database": {"DBInstanceIdentifier": args.database},
            "targets": {"LoadBalancer": args.balancer, "TargetGroup": args.target_group},
        }
        for watched in WATCHED:
            cloudwatch.MetricAlarm(
                f"{name}-{watched.metric}",
                name=f"{args.names.name}-{watched.metric}",
                alarm_description=f"MLflow of {args.names.environment}: {watched.meaning}",
                namespace=NAMESPACES[watched.subject],
                metric_name=watched.metric,
                dimensions=dimensions[watched.subject],
                statistic=watched.statistic,
                comparison_operator=watched.comparison,
                threshold=watched.threshold,
                period=60,
                evaluation_periods=5,
                datapoints_to_alarm=3,
                # Requests and errors have no data points while nobody sends any; a database always has.
                treat_missing_data="breaching" if watched.subject == "database" else "notBreaching",
                alarm_actions=[args.topic_arn],
                ok_actions=[args.topic_arn],
                insufficient_data_actions=[args.topic_arn],
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})
