"""AWS Backup: selections, vault access policies and `UpdateBackupPlan`, which moto lacks."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import unquote

from moto.backup import urls
from moto.backup.exceptions import (
    InvalidParameterValueException,
    InvalidRequestException,
    ResourceNotFoundException,
)
from moto.backup.models import BackupBackend, Plan, Vault
from moto.backup.responses import BackupResponse
from moto.core.common_models import BaseModel
from moto.core.utils import unix_time
from moto.moto_api._internal import mock_random

from rehearsal.cloud.patches import registry

_PATHS: Final = (
    "{0}/backup/plans/(?P<name>[^/]+)/selections/?$",
    "{0}/backup/plans/(?P<name>[^/]+)/selections/(?P<selection>[^/]+)/?$",
    "{0}/backup-vaults/(?P<name>[^/]+)/access-policy/?$",
)


class Selection(BaseModel):
    """The resources that a backup plan backs up."""

    def __init__(self, backup_plan_id: str, selection: Mapping[str, Any]) -> None:
        self.selection_id = str(mock_random.uuid4())
        self.backup_plan_id = backup_plan_id
        self.creation_date = unix_time()
        self.selection = selection

    def to_dict(self) -> dict[str, Any]:
        """The response of `CreateBackupSelection`."""
        return {
            "SelectionId": self.selection_id,
            "BackupPlanId": self.backup_plan_id,
            "CreationDate": self.creation_date,
        }

    def to_get_dict(self) -> dict[str, Any]:
        """The response of `GetBackupSelection`."""
        return {**self.to_dict(), "BackupSelection": self.selection}

    def to_list_dict(self) -> dict[str, Any]:
        """An item of the response of `ListBackupSelections`."""
        return {
            **self.to_dict(),
            "SelectionName": self.selection["SelectionName"],
            "IamRoleArn": self.selection["IamRoleArn"],
        }


def apply() -> None:
    """Add the operations; refuse to delete a plan that has selections; release the name of a deleted plan."""
    registry.add_state(BackupBackend, selections=dict)
    registry.add_state(Vault, access_policy=lambda: None)
    for name, implementation, handler in (
        ("create_backup_selection", _create_selection, _handle_create_selection),
        ("get_backup_selection", _get_selection, _handle_get_selection),
        ("list_backup_selections", _list_selections, _handle_list_selections),
        ("delete_backup_selection", _delete_selection, _handle_delete_selection),
        ("put_backup_vault_access_policy", _put_policy, _handle_put_policy),
        ("get_backup_vault_access_policy", _get_policy, _handle_get_policy),
        ("delete_backup_vault_access_policy", _delete_policy, _handle_delete_policy),
        ("update_backup_plan", _update_plan, _handle_update_plan),
    ):
        registry.add_operation(BackupBackend, BackupResponse, name, implementation, handler)
    for path in _PATHS:
        urls.url_paths.setdefault(path, urls.response.dispatch)
    registry.replace(BackupBackend, "create_backup_plan", "237e6010d0cc", _release_names)
    registry.replace(BackupBackend, "delete_backup_plan", "c9bdec1f917e", _refuse_with_selections)


def _existing_plan(backend: Any, backup_plan_id: str) -> Any:
    """A plan that is not deleted; moto keeps the deleted ones."""
    plan = backend.get_backup_plan(backup_plan_id, None)
    if plan.deletion_date is not None:
        raise ResourceNotFoundException(f"Backup plan {backup_plan_id} was deleted")
    return plan


def _create_selection(self: Any, backup_plan_id: str, selection: Mapping[str, Any]) -> Any:
    _existing_plan(self, backup_plan_id)
    if not any(selection.get(name) for name in ("Resources", "ListOfTags", "Conditions")):
        raise InvalidParameterValueException("Either Resources, ListOfTags or Conditions must be given")
    created: Any = Selection(backup_plan_id, selection)
    self.selections[backup_plan_id, created.selection_id] = created
    return created


def _get_selection(self: Any, backup_plan_id: str, selection_id: str) -> Selection:
    selection: Selection | None = self.selections.get((backup_plan_id, selection_id))
    if selection is None:
        raise ResourceNotFoundException(f"Backup plan {backup_plan_id} has no selection {selection_id}")
    return selection


def _list_selections(self: Any, backup_plan_id: str) -> Sequence[Selection]:
    _existing_plan(self, backup_plan_id)
    return [selection for (plan_id, _), selection in self.selections.items() if plan_id == backup_plan_id]


def _delete_selection(self: Any, backup_plan_id: str, selection_id: str) -> None:
    self.get_backup_selection(backup_plan_id, selection_id)
    del self.selections[backup_plan_id, selection_id]


def _put_policy(self: Any, backup_vault_name: str, policy: str) -> None:
    vault = self.describe_backup_vault(backup_vault_name)
    try:
        json.loads(policy)
    except ValueError as error:
        raise InvalidParameterValueException(f"The policy is not valid JSON: {error}") from error
    vault.access_policy = policy


def _get_policy(self: Any, backup_vault_name: str) -> Any:
    """A vault that has an access policy."""
    vault = self.describe_backup_vault(backup_vault_name)
    if vault.access_policy is None:
        raise ResourceNotFoundException(f"No policy is attached to backup vault {backup_vault_name}")
    return vault


def _delete_policy(self: Any, backup_vault_name: str) -> None:
    self.describe_backup_vault(backup_vault_name).access_policy = None


def _update_plan(self: Any, backup_plan_id: str, backup_plan: dict[str, Any]) -> Any:
    """Replace a plan by a new version of it."""
    current = _existing_plan(self, backup_plan_id)
    updated: Any = Plan(backup_plan, current.creator_request_id, self)
    updated.backup_plan_id, updated.backup_plan_arn = current.backup_plan_id, current.backup_plan_arn
    self.plans[backup_plan_id] = updated
    return updated


def _release_names(original: Any) -> Any:
    def create_backup_plan(self: Any, *args: Any, **kwargs: Any) -> Any:
        for plan in [plan for plan in self.plans.values() if plan.deletion_date is not None]:
            del self.plans[plan.backup_plan_id]
        return original(self, *args, **kwargs)

    return create_backup_plan


def _refuse_with_selections(original: Any) -> Any:
    def delete_backup_plan(self: Any, backup_plan_id: str) -> Any:
        if any(plan_id == backup_plan_id for plan_id, _ in self.selections):
            raise InvalidRequestException(
                "Related backup plan selections must be deleted prior to backup plan deletion"
            )
        return original(self, backup_plan_id)

    return delete_backup_plan


def _path_part(response: Any, after: str) -> str:
    """The part of the request's path that follows the part `after`."""
    parts = [unquote(part) for part in response.path.split("/")]
    return parts[parts.index(after) + 1]


