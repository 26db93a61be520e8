"""How much would be lost now: the recovery point, from what CloudWatch and S3 say of replication.

Lag is published in the destination's region (S3 User Guide, "Using S3 Replication metrics"): it can be read, and means
something, while the source's region is down.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

TARGET_SECONDS: Final = 900.0
"""Fifteen minutes: the promise of replication time control."""
METRICS: Final = ("ReplicationLatency", "OperationsPendingReplication", "BytesPendingReplication")


@dataclass(frozen=True, kw_only=True, slots=True)
class Lag:
    """One replication at one moment. `seconds`: age of the oldest change that is not copied yet."""

    source: str
    destination: str
    seconds: float
    operations: int
    bytes: int
    measured: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RecoveryPoint:
    """What is lost if every source is lost now."""

    seconds: float
    """Age of the oldest change that exists only at its source: by the last measurement, and aged since."""
    operations: int
    bytes: int
    unknown: Sequence[str]
    """Sources whose measurement is too old, or missing, to say anything."""

    def meets(self, target: float = TARGET_SECONDS) -> bool:
        """Whether it is known, and within the target."""
        return not self.unknown and self.seconds <= target


def recovery_point(
    lags: Iterable[Lag], sources: Iterable[str], now: datetime, stale: timedelta = timedelta(minutes=5)
) -> RecoveryPoint:
    """The recovery point over all replications.

    S3 publishes nothing while nothing waits: a source without any measurement, or whose last one says that nothing
    waits, has lost nothing. One whose last measurement said that something waits, and is old, is unknown.
    """
    by_source = {lag.source: lag for lag in lags}
    waiting = [lag for lag in by_source.values() if lag.operations > 0]
    unknown = sorted(lag.source for lag in waiting if now - lag.measured > stale)
    known_sources = set(sources)
    return RecoveryPoint(
        seconds=max((lag.seconds + max(0.0, (now - lag.measured).total_seconds()) for lag in waiting), default=0.0),
        operations=sum(lag.operations for lag in waiting),
        bytes=sum(lag.bytes for lag in waiting),
        unknown=[source for source in unknown if not known_sources or source in known_sources],
    )


def lags(cloudwatch: Any, now: datetime, minutes: int = 15) -> Sequence[Lag]:
    """Every replication that reported lately, asked of CloudWatch in the destination's region."""
    listed: dict[frozenset[tuple[str, str]], Sequence[Mapping[str, str]]] = {}
    for page in cloudwatch.get_paginator("list_metrics").paginate(Namespace="AWS/S3", MetricName=METRICS[0]):
        for metric in page["Metrics"]:
            listed[frozenset((dimension["Name"], dimension["Value"]) for dimension in metric["Dimensions"])] = metric[
                "Dimensions"
            ]
    measured_lags: list[Lag] = []
    for names, metrics in listed.items():
        dimensions = dict(names)
        latest = {name: _latest(cloudwatch, name, metrics, now, minutes) for name in METRICS}
        seconds = latest["ReplicationLatency"]
        if seconds is not None:
            measured_lags.append(
                Lag(
                    source=dimensions["SourceBucket"],
                    destination=dimensions["DestinationBucket"],
                    seconds=seconds[1],
                    operations=int((latest["OperationsPendingReplication"] or seconds)[1]),
                    bytes=int((latest["BytesPendingReplication"] or seconds)[1]),
                    measured=seconds[0],
                )
            )
    return measured_lags


def _latest(
    cloudwatch: Any, metric: str, dimensions: Sequence[Mapping[str, str]], now: datetime, minutes: int
) -> tuple[datetime, float] | None:
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=[
            {
                "Id": "m",
                "MetricStat": {
                    "Metric": {"Namespace": "AWS/S3", "MetricName": metric, "Dimensions": list(dimensions)},
                    "Period": 60,
                    "Stat": "Maximum",
                },
            }
        ],
        StartTime=now - timedelta(minutes=minutes),
        EndTime=now + timedelta(minutes=1),
        ScanBy="TimestampDescending",
    )["MetricDataResults"][0]
    pairs = sorted(zip(answer["Timestamps"], answer["Values"], strict=True), reverse=True)
    return (pairs[0][0], float(pairs[0][1])) if pairs else None
