"""KMS: keys, their replicas in other regions, aliases and policies."""

from typing import Any, Final

from rehearsal.provider.services.shapes import find_item
from rehearsal.provider.spec import Emulated, Work
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


def _read_key(work: Work) -> Any:
    key_metadata = work.call("describe_key", KeyId=work.id)["KeyMetadata"]
    if key_metadata["KeyState"] in ("PendingDeletion", "PendingReplicaDeletion"):
        return None
    rotation = work.call("get_key_rotation_status", KeyId=work.id)
    policy = work.call("get_key_policy", KeyId=work.id, PolicyName="default")["Policy"]
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


def _complete_key(work: Work) -> None:
    if work.inputs.get("enableKeyRotation"):
        days = work.inputs.get("rotationPeriodInDays")
        period: dict[str, Any] = {"RotationPeriodInDays": int(days)} if days else {}
        work.call("enable_key_rotation", KeyId=work.id, **period)
    if work.inputs.get("isEnabled") is False or work.inputs.get("enabled") is False:
        work.call("disable_key", KeyId=work.id)


def _update_key(work: Work) -> None:
    if "policy" in work.changed and work.inputs.get("policy"):
        work.call("put_key_policy", KeyId=work.id, PolicyName="default", Policy=work.inputs["policy"])
    if "description" in work.changed:
        work.call("update_key_description", KeyId=work.id, Description=work.inputs.get("description") or "")
    if work.changed & on("enableKeyRotation", "rotationPeriodInDays"):
        if work.inputs.get("enableKeyRotation"):
            _complete_key(work)
        else:
            work.call("disable_key_rotation", KeyId=work.id)
    if work.changed & on("isEnabled", "enabled"):
        enabled = work.inputs.get("isEnabled") is not False and work.inputs.get("enabled") is not False
        work.call("enable_key" if enabled else "disable_key", KeyId=work.id)


def _replicate(work: Work) -> Values:
    """Create a replica key by a request in the primary key's region."""
    primary = str(work.inputs["primaryKeyArn"])
    replica_region, work.region = work.region, primary.split(":")[3]
    try:
        values = {**work.values, "keyId": primary.rpartition("/")[2], "replicaRegion": replica_region}
        answer = work.call("replicate_key", **work.params("replicate_key", values))
    finally:
        work.region = replica_region
    key = answer["ReplicaKeyMetadata"]["KeyId"]
    if work.inputs.get("policy"):
        work.call("put_key_policy", KeyId=key, PolicyName="default", Policy=work.inputs["policy"])
    if work.inputs.get("description"):
        work.call("update_key_description", KeyId=key, Description=work.inputs["description"])
    return {"keyId": key}


def _read_replica(work: Work) -> Any:
    result = _read_key(work)
    if result is not None:
        result["primaryKeyArn"] = result.get("MultiRegionConfiguration", {}).get("PrimaryKey", {}).get("Arn")
    return result


def _read_alias(work: Work) -> Any:
    result = find_item(work.pages("list_aliases", "Aliases"), AliasName=work.id)
    if result is None:
        return None
    target = work.call("describe_key", KeyId=result["TargetKeyId"])["KeyMetadata"]
    requested = str(work.inputs.get("targetKeyId", ""))
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