def _body(response: Any, member: str) -> Any:
    return json.loads(response.body)[member]


def _handle_create_selection(self: Any) -> str:
    selection = self.backup_backend.create_backup_selection(_path_part(self, "plans"), _body(self, "BackupSelection"))
    return json.dumps(selection.to_dict())


def _handle_get_selection(self: Any) -> str:
    selection = self.backup_backend.get_backup_selection(_path_part(self, "plans"), _path_part(self, "selections"))
    return json.dumps(selection.to_get_dict())


def _handle_list_selections(self: Any) -> str:
    selections = self.backup_backend.list_backup_selections(_path_part(self, "plans"))
    return json.dumps({"BackupSelectionsList": [selection.to_list_dict() for selection in selections]})


def _handle_delete_selection(self: Any) -> str:
    self.backup_backend.delete_backup_selection(_path_part(self, "plans"), _path_part(self, "selections"))
    return "{}"


def _handle_put_policy(self: Any) -> str:
    self.backup_backend.put_backup_vault_access_policy(_path_part(self, "backup-vaults"), _body(self, "Policy"))
    return "{}"


def _handle_get_policy(self: Any) -> str:
    vault = self.backup_backend.get_backup_vault_access_policy(_path_part(self, "backup-vaults"))
    names = {"BackupVaultName": vault.backup_vault_name, "BackupVaultArn": vault.backup_vault_arn}
    return json.dumps({**names, "Policy": vault.access_policy})


def _handle_delete_policy(self: Any) -> str:
    self.backup_backend.delete_backup_vault_access_policy(_path_part(self, "backup-vaults"))
    return "{}"


def _handle_update_plan(self: Any) -> str:
    plan = self.backup_backend.update_backup_plan(_path_part(self, "plans"), _body(self, "BackupPlan"))
    return json.dumps(plan.to_dict())
