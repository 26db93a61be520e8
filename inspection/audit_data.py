"""The data of an environment as deployed: buckets versioned, encrypted, copied in time, and keys that rotate."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from inspection.aws import Aws
from inspection.declared import DeclaredData, DeclaredZone
from inspection.observation import Observation, compared


def data_buckets(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """Every data bucket keeps versions, is encrypted with its domain's key, closed, and copied within the promise."""
    for environment in zone.data:
        for (region, purpose), name in environment.buckets.items():
            client = aws.client("s3", account=environment.account, region=region)
            yield from _bucket(environment, purpose, name, client)


def data_keys(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """Every key of data rotates, and is there in both regions."""
    for environment in zone.data:
        for (region, domain), arn in environment.keys.items():
            kms = aws.client("kms", account=environment.account, region=region)
            state = kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"]
            yield compared("data keys", f"{environment.name} {domain} {region} state", "Enabled", state)
            rotates = kms.get_key_rotation_status(KeyId=arn)["KeyRotationEnabled"]
            yield compared("data keys", f"{environment.name} {domain} {region} rotation", True, rotates)


def _bucket(environment: DeclaredData, purpose: str, name: str, client: Any) -> Iterator[Observation]:
    def answer(operation: str) -> dict[str, Any]:
        try:
            return dict(getattr(client, operation)(Bucket=name))
        except ClientError as error:
            return {"error": error.response.get("Error", {}).get("Code", "error")}

    yield compared("data buckets", f"{name} versions", "Enabled", answer("get_bucket_versioning").get("Status", "off"))
    block = answer("get_public_access_block").get("PublicAccessBlockConfiguration", {})
    closed = "blocked" if block and all(block.values()) else "not blocked"
    yield compared("data buckets", f"{name} public access", "blocked", closed)
    if purpose not in environment.copied:
        return
    rules = answer("get_bucket_encryption").get("ServerSideEncryptionConfiguration", {}).get("Rules", [{}])
    default = rules[0].get("ApplyServerSideEncryptionByDefault", {})
    yield compared("data buckets", f"{name} encryption", "aws:kms", default.get("SSEAlgorithm", "none"))
    [rule, *_] = answer("get_bucket_replication").get("ReplicationConfiguration", {}).get("Rules", [{}])
    in_time = rule.get("Destination", {}).get("ReplicationTime", {}).get("Status", "off")
    yield compared("data buckets", f"{name} replication", "Enabled", rule.get("Status", "off"))
    yield compared("data buckets", f"{name} replication time control", "Enabled", in_time)
