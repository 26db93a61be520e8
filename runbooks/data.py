"""Steps of the whole environment: writers, replication, conflicts, keys."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from runbooks import observe
from runbooks.aws import Unreachable, code
from runbooks.context import Context, StepError
from runbooks.documents import BucketPair, Side

Details = dict[str, Any]
FROZEN: Final = "none"
"""Value of the writers' parameter while nobody may write."""
MOST_LISTED: Final = 1000
"""Objects that one journal entry lists; DynamoDB takes 400 KB an item."""
WORKERS: Final = 16


def freeze_writers(context: Context, _name: str, _deadline: datetime) -> Details:
    """Writers wait, wherever the parameter can be set; where it cannot, nobody can write either."""
    return {"frozen in": _tell_writers(context, FROZEN)}


def thaw_writers(context: Context, _name: str, _deadline: datetime) -> Details:
    """Writers write in the target region."""
    return {"told in": _tell_writers(context, context.there)}


def _tell_writers(context: Context, value: str) -> Sequence[str]:
    regions: list[str] = []
    for side in observe.SIDES:
        region = context.zone.region(side)
        if side not in context.zones:
            continue
        try:
            context.aws.client("ssm", region).put_parameter(
                Name=context.zone.writer_parameter, Value=value, Type="String", Overwrite=True
            )
            regions.append(region)
        except Unreachable:
            if side == context.target:
                raise
    return regions


def measure_replication(context: Context, _name: str, _deadline: datetime) -> Details:
    """The last heartbeat that arrived in each replica, and so what may be missing."""
    lost_at = context.operation.lost_at or context.operation.started
    details: Details = {"lost_at": lost_at.isoformat()}
    worst: float | None = 0.0
    for arrival in observe.arrived(context.aws, context.zone, context.target):
        rpo = arrival.rpo(lost_at)
        seconds = None if rpo is None else round(rpo.total_seconds(), 1)
        details[arrival.purpose] = {
            "last": arrival.heartbeat.isoformat() if arrival.heartbeat else None,
            "rpo_seconds": seconds,
        }
        worst = None if worst is None or seconds is None else max(worst, seconds)
    details["rpo_seconds"] = worst
    if worst is None:
        context.say("[bold yellow]the RPO is not known:[/] a bucket never received a heartbeat")
    elif worst > context.zone.rpo_minutes * 60:
        context.say(f"[bold yellow]the RPO is {worst:.0f} s,[/] above the target of {context.zone.rpo_minutes} min")
    return details


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """A version of an object, as one side has it."""

    key: str
    id: str
    written: datetime
    status: str
    """S3's replication status: REPLICA where it arrived, PENDING, COMPLETED or FAILED where it was written."""
    etag: str


def wait_for_replication(context: Context, _name: str, deadline: datetime) -> Details:
    """Everything that was written in the serving region since it serves is in the other one."""
    counts: Details = {}
    for pair in context.zone.pairs:
        waiting: list[Version] = []

        def drained(pair: BucketPair = pair, waiting: list[Version] = waiting) -> bool:
            written = [version for version in _versions(context, pair, context.source) if version.status != "REPLICA"]
            counts[pair.purpose] = len(written)
            failed = [version.key for version in written if version.status == "FAILED"]
            if failed:
                raise StepError(f"{pair.bucket(context.source)}: {len(failed)} objects failed, {failed[0]} first")
            waiting[:] = [version for version in written if version.status == "PENDING"]
            return not waiting

        context.until(drained, deadline=deadline, waiting_for=f"{pair.bucket(context.source)} to replicate")
    return {"written meanwhile": counts}


