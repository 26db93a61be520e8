"""EventBridge: rules and their targets."""

from typing import Final

from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on


def _bus(values: Values) -> dict[str, str]:
    return {"EventBusName": values["eventBusName"]} if values.get("eventBusName") else {}


def _target(resource: EmulatedResource) -> Values:
    values = {**resource.values, "targetId": resource.inputs.get("targetId") or _target_id(resource)}
    model = resource.client().meta.service_model.shape_for("Target")
    from rehearsal.provider.convert import parameters  # noqa: PLC0415 - beside its only use

    target = parameters(model, values, {"Id": "targetId", "Arn": "arn", "InputTransformer": "inputTransformer"})
    resource.call("put_targets", Rule=values["rule"], Targets=[target], **_bus(values))
    return {"targetId": values["targetId"]}


def _target_id(resource: EmulatedResource) -> str:
    return str(resource.old.get("targetId") or f"pulumi-{resource.inputs['arn'].rpartition(':')[2]}")[:64]


def _state(_resource: EmulatedResource, values: Values) -> Values:
    if values.get("state") or values.get("isEnabled") is None:
        return values
    return {**values, "state": "ENABLED" if values["isEnabled"] else "DISABLED"}


TYPES: Final = (
    Emulated(
        type="aws:cloudwatch/eventRule:EventRule",
        service="events",
        create="put_rule",
        read="describe_rule",
        update="put",
        delete="delete_rule",
        id="{name}",
        names={"ResourceARN": "arn", "Arn": "arn", "RuleArn": "arn"},
        prepare=_state,
        forces=on("name", "namePrefix", "eventBusName"),
        tags=Tagging(add="tag_resource", remove="untag_resource", read="list_tags_for_resource"),
    ),
    Emulated(
        type="aws:cloudwatch/eventTarget:EventTarget",
        service="events",
        create=_target,
        read=Find(
            op="list_targets_by_rule",
            by={"Rule": "rule", "EventBusName": "eventBusName"},
            at="Targets",
            matching={"Id": "targetId"},
            paged=True,
            echo=on("rule"),
        ),
        update="put",
        delete=ApiCall(op="remove_targets", by={"Rule": "rule", "Ids": "targetId", "EventBusName": "eventBusName"}),
        id="{rule}-{targetId}",
        names={"Id": "targetId"},
        forces=on("rule", "targetId", "eventBusName"),
    ),
)
