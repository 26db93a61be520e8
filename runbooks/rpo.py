"""The recovery point, from the metrics of S3 Replication in CloudWatch.

S3 publishes the metrics in the region of the destination, so that they can be read while the region of the source is
lost (S3 User Guide, "Using S3 Replication metrics").
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

TARGET_SECONDS: Final = 900.0
"""The threshold of S3 Replication Time Control, 15 minutes."""
METRICS: Final = ("ReplicationLatency", "OperationsPendingReplication", "BytesPendingReplication")


@dataclass(frozen=True, kw_only=True, slots=True)
class Lag:
    """The lag of one replication at the time of a measurement."""

    source: str
    """Name of the source bucket."""
    destination: str
    seconds: float
    """Age of the oldest change that was not replicated."""
    operations: int
    """Pending operations."""
    bytes: int
    """Pending bytes."""
    measured: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RecoveryPoint:
    """The data that would be lost if every source were lost now."""

    seconds: float
    """Age of the oldest change that exists only in its source."""
    operations: int
    bytes: int
    unknown: Sequence[str]
    """Sources with pending operations whose last measurement is too old."""

    def meets(self, target: float = TARGET_SECONDS) -> bool:
        """Return whether it is known and within the target, in seconds."""
        return not self.unknown and self.seconds <= target


def recovery_point(
    lags: Iterable[Lag], sources: Iterable[str], now: datetime, stale: timedelta = timedelta(minutes=5)
) -> RecoveryPoint:
    """The recovery point over all replications.

    S3 publishes no metric while nothing is pending: a source without a measurement, or whose last measurement has no
    pending operations, loses nothing. A source with pending operations and an old measurement is unknown.

    Args:
        lags: the measured lags.
        sources: names of the source buckets to consider; all if empty.
        now: the present time.
        stale: age after which a measurement is too old.
    """
    by_source = {lag.source: lag for lag in lags}
    pending = [lag for lag in by_source.values() if lag.operations > 0]
    unknown = sorted(lag.source for lag in pending if now - lag.measured > stale)
    known_sources = set(sources)
    return RecoveryPoint(
        seconds=max((lag.seconds + max(0.0, (now - lag.measured).total_seconds()) for lag in pending), default=0.0),
        operations=sum(lag.operations for lag in pending),
        bytes=sum(lag.bytes for lag in pending),
        unknown=[source for source in unknown if not known_sources or source in known_sources],
    )


def lags(cloudwatch: Any, now: datetime, minutes: int = 15) -> Sequence[Lag]:
    """Reads the lag of every replication with a recent measurement.

    Args:
        cloudwatch: a client in the region of the destinations.
        now: the present time.
        minutes: age of the oldest measurement to read.
    """
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
