"""What moves traffic: a metric, and the alarm on it that a health check follows. Data planes alone take part."""

from runbooks import observe
from runbooks.aws import Aws
from runbooks.documents import EndpointDocument, RecoveryDocument


def throw(
    aws: Aws,
    zone: RecoveryDocument,
    endpoint_document: EndpointDocument,
    *,
    metric: str,
    alarm: str,
    region: str,
    on: bool,
) -> str:
    """Sets the metric once and gives the alarm's state.

    Call it again until the alarm follows: it judges periods, and one value may fall into the period judged already.
    """
    dimensions = {"Environment": zone.environment, "Endpoint": endpoint_document.name}
    aws.client("cloudwatch", region).put_metric_data(
        Namespace=endpoint_document.metric_namespace,
        MetricData=[
            {
                "MetricName": metric,
                "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
                "Value": 1.0 if on else 0.0,
            }
        ],
    )
    return observe.state_of(aws, alarm, region)
