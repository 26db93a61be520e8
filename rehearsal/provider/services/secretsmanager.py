"""Secrets Manager: secrets without their values, their policies, replicas and rotation."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import Find, Tagging, on


def _read(work: Work) -> Any:
    found = work.call("describe_secret", SecretId=work.id)
    if found.get("DeletedDate") is not None:
        return None
    return {**found, "replicas": found.get("ReplicationStatus")}


def _update(work: Work) -> None:
    if work.changed & on("description", "kmsKeyId"):
        given = {name: work.inputs.get(name) for name in ("description", "kmsKeyId")}
        work.call("update_secret", **work.params("update_secret", {**given, "id": work.id}))
    if "replicas" in work.changed:
        _replicate(work)


def _replicate(work: Work) -> None:
    wanted: list[Values] = work.inputs.get("replicas") or []
    there = work.call("describe_secret", SecretId=work.id).get("ReplicationStatus") or []
    keys = {one["Region"]: one.get("KmsKeyId") for one in there}
    new = [one for one in wanted if one["region"] not in keys or one.get("kmsKeyId") != keys[one["region"]]]
    gone = sorted(keys.keys() - {one["region"] for one in wanted} | {one["region"] for one in new} & keys.keys())
    if gone:
        work.call("remove_regions_from_replication", SecretId=work.id, RemoveReplicaRegions=gone)
    if new:
        given = {"id": work.id, "replicas": new}
        work.call("replicate_secret_to_regions", **work.params("replicate_secret_to_regions", given))


def _tidy(work: Work) -> None:
    """A secret cannot be deleted while it has replicas (Secrets Manager User Guide, "Delete a secret")."""
    found = work.call("describe_secret", SecretId=work.id)
    gone = [one["Region"] for one in found.get("ReplicationStatus") or []]
    if gone:
        work.call("remove_regions_from_replication", SecretId=work.id, RemoveReplicaRegions=gone)


def _delete(work: Work) -> None:
    if work.call("describe_secret", SecretId=work.id).get("DeletedDate") is not None:
        return
    days = work.values.get("recoveryWindowInDays")
    how: Values = {"RecoveryWindowInDays": int(days)} if days else {"ForceDeleteWithoutRecovery": days == 0}
    work.call("delete_secret", SecretId=work.id, **how)


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
