"""Secrets Manager: secrets without their values, their policies, replicas and rotation."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import Find, Tagging, on


def _read(work: Work) -> Any:
    secret = work.call("describe_secret", SecretId=work.id)
    if secret.get("DeletedDate") is not None:
        return None
    return {**secret, "replicas": secret.get("ReplicationStatus")}


def _update(work: Work) -> None:
    if work.changed & on("description", "kmsKeyId"):
        parameters = {name: work.inputs.get(name) for name in ("description", "kmsKeyId")}
        work.call("update_secret", **work.params("update_secret", {**parameters, "id": work.id}))
    if "replicas" in work.changed:
        _replicate(work)


def _replicate(work: Work) -> None:
    requested_replicas: list[Values] = work.inputs.get("replicas") or []
    existing_replication_status = work.call("describe_secret", SecretId=work.id).get("ReplicationStatus") or []
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
        work.call("remove_regions_from_replication", SecretId=work.id, RemoveReplicaRegions=removed_regions)
    if new:
        parameters = {"id": work.id, "replicas": new}
        work.call("replicate_secret_to_regions", **work.params("replicate_secret_to_regions", parameters))


def _tidy(work: Work) -> None:
    """Remove the replicas: a secret with replicas cannot be deleted (Secrets Manager User Guide, "Delete a secret")."""
    secret = work.call("describe_secret", SecretId=work.id)
    regions = [entry["Region"] for entry in secret.get("ReplicationStatus") or []]
    if regions:
        work.call("remove_regions_from_replication", SecretId=work.id, RemoveReplicaRegions=regions)


def _delete(work: Work) -> None:
    if work.call("describe_secret", SecretId=work.id).get("DeletedDate") is not None:
        return
    days = work.values.get("recoveryWindowInDays")
    options: Values = {"RecoveryWindowInDays": int(days)} if days else {"ForceDeleteWithoutRecovery": days == 0}
    work.call("delete_secret", SecretId=work.id, **options)


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
