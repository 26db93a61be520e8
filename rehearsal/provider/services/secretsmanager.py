"""Secrets Manager: secrets without their values, their policies, replicas and rotation."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import Find, Tagging, on


def _read(resource: EmulatedResource) -> Any:
    secret = resource.call("describe_secret", SecretId=resource.id)
    if secret.get("DeletedDate") is not None:
        return None
    return {**secret, "replicas": secret.get("ReplicationStatus")}


def _update(resource: EmulatedResource) -> None:
    if resource.changed & on("description", "kmsKeyId"):
        parameters = {name: resource.inputs.get(name) for name in ("description", "kmsKeyId")}
        resource.call("update_secret", **resource.params("update_secret", {**parameters, "id": resource.id}))
    if "replicas" in resource.changed:
        _replicate(resource)


def _replicate(resource: EmulatedResource) -> None:
    requested_replicas: list[Values] = resource.inputs.get("replicas") or []
    existing_replication_status = resource.call("describe_secret", SecretId=resource.id).get("ReplicationStatus") or []
    keys = {entry["Region"]: entry.get("KmsKeyId") for entry in existing_replication_status}
    new = [
        item
        for item in requested_replicas
        if item["region"] not in keys or item.get("kmsKeyId") != keys[item["region"]]
    ]
    removed_regions = sorted(
        keys.keys() - {element["region"] for element in requested_replicas}
        | {replica["region"] for replica in new} & keys.keys()
    )
    if removed_regions:
        resource.call("remove_regions_from_replication", SecretId=resource.id, RemoveReplicaRegions=removed_regions)
    if new:
        parameters = {"id": resource.id, "replicas": new}
        resource.call("replicate_secret_to_regions", **resource.params("replicate_secret_to_regions", parameters))


def _tidy(resource: EmulatedResource) -> None:
    """Remove the replicas: a secret with replicas cannot be deleted (Secrets Manager User Guide, "Delete a secret")."""
    secret = resource.call("describe_secret", SecretId=resource.id)
    regions = [entry["Region"] for entry in secret.get("ReplicationStatus") or []]
    if regions:
        resource.call("remove_regions_from_replication", SecretId=resource.id, RemoveReplicaRegions=regions)


def _delete(resource: EmulatedResource) -> None:
    if resource.call("describe_secret", SecretId=resource.id).get("DeletedDate") is not None:
        return
    days = resource.values.get("recoveryWindowInDays")
    options: Values = {"RecoveryWindowInDays": int(days)} if days else {"ForceDeleteWithoutRecovery": days == 0}
    resource.call("delete_secret", SecretId=resource.id, **options)


TYPES: Final = (
    Emulated(
        type="aws:secretsmanager/secret:Secret",
        service="secretsmanager",
        create="create_secret",
        read=_read,
        update=_update,
        tidy=_tidy,
        delete=_delete,
        id="{arn}",
        names={
            "ARN": "arn",
            "SecretId": "id",
            "AddReplicaRegions": "replicas",
            "ForceOverwriteReplicaSecret": "forceOverwriteReplicaSecret",
        },
        forces=on("name", "namePrefix"),
        keep=on("recoveryWindowInDays", "forceOverwriteReplicaSecret"),
        tags=Tagging(add="tag_resource", remove="untag_resource"),
    ),
    Emulated(
        type="aws:secretsmanager/secretPolicy:SecretPolicy",
        service="secretsmanager",
        create="put_resource_policy",
        read=Find(op="get_resource_policy", by={"SecretId": "id"}, exists="ResourcePolicy", echo=on("secretArn")),
        update="put",
        delete="delete_resource_policy",
        id="{secretArn}",
        names={"SecretId": "secretArn", "ResourcePolicy": "policy"},
        keep=on("blockPublicPolicy"),
        forces=on("secretArn"),
    ),
    Emulated(
        type="aws:secretsmanager/secretRotation:SecretRotation",
        service="secretsmanager",
        create="rotate_secret",
        read=Find(op="describe_secret", by={"SecretId": "id"}, exists="RotationEnabled", echo=on("secretId")),
        update="put",
        delete="cancel_rotate_secret",
        id="{secretId}",
        names={"SecretId": "secretId", "RotationLambdaARN": "rotationLambdaArn"},
        keep=on("rotateImmediately"),
        forces=on("secretId"),
    ),
)
