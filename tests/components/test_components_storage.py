"""Components for keys and buckets: resources, policies and refused arguments."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi
import pytest

from components.audit.names import ArchiveNames
from components.documents import Statement
from components.keys import Key, KeyArgs, uses
from components.storage import (
    Replication,
    ReplicationArgs,
    ReplicationRole,
    ReplicationRoleArgs,
    SecureBucket,
    SecureBucketArgs,
)
from controls.rules.documents import denies_insecure_transport, no_public_principal
from tests.recorder import ACCOUNT, ORGANIZATION, Recording, record
from zone.shared.buckets import PURPOSES

KEY_ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"
LOCKED = [name for name, purpose in PURPOSES.items() if purpose.locked]
UNLOCKED = [name for name, purpose in PURPOSES.items() if not purpose.locked]


def bucket_args(purpose: Any = "trail", **changes: Any) -> SecureBucketArgs:
    arguments: dict[str, Any] = {
        "bucket": "records",
        "arn": "arn:aws:s3:::records",
        "purpose": purpose,
        "retention_days": 2192,
        "glacier_after_days": 90,
        "key_arn": KEY_ARN if PURPOSES[purpose].customer_key else None,
        "access_log_bucket": None if purpose == "access-logs" else "logs",
    }
    return SecureBucketArgs(**{**arguments, **changes})


def made(purpose: Any = "trail", **changes: Any) -> Recording:
    return record(lambda: SecureBucket("records", bucket_args(purpose, **changes)))


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_bucket_is_closed_versioned_encrypted_and_kept(purpose: str) -> None:
    recording = made(purpose)
    assert not recording.orphans()
    [bucket] = recording.of("s3/bucket:Bucket")
    assert bucket.protect
    assert bucket.retained
    assert bucket.inputs["tags"]["data-purpose"] == purpose
    [block] = recording.of(":BucketPublicAccessBlock")
    flags = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    assert all(block.inputs[flag] for flag in flags)
    [versioning] = recording.of(":BucketVersioning")
    assert versioning.inputs["versioningConfiguration"] == {"status": "Enabled"}
    [owner] = recording.of(":BucketOwnershipControls")
    assert owner.inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    [encryption] = recording.of(":BucketServerSideEncryptionConfiguration")
    default = encryption.inputs["rules"][0]["applyServerSideEncryptionByDefault"]
    assert default["sseAlgorithm"] == ("AES256" if purpose == "access-logs" else "aws:kms")


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_bucket_policy_denies_plain_text_old_tls_and_deletion(purpose: str) -> None:
    [policy] = made(purpose).of(":BucketPolicy")
    statements = policy.document("policy")["Statement"]
    assert list(denies_insecure_transport(statements)) == []
    denied = {statement["Sid"]: statement for statement in statements if statement["Effect"] == "Deny"}
    assert denied["Tls12"]["Condition"] == {"NumericLessThan": {"s3:TlsVersion": "1.2"}}
    actions = denied["NobodyDeletes"]["Action"]
    versions_only = any(purpose_spec.deletable for name, purpose_spec in PURPOSES.items() if name == purpose)
    assert actions == ("s3:DeleteObjectVersion" if versions_only else ["s3:DeleteObject", "s3:DeleteObjectVersion"])


@pytest.mark.parametrize("purpose", LOCKED)
def test_records_are_locked_for_six_years_in_compliance_mode(purpose: str) -> None:
    recording = made(purpose)
    assert recording.of("s3/bucket:Bucket")[0].inputs["objectLockEnabled"] is True
    [lock] = recording.of(":BucketObjectLockConfiguration")
    assert lock.inputs["rule"]["defaultRetention"] == {"mode": "COMPLIANCE", "days": 2192}
    assert any("BucketVersioning" in urn for urn in lock.request.dependencies)


@pytest.mark.parametrize("purpose", UNLOCKED)
def test_delivery_bucket_has_no_lock_and_keeps_old_versions(purpose: str) -> None:
    recording = made(purpose)
    assert not recording.of(":BucketObjectLockConfiguration")
    [lifecycle] = recording.of(":BucketLifecycleConfiguration")
    assert lifecycle.inputs["rules"][0]["noncurrentVersionExpiration"] == {"noncurrentDays": 2192}


def test_objects_expire_after_their_lock() -> None:
    [lifecycle] = made(retention_days=3000).of(":BucketLifecycleConfiguration")
    age = lifecycle.inputs["rules"][0]
    assert age["expiration"] == {"days": 3001}
    assert age["transitions"] == [{"days": 90, "storageClass": "GLACIER"}]


def test_versions_of_rewritten_keys_expire_after_one_day() -> None:
    recording = made("features", rewritten_keys=["recovery/heartbeat.json"])
    [lifecycle] = recording.of(":BucketLifecycleConfiguration")
    assert lifecycle.inputs["rules"][-1] == {
        "id": "rewritten-1",
        "status": "Enabled",
        "filter": {"prefix": "recovery/heartbeat.json"},
        "noncurrentVersionExpiration": {"noncurrentDays": 1},
    }


def test_locked_bucket_refuses_rewritten_keys() -> None:
    with pytest.raises(ValueError, match=r"SecureBucketArgs\.rewritten_keys: .*allowed: none"):
        bucket_args("artifacts", rewritten_keys=["recovery/heartbeat.json"])


@pytest.mark.parametrize(
    ("purpose", "changes", "message"),
    [
        ("trail", {"retention_days": 2191}, "six years"),
        ("trail", {"key_arn": None}, "needs a key_arn"),
        ("access-logs", {"key_arn": KEY_ARN}, "SSE-S3"),
        ("trail", {"access_log_bucket": None}, "access_log_bucket"),
        ("access-logs", {"access_log_bucket": "logs"}, "access_log_bucket"),
    ],
)
def test_a_bucket_without_lock_key_or_log_is_refused(purpose: str, changes: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bucket_args(purpose, **changes)


def test_key_rotates_is_retained_and_separates_administration_from_use() -> None:
    recording = record(lambda: Key("key", KeyArgs(alias="a", description="d", account_id=ACCOUNT, uses=USES["logs"]())))
    [key] = recording.of("kms/key:Key")
    assert key.inputs["enableKeyRotation"] is True
    assert key.inputs["deletionWindowInDays"] == 30
    assert key.protect
    assert key.retained
    administration, *rest = key.document("policy")["Statement"]
    use = {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:CreateGrant", "kms:*"}
    assert not use & set(administration["Action"])
    assert rest


def test_key_without_users_is_refused() -> None:
    with pytest.raises(ValueError, match="uses is empty"):
        KeyArgs(alias="a", description="d", account_id=ACCOUNT, uses=())


NAMES = ArchiveNames(prefix="hipaa-ml", region="us-east-1", account_id=ACCOUNT, management_account_id="123456789012")
USES: Mapping[str, Callable[[], Sequence[Statement]]] = {
    "cloudtrail": lambda: uses.cloudtrail(NAMES.trail_arn, "123456789012"),
    "config": lambda: uses.config(ORGANIZATION),
    "logs": lambda: uses.logs("us-east-1", ACCOUNT, "/hipaa-ml/"),
    "readers": lambda: uses.readers_through_s3("us-east-1", ACCOUNT),
    "replication": lambda: uses.replication("us-east-1", f"arn:aws:iam::{ACCOUNT}:role/r"),
    "disks": lambda: uses.disks("us-east-1", ACCOUNT),
    "notifications": lambda: uses.notifications(ACCOUNT),
}


@pytest.mark.parametrize("use", USES)
def test_every_key_use_statement_has_a_condition(use: str) -> None:
    def program() -> None:
        Key("key", KeyArgs(alias="a", description="d", account_id=ACCOUNT, uses=USES[use]()))

    [key] = record(program).of("kms/key:Key")
    for statement in key.document("policy")["Statement"][1:]:
        # EventBridge comes without a source (see `uses.notifications`); everybody else is narrowed.
        assert statement.get("Condition") or statement["Principal"] == {"Service": "events.amazonaws.com"}, statement
        assert statement["Action"] not in ("kms:*", ["kms:*"])
        assert list(no_public_principal(statement)) == []


def test_replication_depends_on_versioning_and_excludes_delete_markers() -> None:
    def program() -> None:
        role = ReplicationRole("role", ReplicationRoleArgs(role_name="r"), pulumi.ResourceOptions())
        source = SecureBucket("source", bucket_args("config", bucket="a", arn="arn:aws:s3:::a"))
        destination = SecureBucket("destination", bucket_args("config-records", bucket="b", arn="arn:aws:s3:::b"))
        args = ReplicationArgs(role=role, source=source, destination=destination, region="us-east-1", key_arn=KEY_ARN)
        Replication("copy", args)

    recording = record(program)
    [configuration] = recording.of(":BucketReplicationConfig")
    assert sum("BucketVersioning" in urn for urn in configuration.request.dependencies) == 2
    [rule] = configuration.inputs["rules"]
    assert rule["deleteMarkerReplication"] == {"status": "Disabled"}
    assert rule["destination"]["bucket"] == "arn:aws:s3:::b"
    [trust] = recording.of("iam/role:Role")[0].document("assumeRolePolicy")["Statement"]
    assert trust["Principal"] == {"Service": "s3.amazonaws.com"}
