"""AWS Backup: vaults with their locks and policies, plans and what they select."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on

_NAMES: Final = {
    "BackupPlanArn": "arn",
    "BackupPlanId": "id",
    "BackupPlanName": "name",
    "BackupVaultArn": "arn",
    "CompletionWindowMinutes": "completionWindow",
    "DeleteAfterDays": "deleteAfter",
    "DestinationBackupVaultArn": "destinationVaultArn",
    "EncryptionKeyArn": "kmsKeyArn",
    "MoveToColdStorageAfterDays": "coldStorageAfter",
    "NumberOfRecoveryPoints": "recoveryPoints",
    "ResourceArn": "arn",
    "ScheduleExpression": "schedule",
    "StartWindowMinutes": "startWindow",
    "TargetBackupVaultName": "targetVaultName",
    "VersionId": "version",
}
_TAGS: Final = Tagging(add="tag_resource", remove="untag_resource", read="list_tags")
_CONDITIONS: Final = {
    "stringEquals": "StringEquals",
    "stringLikes": "StringLike",
    "stringNotEquals": "StringNotEquals",
    "stringNotLikes": "StringNotLike",
}


def _plan(values: Values) -> Values:
    names = ("name", "rules", "advancedBackupSettings", "scanSettings")
    return {"backupPlan": {name: values[name] for name in names if values.get(name)}}


def _create_plan(resource: EmulatedResource) -> Values:
    answer = resource.call("create_backup_plan", **resource.params("create_backup_plan", _plan(resource.values)))
    return {"id": answer["BackupPlanId"], "arn": answer["BackupPlanArn"], "version": answer["VersionId"]}


def _update_plan(resource: EmulatedResource) -> None:
    if resource.changed - on("tags", "tagsAll"):
        parameters = resource.params("update_backup_plan", {**_plan(resource.inputs), "id": resource.id})
        resource.call("update_backup_plan", **parameters)


def _select(resource: EmulatedResource) -> Values:
    values = resource.inputs
    selection: Values = {
        "SelectionName": values["name"],
        "IamRoleArn": values["iamRoleArn"],
        "Resources": values.get("resources"),
        "NotResources": values.get("notResources"),
        "ListOfTags": [
            {
                "ConditionType": selection_tag["type"],
                "ConditionKey": selection_tag["key"],
                "ConditionValue": selection_tag["value"],
            }
            for selection_tag in values.get("selectionTags") or []
        ],
        "Conditions": {
            api: [{"ConditionKey": entry["key"], "ConditionValue": entry["value"]} for entry in listed]
            for condition in values.get("conditions") or []
            for name, api in _CONDITIONS.items()
            if (listed := condition.get(name))
        },
    }
    requested = {name: value for name, value in selection.items() if value}
    answer = resource.call("create_backup_selection", BackupPlanId=values["planId"], BackupSelection=requested)
    return {"id": answer["SelectionId"]}


def _selection(resource: EmulatedResource) -> Values:
    return {"BackupPlanId": resource.values["planId"], "SelectionId": resource.id}


def _selected(resource: EmulatedResource) -> Any:
    backup_selection = resource.call("get_backup_selection", **_selection(resource))
    selection = backup_selection["BackupSelection"]
    return {
        **selection,
        "planId": backup_selection["BackupPlanId"],
        "name": selection["SelectionName"],
        "selectionTags": [
            {
                "type": list_of_tag["ConditionType"],
                "key": list_of_tag["ConditionKey"],
                "value": list_of_tag["ConditionValue"],
            }
            for list_of_tag in selection.get("ListOfTags") or []
        ],
        "conditions": resource.inputs.get("conditions"),
    }


TYPES: Final = (
    Emulated(
        type="aws:backup/vault:Vault",
        service="backup",
        create="create_backup_vault",
        creation_result="{arn: BackupVaultArn}",
        read=Find(op="describe_backup_vault", by={"BackupVaultName": "id"}),
        update=(),
        delete=ApiCall(op="delete_backup_vault", by={"BackupVaultName": "id"}),
        id="{name}",
        names={**_NAMES, "BackupVaultName": "name", "BackupVaultTags": "tags"},
        forces=on("name", "kmsKeyArn"),
        keep=on("forceDestroy"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        service="backup",
        create="put_backup_vault_lock_configuration",
        read=Find(op="describe_backup_vault", by={"BackupVaultName": "backupVaultName"}, exists="Locked"),
        delete="delete_backup_vault_lock_configuration",
        id="{backupVaultName}",
        names={"BackupVaultArn": "backupVaultArn"},
        keep=on("changeableForDays"),
        exclusive=True,
    ),
    Emulated(
        type="aws:backup/vaultPolicy:VaultPolicy",
        service="backup",
        create="put_backup_vault_access_policy",
        read="get_backup_vault_access_policy",
        update="put",
        delete="delete_backup_vault_access_policy",
        id="{backupVaultName}",
        forces=on("backupVaultName"),
    ),
    Emulated(
        type="aws:backup/plan:Plan",
        service="backup",
        create=_create_plan,
        read=Find(op="get_backup_plan", by={"BackupPlanId": "id"}, exists="!DeletionDate", merge=("BackupPlan",)),
        update=_update_plan,
        delete=ApiCall(op="delete_backup_plan", by={"BackupPlanId": "id"}),
        id="{id}",
        names=_NAMES,
        tags=_TAGS,
    ),
    Emulated(
        type="aws:backup/selection:Selection",
        service="backup",
        create=_select,
        read=_selected,
        delete=ApiCall(op="delete_backup_selection", by={"BackupPlanId": "planId", "SelectionId": "id"}),
        id="{id}",
    ),
)
