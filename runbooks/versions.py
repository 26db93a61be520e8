"""Versions of objects that were written since shortly before a region was lost, with their replication status."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from runbooks.context import Context
from runbooks.documents import BucketPair, Side

_THREADS: Final = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class ObjectVersion:
    """A version of an object in the bucket of one side."""

    key: str
    id: str
    written: datetime
    status: str
    """Replication status in S3: REPLICA in the destination; PENDING, COMPLETED or FAILED in the source."""
    size: int
    """Bytes."""


def recent_versions(context: Context, pair: BucketPair, side: Side) -> Sequence[ObjectVersion]:
    """The versions in the bucket of a side that were written since shortly before the loss."""
    since = _start_of_comparison(context)
    client = context.client("s3", side)
    bucket = pair.bucket(side)

    def object_version(item: Mapping[str, Any]) -> ObjectVersion:
        metadata = client.head_object(Bucket=bucket, Key=item["Key"], VersionId=item["VersionId"])
        return ObjectVersion(
            key=item["Key"],
            id=item["VersionId"],
            written=item["LastModified"],
            status=metadata.get("ReplicationStatus", ""),
            size=int(item["Size"]),
        )

    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(object_version, _listed(client, bucket, since)))


def _listed(client: Any, bucket: str, since: datetime) -> Iterator[Mapping[str, Any]]:
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
        yield from (item for item in page.get("Versions", []) if item["LastModified"] >= since)


def _start_of_comparison(context: Context) -> datetime:
    """The recovery point target before the loss that the last failover was for, or a day before the operation.

    It is not before the start of the last completed failback: that failback compared the versions written before it.
    """
    failover, failback = context.journal.last("failover"), context.journal.last("failback")
    if failover is None:
        return context.operation.started - timedelta(days=1)
    start = (failover.lost_at or failover.started) - timedelta(minutes=context.zone.rpo_minutes)
    return start if failback is None else max(start, failback.started)
