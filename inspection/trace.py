"""An object's journey, from AWS alone: its key, its versions, its replicas and their lag."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from inspection.aws import Aws, pages
from inspection.readers import Documents, Reader, readers
from inspection.resources.declared import Unread

_OWNER = re.compile(r"-(\d{12})-[a-z]{2}(-[a-z]+)+-\d$")
MOST_VERSIONS = 20
ABSENT = frozenset({"404", "NoSuchKey", "NoSuchVersion", "NoSuchBucket"})
"""Error codes that say that a replica does not exist; every other one says that nobody knows."""


class TraceError(ValueError):
    """There is no such bucket or object; the message says what is there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BucketLocation:
    """A bucket, where it is, and whose."""

    account: str
    region: str
    bucket: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Copy:
    """A version of an object in one bucket."""

    bucket: str
    region: str
    version: str
    size: int
    written: datetime
    encryption: str
    key_arn: str
    key_aliases: Sequence[str]
    key_is_replica: bool
    status: str
    """Replication status as S3 names it; `-` where no rule replicates the object."""
    locked_until: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Replica:
    """Bucket in which a copy of the version is expected, and the copy if it exists."""

    bucket: str
    region: str
    rule: str
    copy: Copy | None
    behind: float
    """Seconds since the version was written, while the copy is not there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Journey:
    """Everything that was found out about an object."""

    key: str
    account: str
    original: Copy
    versions: Sequence[tuple[str, str]]
    """Version -> `object` or `delete marker`, the newest first."""
    replicas: Sequence[Replica]
    readers: Sequence[Reader]
    unread: Sequence[Unread] = ()
    """What AWS refused to tell: the journey is incomplete."""


def trace(aws: Aws, bucket: str, key: str) -> Journey:
    """Follows an object.

    Raises:
        TraceError: no account of the organisation has the bucket, or the bucket has no such object.
    """
    unread: list[Unread] = []
    account, region = _find(aws, bucket, unread)
    client = aws.client("s3", account=account, region=region)
    versions = _versions(client, bucket, key)
    version = next((version_id for version_id, entry_type in versions if entry_type == "object"), None)
    if version is None:
        sample_keys = [entry["Key"] for entry in client.list_objects_v2(Bucket=bucket, MaxKeys=5).get("Contents", [])]
        contents = f"; there are for example {', '.join(sample_keys)}" if sample_keys else "; the bucket is empty"
        raise TraceError(f"s3://{bucket}/{key}: the bucket has no such object{contents}")
    original = _copy(aws, BucketLocation(account=account, region=region, bucket=bucket), key, version)
    replicas = list(_replicas(aws, account, client, original, key, unread))
    listed: Sequence[Reader] = ()
    try:
        listed = readers(aws, Documents.read(aws, account, region, bucket, original.key_arn), key)
    except (BotoCoreError, ClientError) as error:
        unread.append(_refused(account, region, "policies of the readers", error))
    return Journey(
        key=key,
        account=account,
        original=original,
        versions=versions,
        replicas=replicas,
        readers=listed,
        unread=unread,
    )


def _refused(account: str, region: str, what: str, error: BotoCoreError | ClientError) -> Unread:
    code = error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
    return Unread(account=account, region=region, what=what, error=str(code or type(error).__name__))


def _find(aws: Aws, bucket: str, unread: list[Unread]) -> tuple[str, str]:
    listed = [str(account["Id"]) for account in pages(aws.client("organizations"), "list_accounts", "Accounts")]
    named = _OWNER.search(bucket)
    likely = [named[1]] if named is not None and named[1] in listed else []
    bucket_names: list[str] = []
    refused: list[Unread] = []
    for account in [*likely, *(account for account in listed if account not in likely)]:
        try:
            names = [entry["Name"] for entry in pages(aws.client("s3", account=account), "list_buckets", "Buckets")]
        except (BotoCoreError, ClientError) as error:
            refused.append(_refused(account, "", "s3:ListBuckets", error))
            continue
        if bucket in names:
            unread += refused
            return account, _region(aws, account, bucket)
        bucket_names += names
    some = ", ".join(sorted(bucket_names)[:8]) or "none"
    not_read = f"; not read: {', '.join(entry.account for entry in refused)}" if refused else ""
    raise TraceError(f"no account of the organisation has a bucket {bucket!r}; there are: {some}{not_read}")


def _region(aws: Aws, account: str, bucket: str) -> str:
    answer = aws.client("s3", account=account).get_bucket_location(Bucket=bucket)
    return answer.get("LocationConstraint") or "us-east-1"


def _versions(client: Any, bucket: str, key: str) -> list[tuple[str, str]]:
    answer = client.list_object_versions(Bucket=bucket, Prefix=key)
    entries = [(entry, "object") for entry in answer.get("Versions", [])]
    entries += [(entry, "delete marker") for entry in answer.get("DeleteMarkers", [])]
    own_entries = [(entry, entry_type) for entry, entry_type in entries if entry["Key"] == key]
    own_entries.sort(key=lambda pair: (pair[0]["IsLatest"], pair[0]["LastModified"]), reverse=True)
    return [(entry["VersionId"], entry_type) for entry, entry_type in own_entries[:MOST_VERSIONS]]


def _copy(aws: Aws, at: BucketLocation, key: str, version: str) -> Copy:
    account, region, bucket = at.account, at.region, at.bucket
    head = aws.client("s3", account=account, region=region).head_object(Bucket=bucket, Key=key, VersionId=version)
    key_arn = head.get("SSEKMSKeyId", "")
    described: Mapping[str, Any] = {}
    aliases: list[str] = []
    if key_arn:
        kms = aws.client("kms", account=account, region=region)
        described = kms.describe_key(KeyId=key_arn)["KeyMetadata"]
        aliases = [alias["AliasName"] for alias in pages(kms, "list_aliases", "Aliases", KeyId=described["KeyId"])]
    key_type = described.get("MultiRegionConfiguration", {}).get("MultiRegionKeyType", "")
    until = head.get("ObjectLockRetainUntilDate")
    return Copy(
        bucket=bucket,
        region=region,
        version=version,
        size=head["ContentLength"],
        written=head["LastModified"],
        encryption=head.get("ServerSideEncryption", "none"),
        key_arn=described.get("Arn", key_arn),
        key_aliases=aliases,
        key_is_replica=key_type == "REPLICA",
        status=head.get("ReplicationStatus", "-"),
        locked_until=f"{until:%Y-%m-%d}" if until else "",
    )


def _replicas(  # noqa: PLR0917 - the object, and where what is unread goes
    aws: Aws, account: str, client: Any, original: Copy, key: str, unread: list[Unread]
) -> Iterator[Replica]:
    try:
        configuration = client.get_bucket_replication(Bucket=original.bucket)["ReplicationConfiguration"]
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "ReplicationConfigurationNotFoundError":
            return
        raise
    for rule in configuration["Rules"]:
        destination = rule["Destination"]["Bucket"].rpartition(":")[2]
        owner = rule["Destination"].get("Account", account)
        region = ""
        try:
            region = _region(aws, owner, destination)
            copy = _copy(aws, BucketLocation(account=owner, region=region, bucket=destination), key, original.version)
        except (BotoCoreError, ClientError) as error:
            refused = _refused(owner, region, f"replica in {destination}", error)
            if refused.error not in ABSENT:
                unread.append(refused)
                continue
            copy = None
        behind = 0.0 if copy is not None else (datetime.now(UTC) - original.written).total_seconds()
        yield Replica(bucket=destination, region=region, rule=rule.get("ID", ""), copy=copy, behind=behind)
