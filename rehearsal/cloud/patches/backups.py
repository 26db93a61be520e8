"""AWS Backup: what is selected, who may do what in a vault, and plans that can be changed; moto has none of it."""

import json
from typing import Any, Final
from urllib.parse import unquote

from moto.backup import urls
from moto.backup.exceptions import InvalidParameterValueException, ResourceNotFoundException
from moto.backup.models import BackupBackend, Plan
from moto.backup.responses import BackupResponse
from moto.core.utils import unix_time
from moto.moto_api._internal import mock_random

from rehearsal.cloud.patches import registry

_SELECTIONS: Final = "_rehearsed_selections"
_POLICIES: Final = "_rehearsed_policies"


def apply() -> None:
    """Selections, vault policies, UpdateBackupPlan; a deleted plan's name is free again."""
    for name, function in (
        ("create_backup_selection", _select),
        ("get_backup_selection", _selected),
        ("list_backup_selections", _selections),
        ("delete_backup_selection", _unselect),
        ("put_backup_vault_access_policy", _put_policy),
        ("get_backup_vault_access_policy", _get_policy),
        ("delete_backup_vault_access_policy", _no_policy),
        ("update_backup_plan", _update_plan),
    ):
        registry.add(BackupResponse, name, function)
    for path in (
        "{0}/backup/plans/(?P<name>[^/]+)/selections/?$",
        "{0}/backup/plans/(?P<name>[^/]+)/selections/(?P<selection>[^/]+)/?$",
        "{0}/backup-vaults/(?P<name>[^/]+)/access-policy/?$",
    ):
        urls.url_paths.setdefault(path, urls.response.dispatch)
    registry.replace(BackupBackend, "create_backup_plan", "237e6010d0cc", _free_names)


def _kept(response: Any, what: str) -> dict[Any, Any]:
    result: dict[Any, Any] = response.backup_backend.__dict__.setdefault(what, {})
    return result


def _part(response: Any, after: str) -> str:
    """The part of the path that comes after another."""
    parts = [unquote(entry) for entry in response.path.split("/")]
    return parts[parts.index(after) + 1]


def _select(self: Any) -> str:
    plan = _part(self, "plans")
    self.backup_backend.get_backup_plan(plan, None)
    selection = json.loads(self.body)["BackupSelection"]
    if not selection.get("Resources") and not selection.get("ListOfTags") and not selection.get("Conditions"):
        raise InvalidParameterValueException("Either Resources, ListOfTags or Conditions must be given")
    created = {"SelectionId": str(mock_random.uuid4()), "BackupPlanId": plan, "CreationDate": unix_time()}
    _kept(self, _SELECTIONS)[plan, created["SelectionId"]] = {**created, "BackupSelection": selection}
    return json.dumps(created)


def _selected(self: Any) -> str:
    return json.dumps(_selection(self))


def _selection(response: Any) -> Any:
    key = (_part(response, "plans"), _part(response, "selections"))
    if key not in _kept(response, _SELECTIONS):
        raise ResourceNotFoundException("Cannot find the selection")
    return _kept(response, _SELECTIONS)[key]


def _selections(self: Any) -> str:
    plan = _part(self, "plans")
    listed = [
        {**value, "SelectionName": value["BackupSelection"]["SelectionName"]}
        for (of, _), value in _kept(self, _SELECTIONS).items()
        if of == plan
    ]
    for entry in listed:
        entry.pop("BackupSelection")
    return json.dumps({"BackupSelectionsList": listed})


def _unselect(self: Any) -> str:
    entry = _selection(self)
    del _kept(self, _SELECTIONS)[entry["BackupPlanId"], entry["SelectionId"]]
    return "{}"


def _vault(response: Any) -> Any:
    return response.backup_backend.describe_backup_vault(_part(response, "backup-vaults"))


def _put_policy(self: Any) -> str:
    _kept(self, _POLICIES)[_vault(self).backup_vault_name] = json.loads(self.body)["Policy"]
    return "{}"


def _get_policy(self: Any) -> str:
    vault = _vault(self)
    policy = _kept(self, _POLICIES).get(vault.backup_vault_name)
    if policy is None:
        raise ResourceNotFoundException(f"No policy is attached to backup vault {vault.backup_vault_name}")
    named = {"BackupVaultName": vault.backup_vault_name, "BackupVaultArn": vault.backup_vault_arn}
    return json.dumps({**named, "Policy": policy})


def _no_policy(self: Any) -> str:
    _kept(self, _POLICIES).pop(_vault(self).backup_vault_name, None)
    return "{}"


def _update_plan(self: Any) -> str:
    old = self.backup_backend.get_backup_plan(_part(self, "plans"), None)
    new: Any = Plan(json.loads(self.body)["BackupPlan"], old.creator_request_id, self.backup_backend)
    new.backup_plan_id, new.backup_plan_arn = old.backup_plan_id, old.backup_plan_arn
    self.backup_backend.plans[old.backup_plan_id] = new
    return json.dumps(new.to_dict())


def _free_names(original: Any) -> Any:
    def create_backup_plan(self: Any, *args: Any, **named: Any) -> Any:
        for plan in [plan for plan in self.plans.values() if plan.deletion_date is not None]:
            del self.plans[plan.backup_plan_id]
        return original(self, *args, **named)

    return create_backup_plan
