"""S3: objects are replicated by the buckets' replication configurations. Moto stores the configurations only."""

import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

from moto.s3.models import FakeKey, S3Backend, s3_backends

from rehearsal.cloud.patches import registry
from rehearsal.cloud.patches.settings import Settings
from rehearsal.cloud.replication import Kind, Operation, Replicator, Route

_CHANGES: Final = {
    "delete_object_tagging": "e4166b26185e",
    "put_object_legal_hold": "77abe7733091",
    "put_object_retention": "913c8a1c3e12",
}
"""Operations that change an existing object; tags are put by another kind of arguments."""


def apply_with(settings: Settings) -> None:
    """Queue object versions that are put, deleted or changed; return the replication status of objects."""
    replicator = settings.replicator

    def put(original: Any) -> Any:
        def put_object(self: Any, bucket_name: str, *args: Any, **kwargs: Any) -> Any:
            key = original(self, bucket_name, *args, **kwargs)
            queue(replicator, self.get_bucket(bucket_name), key.name, key, "object")
            return key

        return put_object

    def mark(original: Any) -> Any:
        def _set_delete_marker(self: Any, bucket_name: str, key_name: str) -> Any:
            marker = original(self, bucket_name, key_name)
            queue(replicator, self.get_bucket(bucket_name), key_name, marker, "marker")
            return marker

        return _set_delete_marker

    def tag(original: Any) -> Any:
        def put_object_tagging(self: Any, key: Any, tags: Any) -> Any:
            answer = original(self, key, tags)
            queue(replicator, self.get_bucket(key.bucket_name), key.name, key, "change")
            return answer

        return put_object_tagging

    registry.replace(S3Backend, "put_object", "db803f2da9d7", put)
    registry.replace(S3Backend, "_set_delete_marker", "f95d9e59e39f", mark)
    registry.replace(S3Backend, "put_object_tagging", "5d1ebe6352a4", tag)
    for name, expected in _CHANGES.items():
        registry.replace(S3Backend, name, expected, _changing(replicator))
    registry.replace(FakeKey, "response_dict", "57d0ac8aa00f", _telling)


def _changing(replicator: Replicator) -> Any:
    def make(original: Any) -> Any:
        def changed(self: Any, bucket_name: str, key_name: str, *args: Any, **kwargs: Any) -> Any:
            answer = original(self, bucket_name, key_name, *args, **kwargs)
            version_id = kwargs["version_id"] if "version_id" in kwargs else (args[0] if args else None)
            key = self.get_object(bucket_name, key_name, version_id=version_id)
            queue(replicator, self.get_bucket(bucket_name), key_name, key, "change")
            return answer

        return changed

    return make


def _telling(original: Any) -> Any:
    def response_dict(self: Any) -> dict[str, Any]:
        status = getattr(self, "replication_status", None)
        answer: dict[str, Any] = original.fget(self)
        return {**answer, "x-amz-replication-status": status} if status else answer

    return property(response_dict)


def queue(replicator: Replicator, bucket: Any, name: str, version: Any, kind: Kind) -> None:
    """Queue one object version or delete marker for every rule that applies to it.

    A replica is never copied on, so nothing goes in circles; a change of one is, where its rule says so.
    """
    status = getattr(version, "replication_status", None)
    if kind == "change" and status in (None, "PENDING"):
        return  # the object itself still waits, and takes its tags and locks with it; or nothing of it was copied
    for route in routes(bucket, name, version):
        if (kind == "marker" and not route.markers) or (status == "REPLICA" and not route.modifications):
            continue
        if kind == "object":
            version.replication_status = "PENDING"
        size = version.size if kind == "object" else 0
        replicator.add(
            Operation(kind=kind, route=route, name=name, version=version, size=size, queued=time.monotonic())
        )


def routes(bucket: Any, name: str, version: Any) -> Iterator[Route]:
    """Return the rules of a bucket that apply to an object: for each destination the rule of highest priority."""
    configuration: Mapping[str, Any] | None = getattr(bucket, "replication", None)
    if not configuration:
        return
    visited: set[str] = set()
    for rule in sorted(_listed(configuration["Rule"]), key=lambda entry: -int(entry.get("Priority") or 0)):
        target = rule["Destination"]["Bucket"].rpartition(":")[2]
        if rule.get("Status") != "Enabled" or target in visited or not _meets(rule, name, version):
            continue
        visited.add(target)
        _, account = s3_backends.bucket_accounts.get(target, ("aws", bucket.account_id))
        existing_bucket = s3_backends[account]["aws"].buckets.get(target)
        criteria = rule.get("SourceSelectionCriteria") or {}
        to = rule["Destination"]
        yield Route(
            account=bucket.account_id,
            source=bucket.name,
            source_region=bucket.region_name,
            destination_account=account,
            destination=target,
            destination_region=existing_bucket.region_name if existing_bucket is not None else "",
            rule_id=rule.get("ID") or "",
            role=configuration.get("Role") or "",
            key=(to.get("EncryptionConfiguration") or {}).get("ReplicaKmsKeyID"),
            encrypted=_on(criteria.get("SseKmsEncryptedObjects")),
            markers=_on(rule.get("DeleteMarkerReplication")),
            modifications=_on(criteria.get("ReplicaModifications")),
            metrics=_on(to.get("Metrics")),
        )


def _meets(rule: Mapping[str, Any], name: str, version: Any) -> bool:
    parameters = rule.get("Filter") or {}
    merged = parameters.get("And") or parameters
    prefix = merged.get("Prefix") or rule.get("Prefix") or ""
    requested = {entry["Key"]: entry["Value"] for entry in _listed(merged.get("Tag") or [])}
    if requested and isinstance(version, FakeKey):
        backend = s3_backends[version.account_id][version.partition]
        object_tags = backend.tagger.get_tag_dict_for_resource(version.arn)
        return name.startswith(prefix) and requested.items() <= object_tags.items()
    return name.startswith(prefix) and not requested


def _on(part: Mapping[str, Any] | None) -> bool:
    return (part or {}).get("Status") == "Enabled"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
