"""CloudWatch: alarms are evaluated when their metric gets a value. Moto never evaluates alarms."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from moto.cloudwatch.models import CloudWatchBackend

from rehearsal.cloud.patches import registry

_COMPARE: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": lambda value, limit: value >= limit,
    "GreaterThanThreshold": lambda value, limit: value > limit,
    "LessThanOrEqualToThreshold": lambda value, limit: value <= limit,
    "LessThanThreshold": lambda value, limit: value < limit,
}


def apply() -> None:
    """Evaluate alarms whenever their metric gets a value."""
    registry.replace(CloudWatchBackend, "put_metric_data", "300dda002442", _judging)


def _judging(original: Any) -> Any:
    def put_metric_data(self: Any, namespace: str, metric_data: list[dict[str, Any]]) -> None:
        original(self, namespace, metric_data)
        for datum in metric_data:
            for alarm in list(self.alarms.values()):
                if alarm.namespace == namespace and _of(alarm, datum):
                    _judge(alarm, datum)

    return put_metric_data


def _of(alarm: Any, datum: Mapping[str, Any]) -> bool:
    parameters = {dimension["Name"]: dimension["Value"] for dimension in datum.get("Dimensions") or []}
    requested = {dimension.name: dimension.value for dimension in alarm.dimensions}
    return bool(alarm.metric_name == datum["MetricName"] and parameters == requested)


def _judge(alarm: Any, datum: Mapping[str, Any]) -> None:
    """Evaluate an alarm by one value: alarms of the zone have one period. Values of past periods change nothing."""
    when = datum.get("Timestamp")
    if isinstance(when, datetime) and when.astimezone(UTC) < datetime.now(UTC) - timedelta(hours=3):
        return
    compare = _COMPARE.get(alarm.comparison_operator)
    value = datum.get("Value")
    if compare is None or value is None or alarm.threshold is None:
        return
    state = "ALARM" if compare(float(value), float(alarm.threshold)) else "OK"
    if state != alarm.state_value:
        alarm.update_state(f"Threshold Crossed: the last value is {value}", "{}", state)
