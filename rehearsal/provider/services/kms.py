"""KMS: keys, their replicas in other regions, aliases and policies."""

from typing import Any, Final

from rehearsal.provider.services.shapes import find_item
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Tagging, on

_NAMES: Final = {"KeySpec": "customerMasterKeySpec", "CustomerMasterKeySpec": "", "KeyId": "keyId"}
_TAGS: Final = Tagging(add="tag_resource", remove="untag_resource", read="list_resource_tags")
_DELETE: Final = ApiCall(op="schedule_key_deletion", by={"KeyId": "id", "PendingWindowInDays": "deletionWindowInDays"})
_DEFAULT_POLICY: Final = (
    '{"Version":"2012-10-17","Statement":[{"Sid":"Enable IAM User Permissions","Effect":"Allow",'
    '"Principal":{"AWS":"arn:aws:iam::$accountId:root"},"Action":"kms:*","Resource":"*"}]}'
)
"""The policy of a key that has no other: the account's IAM policies decide."""


def _read_key(resource: EmulatedResource) -> Any:
    key_metadata = resource.call("describe_key", KeyId=resource.id)["KeyMetadata"]
    if key_metadata["KeyState"] in ("PendingDeletion", "PendingReplicaDeletion"):
        return None
    rotation = resource.call("get_key_rotation_status", KeyId=resource.id)
    policy = resource.call("get_key_policy", KeyId=resource.id, PolicyName="default")["Policy"]
    return {
        **key_metadata,
        "isEnabled": key_metadata["Enabled"],
        "enabled": key_metadata["Enabled"],
        "customerMasterKeySpec": key_metadata.get("KeySpec"),
        "enableKeyRotation": rotation["KeyRotationEnabled"],
        "keyRotationEnabled": rotation["KeyRotationEnabled"],
        "rotationPeriodInDays": rotation.get("RotationPeriodInDays"),
        "policy": policy,
    }


def _complete_key(resource: EmulatedResource) -> None:
    if resource.inputs.get("enableKeyRotation"):
        days = resource.inputs.get("rotationPeriodInDays")
        period: dict[str, Any] = {"RotationPeriodInDays": int(days)} if days else {}
        resource.call("enable_key_rotation", KeyId=resource.id, **period)
    if resource.inputs.get("isEnabled") is False or resource.inputs.get("enabled") is False:
        resource.call("disable_key", KeyId=resource.id)


def _update_key(resource: EmulatedResource) -> None:
    if "policy" in resource.changed and resource.inputs.get("policy"):
        resource.call("put_key_policy", KeyId=resource.id, PolicyName="default", Policy=resource.inputs["policy"])
    if "description" in resource.changed:
        resource.call("update_key_description", KeyId=resource.id, Description=resource.inputs.get("description") or "")
    if resource.changed & on("enableKeyRotation", "rotationPeriodInDays"):
        if resource.inputs.get("enableKeyRotation"):
            _complete_key(resource)
        else:
            resource.call("disable_key_rotation", KeyId=resource.id)
    if resource.changed & on("isEnabled", "enabled"):
        enabled = resource.inputs.get("isEnabled") is not False and resource.inputs.get("enabled") is not False
        resource.call("enable_key" if enabled else "disable_key", KeyId=resource.id)


def _replicate(resource: EmulatedResource) -> Values:
    """Create a replica key by a request in the primary key's region."""
    primary = str(resource.inputs["primaryKeyArn"])
    replica_region, resource.region = resource.region, primary.split(":")[3]
    try:
        values = {**resource.values, "keyId": primary.rpartition("/")[2], "replicaRegion": replica_region}
        answer = resource.call("replicate_key", **resource.params("replicate_key", values))
    finally:
        resource.region = replica_region
    key = answer["ReplicaKeyMetadata"]["KeyId"]
    if resource.inputs.get("policy"):
        resource.call("put_key_policy", KeyId=key, PolicyName="default", Policy=resource.inputs["policy"])
    if resource.inputs.get("description"):
        resource.call("update_key_description", KeyId=key, Description=resource.inputs["description"])
    return {"keyId": key}


def _read_replica(resource: EmulatedResource) -> Any:
    result = _read_key(resource)
    if result is not None:
        result["primaryKeyArn"] = result.get("MultiRegionConfiguration", {}).get("PrimaryKey", {}).get("Arn")
    return result


def _read_alias(resource: EmulatedResource) -> Any:
    result = find_item(resource.pages("list_aliases", "Aliases"), AliasName=resource.id)
    if result is None:
        return None
    target = resource.call("describe_key", KeyId=result["TargetKeyId"])["KeyMetadata"]
    requested = str(resource.inputs.get("targetKeyId", ""))
    return {
        "name": result["AliasName"],
        "arn": result["AliasArn"],
        # A key goes by its id and its ARN; whichever the program used is right.
        "targetKeyId": requested if requested in (target["Arn"], target["KeyId"]) else result["TargetKeyId"],
        "targetKeyArn": target["Arn"],
    }


TYPES: Final = (
    Emulated(
        type="aws:kms/key:Key",
        service="kms",
        create="create_key",
        creation_result="KeyMetadata",
        after=_complete_key,
        read=_read_key,
        update=_update_key,
        delete=_DELETE,
        id="{keyId}",
        names=_NAMES,
        forces=on("customerMasterKeySpec", "keyUsage", "multiRegion", "customKeyStoreId", "xksKeyId"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:kms/replicaKey:ReplicaKey",
        service="kms",
        create=_replicate,
        after=_complete_key,
        read=_read_replica,
        update=_update_key,
        delete=_DELETE,
        id="{keyId}",
        names=_NAMES,
        forces=on("primaryKeyArn"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:kms/alias:Alias",
        service="kms",
        create="create_alias",
        read=_read_alias,
        update="update_alias",
        delete="delete_alias",
        id="{name}",
        names={"AliasName": "name"},
        forces=on("name", "namePrefix"),
    ),
    Emulated(
        type="aws:kms/keyPolicy:KeyPolicy",
        service="kms",
        create="put_key_policy",
        read="get_key_policy",
        update="put",
        delete=ApiCall(
            op="put_key_policy",
            by={"KeyId": "keyId"},
            fixed={"PolicyName": "default"},
            templates={"Policy": _DEFAULT_POLICY},
        ),
        id="{keyId}",
        fixed={"PolicyName": "default"},
        forces=on("keyId"),
        exclusive=True,
    ),
)
