"""EventBridge Scheduler: schedules of the default group or another."""

from typing import Final

from rehearsal.provider.services.shapes import drop
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, on

_BY: Final = {"Name": "name", "GroupName": "groupName"}


def _group(values: Values) -> str:
    return str(values.get("groupName") or "default")


def _create(resource: EmulatedResource) -> Values:
    parameters = resource.params("create_schedule", drop(resource.values, "arn"))
    resource.call("create_schedule", **parameters)
    return {"groupName": _group(resource.values)}


TYPES: Final = (
    Emulated(
        type="aws:scheduler/schedule:Schedule",
        service="scheduler",
        create=_create,
        read=Find(op="get_schedule", by=_BY),
        update="update_schedule",
        delete=ApiCall(op="delete_schedule", by=_BY),
        id="{groupName}/{name}",
        forces=on("groupName", "name", "namePrefix"),
    ),
)
