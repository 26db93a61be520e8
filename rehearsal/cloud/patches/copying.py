"""Copies one object version in moto: same version id, the destination's KMS key, tags, locks and metadata."""

import logging
from collections.abc import Callable
from typing import Any

from moto.kms.models import kms_backends
from moto.s3.models import FakeDeleteMarker, FakeKey, s3_backends

from rehearsal.cloud.replication import CopyStatus, Operation

log = logging.getLogger(__name__)


def perform(operation: Operation, denied: Callable[[Operation], str | None]) -> CopyStatus:
    """Copy one version. The status is FAILED where S3's is: no bucket, no versioning, no rights, no usable key.

    Args:
        operation: what to replicate.
        denied: decides the replication under the role of its configuration; returns the message of a denial.
    """
    route = operation.route
    existing_bucket = s3_backends[route.destination_account]["aws"].buckets.get(route.destination)
    if operation.kind != "change" and not _exists(operation):
        return CopyStatus.COMPLETED  # gone before it was copied: there is nothing to do
    denial = denied(operation)
    if denial is not None:
        log.warning("replication of %s/%s is denied: %s", route.source, operation.name, denial)
    if existing_bucket is None or not existing_bucket.is_versioned or denial is not None or not _usable(operation):
        if operation.kind == "object":
            operation.version.replication_status = "FAILED"
        return CopyStatus.FAILED
    {"object": _copy, "marker": _mark, "change": _change}[operation.kind](operation, existing_bucket)
    return CopyStatus.COMPLETED


def _exists(operation: Operation) -> bool:
    bucket = s3_backends[operation.route.account]["aws"].buckets.get(operation.route.source)
    return bucket is not None and any(entry is operation.version for entry in bucket.keys.getlist(operation.name, []))


def _usable(operation: Operation) -> bool:
    """Return whether the role can use the KMS keys of source and destination, which are in different regions."""
    route, version = operation.route, operation.version
    if operation.kind != "object" or version.encryption != "aws:kms":
        return True
    requested = [(route.account, version.kms_key_id, route.source_region)]
    requested.append((route.destination_account, route.key, route.destination_region))
    return route.encrypted and all(_key(account, key, region) for account, key, region in requested)


def _key(account: str, key: str | None, region: str) -> bool:
    if not key:
        return False
    existing = kms_backends[account][region].keys
    result = existing.get(key.rpartition("/")[2])
    return result is not None and result.enabled and (not key.startswith("arn:") or result.arn == key)


def _copy(operation: Operation, destination: Any) -> None:
    route, source = operation.route, operation.version
    if any(entry.version_id == source.version_id for entry in destination.keys.getlist(operation.name, [])):
        source.replication_status = "COMPLETED"
        return
    rule = (destination.encryption or {}).get("Rule", {})
    default = rule.get("ApplyServerSideEncryptionByDefault", {})
    kms = source.encryption == "aws:kms"
    replica: Any = FakeKey(
        name=source.name,
        bucket_name=destination.name,
        value=source.value,
        account_id=route.destination_account,
        region_name=route.destination_region,
        storage=source.storage_class,
        etag=None if kms else source.etag.strip('"'),
        is_versioned=True,
        version_id=source.version_id,
        multipart=source.multipart,
        encryption="aws:kms" if kms else default.get("SSEAlgorithm", source.encryption),
        kms_key_id=route.key if kms else default.get("KMSMasterKeyID"),
        bucket_key_enabled=rule.get("BucketKeyEnabled", source.bucket_key_enabled),
        checksum_value=source.checksum_value,
        checksum_type=source.checksum_type,
        checksum_parts=source.checksum_parts,
    )
    replica.checksum_algorithm = source.checksum_algorithm
    replica.last_modified = source.last_modified
    replica.set_metadata(source.metadata)
    replica.replication_status = "REPLICA"
    _alike(source, replica)
    destination.keys[operation.name] = replica
    source.replication_status = "COMPLETED"


def _mark(operation: Operation, destination: Any) -> None:
    existing = destination.keys.getlist(operation.name, [])
    if not existing or any(entry.version_id == operation.version.version_id for entry in existing):
        return
    marker: Any = FakeDeleteMarker(key=existing[-1])
    marker._version_id = operation.version.version_id  # noqa: SLF001 - moto offers no other way to name a version
    marker.last_modified = operation.version.last_modified
    marker.replication_status = "REPLICA"
    destination.keys[operation.name] = marker


def _change(operation: Operation, destination: Any) -> None:
    for entry in destination.keys.getlist(operation.name, []):
        if entry.version_id == operation.version.version_id and isinstance(entry, FakeKey):
            _alike(operation.version, entry)


def _alike(source: Any, replica: Any) -> None:
    replica.lock_mode, replica.lock_until = source.lock_mode, source.lock_until
    replica.lock_legal_status = source.lock_legal_status
    source_tagger, existing = (s3_backends[entry.account_id][entry.partition].tagger for entry in (source, replica))
    existing.delete_all_tags_for_resource(replica.arn)
    existing.tag_resource(
        replica.arn, existing.convert_dict_to_tags_input(source_tagger.get_tag_dict_for_resource(source.arn))
    )
