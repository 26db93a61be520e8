"""EventBridge Scheduler: schedules of the default group or another."""

from typing import Any, Final

from rehearsal.provider.services.shapes import drop
from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import on


def _group(values: Values) -> str:
    return str(values.get("groupName") or "default")


def _create(work: Work) -> Values:
    given = work.params("create_schedule", drop(work.values, "arn"))
    work.call("create_schedule", **given)
    return {"groupName": _group(work.values)}


def _read(work: Work) -> Any:
    group, _, name = work.id.partition("/")
    return work.call("get_schedule", Name=name, GroupName=group)


def _delete(work: Work) -> None:
    group, _, name = work.id.partition("/")
    work.call("delete_schedule", Name=name, GroupName=group)


TYPES: Final = (
    Emulated(
        type="aws:scheduler/schedule:Schedule",
        service="scheduler",
        create=_create,
        read=_read,
        update="update_schedule",
        delete=_delete,
        id="{groupName}/{name}",
        forces=on("groupName", "name", "namePrefix"),
    ),
)