def list_conflicts(context: Context, _name: str, _deadline: datetime) -> Details:
    """Objects that both regions wrote on their own: each keeps both versions, a person decides which is right."""
    conflicts: list[Mapping[str, str]] = []
    late: list[str] = []
    for pair in context.zone.pairs:
        ours = {
            version.key: version for version in _versions(context, pair, context.source) if version.status != "REPLICA"
        }
        theirs = [version for version in _versions(context, pair, context.target) if version.status != "REPLICA"]
        for their in theirs:
            if their.key == context.zone.heartbeat_key:
                continue
            source_version = ours.get(their.key)
            if source_version is None:
                late.append(f"s3://{pair.bucket(context.target)}/{their.key}")
            elif source_version.etag != their.etag:
                conflicts.append(
                    {
                        "object": f"s3://{pair.bucket(context.target)}/{their.key}",
                        context.there: their.id,
                        context.zone.region(context.source): source_version.id,
                    }
                )
    details: Details = {
        "conflicts": conflicts[:MOST_LISTED],
        "conflict_count": len(conflicts),
        "arrived_late": late[:MOST_LISTED],
        "arrived_late_count": len(late),
    }
    if conflicts and not context.accept_conflicts:
        listed = "\n  ".join(
            " ".join(f"{name}={value}" for name, value in conflict.items()) for conflict in conflicts[:10]
        )
        raise StepError(
            f"{len(conflicts)} objects were written in both regions; both versions are kept, none is chosen:\n"
            f"  {listed}\n"
            "decide object by object, then run this again with --accept-conflicts"
        )
    return details


def _versions(context: Context, pair: BucketPair, side: Side) -> Sequence[Version]:
    """Versions that were written in a bucket since shortly before the loss, with their replication status."""
    since = _since(context)
    client = context.client("s3", side)
    bucket = pair.bucket(side)

    def head(item: Mapping[str, Any]) -> Version:
        metadata = client.head_object(Bucket=bucket, Key=item["Key"], VersionId=item["VersionId"])
        return Version(
            key=item["Key"],
            id=item["VersionId"],
            written=item["LastModified"],
            status=metadata.get("ReplicationStatus", ""),
            etag=item["ETag"],
        )

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(head, _written(client, bucket, since)))


def _written(client: Any, bucket: str, since: datetime) -> Iterator[Mapping[str, Any]]:
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
        yield from (item for item in page.get("Versions", []) if item["LastModified"] >= since)


def _since(context: Context) -> datetime:
    """Shortly before the region was lost: the target RPO before the failover that this failback ends."""
    failover = context.journal.last("failover")
    if failover is not None:
        return (failover.lost_at or failover.started) - timedelta(minutes=context.zone.rpo_minutes)
    return context.operation.started - timedelta(days=1)


def promote_keys(context: Context, _name: str, deadline: datetime) -> Details:
    """The target's replica becomes the primary of each multi-Region key, where the present primary can be asked.

    A replica encrypts and decrypts without its primary; only rotation and new replicas wait for it (KMS Developer
    Guide, "Multi-Region keys in AWS KMS"). So what cannot be promoted now is noted, and holds nothing up.
    """
    promoted: list[str] = []
    later: list[str] = []
    for key in context.zone.key_ids:
        if _primary_of(context, key) == context.there:
            continue
        if context.source not in context.zones:
            later.append(key)
            continue
        try:
            context.client("kms", context.source).update_primary_region(KeyId=key, PrimaryRegion=context.there)
        except (*Unreachable, ClientError) as error:
            context.say(f"{key} is not promoted now ({code(error)}): its replica works without")
            later.append(key)
            continue
        context.until(
            lambda key=key: _primary_of(context, key) == context.there,
            deadline=deadline,
            waiting_for=f"{key} to be primary in {context.there}",
        )
        promoted.append(key)
    return {"promoted": promoted, "later": later}


def _primary_of(context: Context, key: str) -> str:
    key_metadata = context.client("kms").describe_key(KeyId=key)["KeyMetadata"]
    if not key_metadata.get("Enabled"):
        raise StepError(
            f"the key {key} in {context.there} is {key_metadata.get('KeyState')}: nothing there can be decrypted"
        )
    return str(key_metadata.get("MultiRegionConfiguration", {}).get("PrimaryKey", {}).get("Region", ""))
