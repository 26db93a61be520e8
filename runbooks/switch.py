"""The switch that moves traffic: a metric, and the alarm on it that a health check follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbooks.documents import EndpointDocument, RecoveryDocument, Side
from runbooks.observe import alarm_state

if TYPE_CHECKING:  # the declarations of the steps are imported without boto3
    from runbooks.aws import Aws


def alarm_state_while_serving(side: Side) -> str:
    """The state of the switch's alarm while a side serves."""
    return "ALARM" if side == "recovery" else "OK"


def set_switch(
    aws: Aws,
    zone: RecoveryDocument,
    endpoint: EndpointDocument,
    *,
    metric: str,
    alarm: str,
    region: str,
    on: bool,
) -> str:
    """Sets the metric of a switch once.

    Call it until the alarm follows: the alarm evaluates periods, and one value may fall into the period that was
    evaluated already.

    Args:
        aws: clients with the credentials of the operator.
        zone: the environment.
        endpoint: the endpoint whose traffic moves.
        metric: name of the metric.
        alarm: name of the alarm on the metric.
        region: the region of metric and alarm.
        on: whether the alarm is to be in ALARM.

    Returns:
        The state of the alarm after the call.
    """
    dimensions = {"Environment": zone.environment, "Endpoint": endpoint.name}
    aws.client("cloudwatch", region).put_metric_data(
        Namespace=endpoint.metric_namespace,
        MetricData=[
            {
                "MetricName": metric,
                "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
                "Value": 1.0 if on else 0.0,
            }
        ],
    )
    return alarm_state(aws, alarm, region)
