"""AWS Backup: frameworks, restore testing and the settings of an organisation, which moto lacks."""

from typing import Any, Final

from moto.backup import urls
from moto.backup.models import BackupBackend, backup_backends
from moto.backup.responses import BackupResponse
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry

Item = dict[str, Any]
CROSS_ACCOUNT: Final = "isCrossAccountBackupEnabled"
_settings: Final[dict[str, dict[str, str]]] = {}
"""Account -> its global settings: they hold in every region."""


def apply() -> None:
    """Add the operations."""
    assert urls
    registry.add_state(BackupBackend, frameworks=dict, restore_testing_plans=dict)
    registry.add_operations(backup_backends, BackupResponse, *_OPERATIONS)


def cross_account_enabled(account: str) -> bool:
    """Whether the management account allows copies across accounts."""
    return _settings.get(account, {}).get(CROSS_ACCOUNT) == "true"


def _find(collection: dict[str, Item], name: str, kind: str) -> Item:
    if name not in collection:
        raise AwsError("ResourceNotFoundException", f"{kind} {name} does not exist")
    return collection[name]


def _update_global_settings(self: Any, global_settings: dict[str, str]) -> None:
    _settings.setdefault(self.account_id, {}).update(global_settings)


def _describe_global_settings(self: Any) -> Item:
    return {"GlobalSettings": {CROSS_ACCOUNT: "false", **_settings.get(self.account_id, {})}}


def _create_framework(
    self: Any, framework_name: str, framework_controls: Any, framework_description: str = "", **parameters: Any
) -> Item:
    if framework_name in self.frameworks:
        raise AwsError("AlreadyExistsException", f"The framework {framework_name} exists already")
    identity = f"{framework_name}-{mock_random.uuid4()}"
    arn = f"arn:aws:backup:{self.region_name}:{self.account_id}:framework:{identity}"
    if parameters.get("framework_tags"):
        self.tag_resource(arn, parameters["framework_tags"])
    self.frameworks[framework_name] = {
        "FrameworkName": framework_name,
        "FrameworkArn": arn,
        "FrameworkDescription": framework_description,
        "FrameworkControls": framework_controls,
        "CreationTime": utcnow(),
        "DeploymentStatus": "COMPLETED",
        "FrameworkStatus": "ACTIVE",
    }
    return {"FrameworkName": framework_name, "FrameworkArn": arn}


def _describe_framework(self: Any, framework_name: str) -> Item:
    return _find(self.frameworks, framework_name, "Framework")


def _list_frameworks(self: Any, **_: Any) -> Item:
    return {"Frameworks": list(self.frameworks.values())}


def _update_framework(self: Any, framework_name: str, **members: Any) -> Item:
    framework = _find(self.frameworks, framework_name, "Framework")
    names = {"framework_description": "FrameworkDescription", "framework_controls": "FrameworkControls"}
    framework.update({names[name]: value for name, value in members.items() if name in names})
    return framework


def _delete_framework(self: Any, framework_name: str) -> None:
    _find(self.frameworks, framework_name, "Framework")
    del self.frameworks[framework_name]


def _create_restore_testing_plan(self: Any, restore_testing_plan: Item, tags: Any = None, **_: Any) -> Item:
    name = restore_testing_plan["RestoreTestingPlanName"]
    if name in self.restore_testing_plans:
        raise AwsError("AlreadyExistsException", f"The restore testing plan {name} exists already")
    identity = f"{name}-{mock_random.uuid4()}"
    arn = f"arn:aws:backup:{self.region_name}:{self.account_id}:restore-testing-plan:{identity}"
    if tags:
        self.tag_resource(arn, tags)
    plan = {"ScheduleExpressionTimezone": "Etc/UTC", "StartWindowHours": 24, **restore_testing_plan}
    self.restore_testing_plans[name] = {
        **plan,
        "RestoreTestingPlanArn": arn,
        "CreationTime": utcnow(),
        "selections": {},
    }
    return self.restore_testing_plans[name]


def _plan(backend: Any, name: str) -> Item:
    return _find(backend.restore_testing_plans, name, "Restore testing plan")


def _get_restore_testing_plan(self: Any, restore_testing_plan_name: str) -> Item:
    return {"RestoreTestingPlan": _plan(self, restore_testing_plan_name)}


def _list_restore_testing_plans(self: Any, **_: Any) -> Item:
    return {"RestoreTestingPlans": list(self.restore_testing_plans.values())}


def _update_restore_testing_plan(self: Any, restore_testing_plan_name: str, restore_testing_plan: Item) -> Item:
    plan = _plan(self, restore_testing_plan_name)
    plan.update(restore_testing_plan)
    return {**plan, "UpdateTime": utcnow()}


def _delete_restore_testing_plan(self: Any, restore_testing_plan_name: str) -> None:
    if _plan(self, restore_testing_plan_name)["selections"]:
        raise AwsError("InvalidRequestException", "Related restore testing selections must be deleted first")
    del self.restore_testing_plans[restore_testing_plan_name]


def _create_restore_testing_selection(
    self: Any, restore_testing_plan_name: str, restore_testing_selection: Item, **_: Any
) -> Item:
    plan = _plan(self, restore_testing_plan_name)
    name = restore_testing_selection["RestoreTestingSelectionName"]
    if name in plan["selections"]:
        raise AwsError("AlreadyExistsException", f"The restore testing selection {name} exists already")
    selection = {
        "ValidationWindowHours": 0,
        **restore_testing_selection,
        "RestoreTestingPlanName": restore_testing_plan_name,
        "CreationTime": utcnow(),
    }
    plan["selections"][name] = selection
    return {**selection, "RestoreTestingPlanArn": plan["RestoreTestingPlanArn"]}


def _selection(backend: Any, plan: str, name: str) -> Item:
    return _find(_plan(backend, plan)["selections"], name, "Restore testing selection")


def _get_restore_testing_selection(
    self: Any, restore_testing_plan_name: str, restore_testing_selection_name: str
) -> Item:
    return {"RestoreTestingSelection": _selection(self, restore_testing_plan_name, restore_testing_selection_name)}


def _update_restore_testing_selection(
    self: Any, restore_testing_plan_name: str, restore_testing_selection_name: str, restore_testing_selection: Item
) -> Item:
    selection = _selection(self, restore_testing_plan_name, restore_testing_selection_name)
    selection.update(restore_testing_selection)
    arn = _plan(self, restore_testing_plan_name)["RestoreTestingPlanArn"]
    return {**selection, "RestoreTestingPlanArn": arn, "UpdateTime": utcnow()}


def _delete_restore_testing_selection(
    self: Any, restore_testing_plan_name: str, restore_testing_selection_name: str
) -> None:
    _selection(self, restore_testing_plan_name, restore_testing_selection_name)
    del _plan(self, restore_testing_plan_name)["selections"][restore_testing_selection_name]


_OPERATIONS: Final = (
    _update_global_settings,
    _describe_global_settings,
    _create_framework,
    _describe_framework,
    _list_frameworks,
    _update_framework,
    _delete_framework,
    _create_restore_testing_plan,
    _get_restore_testing_plan,
    _list_restore_testing_plans,
    _update_restore_testing_plan,
    _delete_restore_testing_plan,
    _create_restore_testing_selection,
    _get_restore_testing_selection,
    _update_restore_testing_selection,
    _delete_restore_testing_selection,
)
