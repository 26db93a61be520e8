"""CloudWatch: S3's replication metrics, and evaluation of the alarms on them.

S3 User Guide, "Using S3 Replication metrics": lag and backlog in the destination's region, failures in the source's.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from moto.cloudwatch.models import cloudwatch_backends
from moto.s3.models import s3_backends

from rehearsal.cloud.replication.replicator import Pending

NAMESPACE: Final = "AWS/S3"
_ABOVE: Final[Mapping[str, Any]] = {
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
}


def publish(rules: Sequence[Pending]) -> None:
    """Put the metrics of replication rules, and evaluate the alarms on these metrics."""
    for rule in rules:
        _, source = s3_backends.bucket_accounts.get(rule.source, ("aws", ""))
        _, destination = s3_backends.bucket_accounts.get(rule.destination, ("aws", ""))
        if not source or not destination:
            continue
        late = {
            "BytesPendingReplication": float(rule.bytes),
            "OperationsPendingReplication": float(rule.operations),
            "ReplicationLatency": round(rule.latency, 3),
        }
        _tell(source, rule.destination_region, rule, late)
        _tell(source, rule.source_region, rule, {"OperationsFailedReplication": float(rule.newly_failed)})


def _tell(account: str, region: str, pending: Pending, values: Mapping[str, float]) -> None:
    backend: Any = cloudwatch_backends[account][region]
    dimensions = [
        {"Name": "SourceBucket", "Value": pending.source},
        {"Name": "DestinationBucket", "Value": pending.destination},
        {"Name": "RuleId", "Value": pending.rule_id},
    ]
    data = [{"MetricName": name, "Value": value, "Dimensions": dimensions} for name, value in values.items()]
    backend.put_metric_data(NAMESPACE, data)
    names = {(item["Name"], item["Value"]) for item in dimensions}
    for name, value in values.items():
        for alarm in _alarms(backend, name, names):
            above = _ABOVE.get(alarm.comparison_operator)
            state = "ALARM" if above is not None and above(value, float(alarm.threshold)) else "OK"
            if alarm.state_value != state:
                reason = json.dumps({"recentDatapoints": [value], "threshold": alarm.threshold})
                backend.set_alarm_state(alarm.name, f"Threshold Crossed: {value}", reason, state)


def _alarms(backend: Any, metric: str, names: set[tuple[str, str]]) -> Iterator[Any]:
    for alarm in backend.alarms.values():
        parameters = {(dimension.name, dimension.value) for dimension in alarm.dimensions or ()}
        if alarm.namespace == NAMESPACE and alarm.metric_name == metric and parameters == names:
            yield alarm
