"""AWS Backup: frameworks, restore testing plans and selections, settings of an organisation."""

from typing import Any, Final

from rehearsal.provider.services.shapes import wrap
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on

_TAGS: Final = Tagging(add="tag_resource", remove="untag_resource", read="list_tags")
_PLAN: Final = (
    "name",
    "recoveryPointSelection",
    "scheduleExpression",
    "scheduleExpressionTimezone",
    "startWindowHours",
)
_SELECTION: Final = (
    "name",
    "iamRoleArn",
    "protectedResourceType",
    "protectedResourceArns",
    "protectedResourceConditions",
    "restoreMetadataOverrides",
    "validationWindowHours",
)
_PLAN_NAMES: Final = {
    "RestoreTestingPlanName": "name",
    "RestoreTestingPlanArn": "arn",
    "ResourceArn": "arn",
}


def _update_plan(resource: EmulatedResource) -> None:
    changed = [name for name in _PLAN if name in resource.changed]
    if changed:
        plan = resource.params("create_restore_testing_plan", {"restoreTestingPlan": _some(resource, _PLAN)})
        content = plan["RestoreTestingPlan"]
        del content["RestoreTestingPlanName"]
        resource.call("update_restore_testing_plan", RestoreTestingPlanName=resource.id, RestoreTestingPlan=content)


def _some(resource: EmulatedResource, names: tuple[str, ...]) -> Values:
    return {name: resource.inputs[name] for name in names if resource.inputs.get(name) is not None}


def _names(resource: EmulatedResource) -> dict[str, str]:
    values = resource.values
    return {
        "RestoreTestingPlanName": values["restoreTestingPlanName"],
        "RestoreTestingSelectionName": values["name"],
    }


def _create_selection(resource: EmulatedResource) -> Values:
    content = resource.params(
        "create_restore_testing_selection", {"restoreTestingSelection": _some(resource, _SELECTION)}
    )["RestoreTestingSelection"]
    resource.call(
        "create_restore_testing_selection",
        RestoreTestingPlanName=resource.inputs["restoreTestingPlanName"],
        RestoreTestingSelection=content,
    )
    return {}


def _update_selection(resource: EmulatedResource) -> None:
    content = resource.params(
        "create_restore_testing_selection", {"restoreTestingSelection": _some(resource, _SELECTION)}
    )["RestoreTestingSelection"]
    fixed = ("RestoreTestingSelectionName", "ProtectedResourceType")
    changed = {name: value for name, value in content.items() if name not in fixed}
    resource.call("update_restore_testing_selection", **_names(resource), RestoreTestingSelection=changed)


def _selected(resource: EmulatedResource) -> Any:
    selection = resource.call("get_restore_testing_selection", **_names(resource))["RestoreTestingSelection"]
    return {**selection, "name": selection["RestoreTestingSelectionName"]}


TYPES: Final = (
    Emulated(
        type="aws:backup/framework:Framework",
        service="backup",
        create="create_framework",
        creation_result="{arn: FrameworkArn}",
        read=Find(op="describe_framework", by={"FrameworkName": "id"}),
        update=(ApiCall(op="update_framework", on=on("controls", "description")),),
        delete=ApiCall(op="delete_framework", by={"FrameworkName": "id"}),
        id="{name}",
        names={
            "ControlName": "name",
            "ControlScope": "scope",
            "ControlInputParameters": "inputParameters",
            "ParameterName": "name",
            "ParameterValue": "value",
            "FrameworkName": "name",
            "FrameworkArn": "arn",
            "FrameworkControls": "controls",
            "FrameworkDescription": "description",
            "FrameworkStatus": "status",
            "FrameworkTags": "tags",
            "ResourceArn": "arn",
        },
        forces=on("name"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:backup/restoreTestingPlan:RestoreTestingPlan",
        service="backup",
        prepare=wrap("restoreTestingPlan", *_PLAN),
        create="create_restore_testing_plan",
        creation_result="{arn: RestoreTestingPlanArn}",
        read=Find(op="get_restore_testing_plan", by={"RestoreTestingPlanName": "id"}, at="RestoreTestingPlan"),
        update=_update_plan,
        delete=ApiCall(op="delete_restore_testing_plan", by={"RestoreTestingPlanName": "id"}),
        id="{name}",
        names=_PLAN_NAMES,
        forces=on("name"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:backup/restoreTestingSelection:RestoreTestingSelection",
        service="backup",
        create=_create_selection,
        read=_selected,
        update=_update_selection,
        delete=lambda resource: resource.call("delete_restore_testing_selection", **_names(resource)),
        id="{name}:{restoreTestingPlanName}",
        names={"RestoreTestingSelectionName": "name"},
        forces=on("name", "restoreTestingPlanName", "protectedResourceType"),
    ),
    Emulated(
        type="aws:backup/globalSettings:GlobalSettings",
        service="backup",
        create="update_global_settings",
        read=Find(op="describe_global_settings"),
        update="put",
        id="{accountId}",
        exclusive=True,
    ),
)
