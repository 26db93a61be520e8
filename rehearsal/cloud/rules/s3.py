"""S3: replication, versioning, retention, logging targets, lifecycle transitions."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from rehearsal.cloud.authorization.entities import stored_bucket
from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.rules.rule import Rule, Situation

INFREQUENT_ACCESS_DAYS: Final = 30
_INFREQUENT: Final = frozenset({"STANDARD_IA", "ONEZONE_IA"})


def _replication(situation: Situation) -> Refusal | None:
    reason = next(_replication_problems(situation.parameters.get("ReplicationConfiguration") or {}), None)
    return Refusal(code="InvalidRequest", message=reason) if reason is not None else None


def _replication_problems(configuration: Mapping[str, Any]) -> Iterator[str]:
    for rule in configuration.get("Rules") or ():
        destination = rule.get("Destination") or {}
        if destination.get("ReplicationTime") and not destination.get("Metrics"):
            yield "ReplicationTime must be specified together with Metrics."
        if rule.get("Filter") is not None and not rule.get("DeleteMarkerReplication"):
            yield "DeleteMarkerReplication must be specified in a rule with Filter."


def _suspended_versioning(situation: Situation) -> Refusal | None:
    status = (situation.parameters.get("VersioningConfiguration") or {}).get("Status")
    bucket = stored_bucket(str(situation.parameters.get("Bucket")))
    if status != "Suspended" or bucket is None:
        return None
    if bucket.replication_rules if hasattr(bucket, "replication_rules") else getattr(bucket, "replication", None):
        return Refusal(
            code="InvalidBucketState",
            message="A replication configuration is present on this bucket, so you cannot change the versioning state.",
        )
    if bucket.object_lock_enabled:
        return Refusal(
            code="InvalidBucketState",
            message="An Object Lock configuration is present on this bucket, so its versioning cannot be changed.",
        )
    return None


def _shortened_retention(situation: Situation) -> Refusal | None:
    parameters = situation.parameters
    bucket = stored_bucket(str(parameters.get("Bucket")))
    stored: Any = bucket.keys.get(str(parameters.get("Key"))) if bucket is not None else None
    if stored is None or stored.lock_mode != "COMPLIANCE" or not stored.lock_until:
        return None
    retention = parameters.get("Retention") or {}
    until = _moment(retention.get("RetainUntilDate"))
    if retention.get("Mode") != "COMPLIANCE" or until is None or until < (_moment(stored.lock_until) or until):
        return Refusal(code="AccessDenied", message="Access Denied because object protected by object lock.")
    return None


def _moment(value: Any) -> datetime | None:
    if value is None or value == "":
        return None
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _logging_target(situation: Situation) -> Refusal | None:
    logging = (situation.parameters.get("BucketLoggingStatus") or {}).get("LoggingEnabled") or {}
    target = stored_bucket(str(logging.get("TargetBucket"))) if logging else None
    if target is not None and target.default_lock_mode:
        return Refusal(
            code="InvalidTargetBucketForLogging",
            message="The target bucket for logging cannot have a default retention period of Object Lock.",
        )
    return None


def _lifecycle(situation: Situation) -> Refusal | None:
    configuration = situation.parameters.get("LifecycleConfiguration") or {}
    reason = next((text for rule in configuration.get("Rules") or () for text in _lifecycle_problems(rule)), None)
    return Refusal(code="InvalidArgument", message=reason) if reason is not None else None


def _lifecycle_problems(rule: Mapping[str, Any]) -> Iterator[str]:
    transitions = [entry for entry in rule.get("Transitions") or () if entry.get("Days") is not None]
    for entry in transitions:
        if entry.get("StorageClass") in _INFREQUENT and int(entry["Days"]) < INFREQUENT_ACCESS_DAYS:
            yield (
                f"'Days' in Transition action must be greater than or equal to {INFREQUENT_ACCESS_DAYS} for "
                f"storageClass '{entry['StorageClass']}'"
            )
    expiration = (rule.get("Expiration") or {}).get("Days")
    if expiration is not None and any(int(entry["Days"]) >= int(expiration) for entry in transitions):
        yield "'Days' in the Expiration action must be greater than 'Days' in the Transition action"


RULES: Final = (
    Rule(
        service="s3",
        operations=("PutBucketReplication",),
        check=_replication,
        states="ReplicationTime comes with Metrics; a rule with Filter has DeleteMarkerReplication",
        source="S3 API Reference, Destination and ReplicationRule",
    ),
    Rule(
        service="s3",
        operations=("PutBucketVersioning",),
        check=_suspended_versioning,
        states="versioning of a replicated or locked bucket is not suspended",
        source="S3 User Guide, Using versioning in S3 buckets",
    ),
    Rule(
        service="s3",
        operations=("PutObjectRetention",),
        check=_shortened_retention,
        states="COMPLIANCE retention is not shortened",
        source="S3 User Guide, Object Lock retention modes",
    ),
    Rule(
        service="s3",
        operations=("PutBucketLogging",),
        check=_logging_target,
        states="the target of access logs has no default retention",
        source="S3 User Guide, Logging requests with server access logging",
    ),
    Rule(
        service="s3",
        operations=("PutBucketLifecycleConfiguration",),
        check=_lifecycle,
        states="STANDARD_IA after 30 days at the earliest; expiration after every transition",
        source="S3 User Guide, Lifecycle transition general considerations",
    ),
)
