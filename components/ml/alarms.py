"""Alarms of an endpoint: on errors and latency, which roll a deployment back, and on unusual inputs, which do not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import cloudwatch

from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """A metric of SageMaker's (Developer Guide, "Monitor Amazon SageMaker AI with Amazon CloudWatch")."""

    metric: str
    statistic: str | None
    percentile: str | None
    threshold: float
    meaning: str


WATCHED: Final[Sequence[Watched]] = (
    Watched(
        metric="Invocation5XXErrors",
        statistic="Sum",
        percentile=None,
        threshold=5,
        meaning="answers with a server's error in a minute",
    ),
    Watched(
        metric="ModelLatency",
        statistic=None,
        percentile="p99",
        threshold=500_000,
        meaning="microseconds in the container, 99th percentile",
    ),
    Watched(
        metric="OverheadLatency",
        statistic=None,
        percentile="p99",
        threshold=500_000,
        meaning="microseconds in SageMaker, 99th percentile",
    ),
)


INFERENCE: Final = "Models/Inference"
"""Namespace of the inference server's metrics."""
OUTLIER_PERCENT: Final = 5
"""Percentage of rows out of the distribution of the training data that raises the alarm; 0.1 % are expected."""
OUTLIER_MINUTES: Final = 15


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointAlarmsArgs:
    """The alarms of one endpoint."""

    endpoint: str
    variant: str
    topic_arn: pulumi.Input[str]


class EndpointAlarms(pulumi.ComponentResource):
    """`hipaa-ml:ml:EndpointAlarms`: the alarms of an endpoint.

    Creates an `aws.cloudwatch.MetricAlarm` per entry of `WATCHED`, and one for rows out of the distribution of the
    training data.
    """

    names: Sequence[str]
    """Alarms that roll a deployment back."""

    def __init__(self, name: str, args: EndpointAlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        alarm_names: list[str] = []
        for watched_metric in WATCHED:
            alarm = f"{args.endpoint}-{watched_metric.metric}"
            cloudwatch.MetricAlarm(
                f"{name}-{watched_metric.metric}",
                name=alarm,
                alarm_description=f"{args.endpoint}: more than {watched_metric.threshold:g} {watched_metric.meaning}",
                namespace="AWS/SageMaker",
                metric_name=watched_metric.metric,
                dimensions={"EndpointName": args.endpoint, "VariantName": args.variant},
                statistic=watched_metric.statistic,
                extended_statistic=watched_metric.percentile,
                comparison_operator="GreaterThanThreshold",
                threshold=watched_metric.threshold,
                period=60,
                evaluation_periods=3,
                datapoints_to_alarm=2,
                treat_missing_data="notBreaching",
                alarm_actions=[args.topic_arn],
                ok_actions=[args.topic_arn],
                insufficient_data_actions=[args.topic_arn],
                opts=pulumi.ResourceOptions(parent=self),
            )
            alarm_names.append(alarm)
        self.names = alarm_names
        self._outliers(name, args)
        self.register_outputs({})

    def _outliers(self, name: str, args: EndpointAlarmsArgs) -> None:
        """The alarm on the share of unusual rows. The inference server counts them (`workloads/serving/metrics.py`)."""
        counts = [
            cloudwatch.MetricAlarmMetricQueryArgs(
                id=metric.lower(),
                metric=cloudwatch.MetricAlarmMetricQueryMetricArgs(
                    namespace=INFERENCE,
                    metric_name=metric,
                    dimensions={"Endpoint": args.endpoint},
                    period=60 * OUTLIER_MINUTES,
                    stat="Sum",
                ),
            )
            for metric in ("OutOfDistribution", "Encounters")
        ]
        share = cloudwatch.MetricAlarmMetricQueryArgs(
            id="share",
            expression="100 * outofdistribution / encounters",
            label="Percentage of rows out of the distribution",
            return_data=True,
        )
        cloudwatch.MetricAlarm(
            f"{name}-OutOfDistribution",
            name=f"{args.endpoint}-OutOfDistribution",
            alarm_description=f"{args.endpoint}: more than {OUTLIER_PERCENT} % of the rows are out of the distribution "
            "of the training data: a broken feed, another population, or an attack",
            metric_queries=[*counts, share],
            comparison_operator="GreaterThanThreshold",
            threshold=OUTLIER_PERCENT,
            evaluation_periods=1,
            treat_missing_data="notBreaching",
            alarm_actions=[args.topic_arn],
            ok_actions=[args.topic_arn],
            insufficient_data_actions=[args.topic_arn],
            opts=pulumi.ResourceOptions(parent=self),
        )
