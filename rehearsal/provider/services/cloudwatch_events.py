"""EventBridge: rules and their targets."""

from typing import Any, Final

from rehearsal.provider.services.shapes import one
from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import Tagging, on


def _bus(values: Values) -> dict[str, str]:
    return {"EventBusName": values["eventBusName"]} if values.get("eventBusName") else {}


def _target(work: Work) -> Values:
    values = {**work.values, "targetId": work.inputs.get("targetId") or _target_id(work)}
    model = work.client().meta.service_model.shape_for("Target")
    from rehearsal.provider.convert import parameters  # noqa: PLC0415 - beside its only use

    target = parameters(model, values, {"Id": "targetId", "Arn": "arn", "InputTransformer": "inputTransformer"})
    work.call("put_targets", Rule=values["rule"], Targets=[target], **_bus(values))
    return {"targetId": values["targetId"]}


def _target_id(work: Work) -> str:
    return str(work.old.get("targetId") or f"pulumi-{work.inputs['arn'].rpartition(':')[2]}")[:64]


def _read_target(work: Work) -> Any:
    values = work.values
    listed = work.pages("list_targets_by_rule", "Targets", Rule=values["rule"], **_bus(values))
    found = one(listed, Id=values["targetId"])
    return found and {**found, "rule": values["rule"]}


def _remove_target(work: Work) -> None:
    values = work.values
    work.call("remove_targets", Rule=values["rule"], Ids=[values["targetId"]], **_bus(values))


def _state(_work: Work, values: Values) -> Values:
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
        read=_read_target,
        update="put",
        delete=_remove_target,
        id="{rule}-{targetId}",
        names={"Id": "targetId"},
        forces=on("rule", "targetId", "eventBusName"),
    ),
)
