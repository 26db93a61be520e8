"""S3: the parts of a bucket's configuration, each a resource of its own."""

from collections.abc import Callable
from typing import Any, Final

from rehearsal.provider.services.shapes import wrap
from rehearsal.provider.spec import Emulated, EmulatedResource, ResourceFunction
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, on

Shape = Callable[[EmulatedResource, Values], Values]


def _part(
    token: str, put: str, get: str | ResourceFunction, delete: str | ApiCall | ResourceFunction, **fields: Any
) -> tuple[Emulated, ...]:
    """A part of the configuration, under its name and, where the SDK has one, its former name ending in V2."""
    module, _, name = token.partition(":")
    former = {
        "BucketVersioning",
        "BucketServerSideEncryptionConfiguration",
        "BucketLifecycleConfiguration",
        "BucketLogging",
        "BucketObjectLockConfiguration",
    }
    names = [f"aws:s3/{module}:{name}", *([f"aws:s3/{module}V2:{name}V2"] if name in former else [])]
    return tuple(
        Emulated(
            type=entry,
            service="s3",
            create=put,
            read=get,
            update="put",
            delete=delete,
            id="{bucket}",
            forces=on("bucket", "expectedBucketOwner"),
            **fields,
        )
        for entry in names
    )


def _suspend(resource: EmulatedResource) -> None:
    """Suspend versioning, which cannot be removed from a bucket; with object lock it stays."""
    if resource.values.get("versioningConfiguration", {}).get("status") == "Enabled":
        resource.call(
            "put_bucket_versioning", Bucket=resource.values["bucket"], VersioningConfiguration={"Status": "Suspended"}
        )


def _ownership(_resource: EmulatedResource, values: Values) -> Values:
    return {**values, "ownershipControls": {"rules": [values.get("rule") or {}]}}


def _lifecycle(resource: EmulatedResource, values: Values) -> Values:
    rules = [
        rule if rule.get("filter") or rule.get("prefix") else {**rule, "filter": {"prefix": ""}}
        for rule in values.get("rules") or []
    ]
    return wrap("lifecycleConfiguration", "rules")(resource, {**values, "rules": rules})


def _logging(resource: EmulatedResource, values: Values) -> Values:
    inner = wrap("loggingEnabled", "targetBucket", "targetPrefix", "targetGrants", "targetObjectKeyFormat")(
        resource, values
    )
    return {**values, "bucketLoggingStatus": {"loggingEnabled": inner["loggingEnabled"]}}


def _lock(resource: EmulatedResource, values: Values) -> Values:
    return wrap("objectLockConfiguration")(resource, {"objectLockEnabled": "Enabled", **values}) | {
        "objectLockConfiguration": {"objectLockEnabled": "Enabled", "rule": values.get("rule")}
    }


_KINDS: Final = (
    ("lambdaFunctions", "LambdaFunctionConfigurations", "lambdaFunctionArn", "LambdaFunctionArn"),
    ("queues", "QueueConfigurations", "queueArn", "QueueArn"),
    ("topics", "TopicConfigurations", "topicArn", "TopicArn"),
)


def _notify(_resource: EmulatedResource, values: Values) -> Values:
    requested: dict[str, Any] = {"eventBridgeConfiguration": {}} if values.get("eventbridge") else {}
    for name, api, prop, _ in _KINDS:
        requested[api] = [
            {
                "id": value.get("id"),
                prop: value.get(prop),
                "events": value.get("events"),
                "filter": {"key": {"filterRules": _rules(value)}} if _rules(value) else None,
            }
            for value in values.get(name) or []
        ] or None
    return {
        **values,
        "notificationConfiguration": {key: value for key, value in requested.items() if value is not None},
    }


def _rules(values: Values) -> list[dict[str, str]]:
    result = (("prefix", values.get("filterPrefix")), ("suffix", values.get("filterSuffix")))
    return [{"name": name, "value": value} for name, value in result if value]


def _notified(resource: EmulatedResource) -> Any:
    answer = resource.call("get_bucket_notification_configuration", Bucket=resource.values["bucket"])
    result: dict[str, Any] = {"bucket": resource.values["bucket"]}
    if "EventBridgeConfiguration" in answer:
        result["eventbridge"] = True
    for name, api, prop, key in _KINDS:
        items: list[dict[str, Any]] = []
        for entry in answer.get(api, []):
            rules = entry.get("Filter", {}).get("Key", {}).get("FilterRules", [])
            by_name = {rule["Name"].lower(): rule["Value"] for rule in rules}
            item = {
                "id": entry.get("Id"),
                prop: entry.get(key),
                "events": entry.get("Events"),
                "filterPrefix": by_name.get("prefix"),
                "filterSuffix": by_name.get("suffix"),
            }
            items.append({part: value for part, value in item.items() if value is not None})
        if items:
            result[name] = items
    return result if len(result) > 1 else None


TYPES: Final = (
    *_part(
        "bucketVersioning:BucketVersioning",
        "put_bucket_versioning",
        "get_bucket_versioning",
        _suspend,
        result="Status && @",
        outputs={"versioningConfiguration": "{Status: Status, MFADelete: MFADelete}"},
    ),
    *_part(
        "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "put_bucket_encryption",
        "get_bucket_encryption",
        "delete_bucket_encryption",
        prepare=wrap("serverSideEncryptionConfiguration", "rules"),
        outputs={"rules": "ServerSideEncryptionConfiguration.Rules"},
    ),
    *_part(
        "bucketPublicAccessBlock:BucketPublicAccessBlock",
        "put_public_access_block",
        "get_public_access_block",
        "delete_public_access_block",
        prepare=wrap("publicAccessBlockConfiguration"),
        result="PublicAccessBlockConfiguration",
        keep=on("skipDestroy"),
    ),
    *_part(
        "bucketOwnershipControls:BucketOwnershipControls",
        "put_bucket_ownership_controls",
        "get_bucket_ownership_controls",
        "delete_bucket_ownership_controls",
        prepare=_ownership,
        outputs={"rule": "OwnershipControls.Rules[0]"},
    ),
    *_part("bucketPolicy:BucketPolicy", "put_bucket_policy", "get_bucket_policy", "delete_bucket_policy"),
    *_part(
        "bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "put_bucket_lifecycle_configuration",
        "get_bucket_lifecycle_configuration",
        "delete_bucket_lifecycle",
        prepare=_lifecycle,
    ),
    *_part(
        "bucketLogging:BucketLogging",
        "put_bucket_logging",
        "get_bucket_logging",
        ApiCall(op="put_bucket_logging", by={"Bucket": "bucket"}, fixed={"BucketLoggingStatus": {}}),
        prepare=_logging,
        result="LoggingEnabled",
    ),
    *_part(
        "bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        "put_object_lock_configuration",
        "get_object_lock_configuration",
        ApiCall(
            op="put_object_lock_configuration",
            by={"Bucket": "bucket"},
            fixed={"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}},
        ),
        prepare=_lock,
        result="ObjectLockConfiguration",
    ),
    *_part(
        "bucketNotification:BucketNotification",
        "put_bucket_notification_configuration",
        _notified,
        ApiCall(
            op="put_bucket_notification_configuration",
            by={"Bucket": "bucket"},
            fixed={"NotificationConfiguration": {}},
        ),
        prepare=_notify,
    ),
    *_part(
        "bucketReplicationConfig:BucketReplicationConfig",
        "put_bucket_replication",
        "get_bucket_replication",
        "delete_bucket_replication",
        prepare=wrap("replicationConfiguration", "role", "rules"),
        result="ReplicationConfiguration",
    ),
)
