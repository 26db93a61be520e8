"""The log archive as deployed: the trail is logging, its buckets are locked, versioned, encrypted and closed."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from inspection.aws import Aws, pages
from inspection.declared import DeclaredBucket, DeclaredZone
from inspection.observation import Observation, compared, missing


def trail(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """The organisation trail covers all regions, validates its files, encrypts them, and is logging right now."""
    if zone.trail is None:
        yield missing("trail", "organisation trail", "a trail", "the audit stack is not up")
        return
    client = aws.client("cloudtrail", account=account_id(aws, zone.log_archive), region=zone.trail_region)
    trails = client.describe_trails(trailNameList=[zone.trail])["trailList"]
    if not trails:
        yield missing("trail", zone.trail, "a trail of this name")
        return
    for name, expected in (
        ("IsOrganizationTrail", True),
        ("IsMultiRegionTrail", True),
        ("LogFileValidationEnabled", True),
    ):
        yield compared("trail", name, expected, trails[0].get(name))
    yield compared("trail", "KmsKeyId", "set", "set" if trails[0].get("KmsKeyId") else "not set")
    yield compared("trail", "IsLogging", True, client.get_trail_status(Name=zone.trail)["IsLogging"])


def buckets(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """Every bucket of records is locked in compliance mode for its retention, versioned, KMS-encrypted, not public."""
    if not zone.buckets:
        yield missing("buckets", "log archive", "buckets", "the audit stack is not up")
        return
    account = account_id(aws, zone.log_archive)
    for bucket in zone.buckets:
        yield from _bucket(bucket, aws.client("s3", account=account, region=bucket.region))


def _bucket(bucket: DeclaredBucket, client: Any) -> Iterator[Observation]:
    def answer(operation: str) -> dict[str, Any]:
        try:
            return dict(getattr(client, operation)(Bucket=bucket.name))
        except ClientError as error:
            return {"error": error.response.get("Error", {}).get("Code", "error")}

    lock = answer("get_object_lock_configuration").get("ObjectLockConfiguration", {})
    retention = lock.get("Rule", {}).get("DefaultRetention", {})
    yield compared("buckets", f"{bucket.name} lock mode", "COMPLIANCE", retention.get("Mode", "none"))
    yield compared("buckets", f"{bucket.name} lock days", bucket.lock_days, retention.get("Days", 0))
    yield compared(
        "buckets", f"{bucket.name} versions", "Enabled", answer("get_bucket_versioning").get("Status", "off")
    )
    rules = answer("get_bucket_encryption").get("ServerSideEncryptionConfiguration", {}).get("Rules", [{}])
    default = rules[0].get("ApplyServerSideEncryptionByDefault", {})
    yield compared("buckets", f"{bucket.name} encryption", "aws:kms", default.get("SSEAlgorithm", "none"))
    block = answer("get_public_access_block").get("PublicAccessBlockConfiguration", {})
    closed = bool(block) and all(block.values())
    yield compared("buckets", f"{bucket.name} public access", "blocked", "blocked" if closed else "not blocked")


def account_id(aws: Aws, name: str) -> str | None:
    """The id of a member account by its name; `None` (the management account) if it is not there."""
    listed = pages(aws.client("organizations"), "list_accounts", "Accounts")
    return next((str(account["Id"]) for account in listed if account["Name"] == name), None)
