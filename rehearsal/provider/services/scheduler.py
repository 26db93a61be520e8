"""EventBridge Scheduler: schedules of the default group or another."""

from typing import Final

from rehearsal.provider.services.shapes import drop
from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, on

_BY: Final = {"Name": "name", "GroupName": "groupName"}


def _group(values: Values) -> str:
    return str(values.get("groupName") or "default")


def _create(work: Work) -> Values:
    parameters = work.params("create_schedule", drop(work.values, "arn"))
    work.call("create_schedule", **parameters)
    return {"groupName": _group(work.values)}


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
