"""Takes changes back: when a step of an operation fails, and when an operation is aborted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from runbooks.context import Context
from runbooks.model import StepStatus
from runbooks.step_definition import Compensation, EndpointStep, Route, Undone
from runbooks.steps import STEPS

_CHANGED: Final[tuple[StepStatus, ...]] = ("started", "done", "failed")
"""Statuses of a step that may have changed something."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedCompensation:
    """The compensation of one step of an operation."""

    step: str
    """Name of the step in the journal."""
    endpoint: str
    """Name of the endpoint; empty for a step of the environment."""
    compensation: Compensation
    text: str


def planned(context: Context, *, automatic: bool) -> Sequence[PlannedCompensation]:
    """The compensations of the steps that the open operation started, the last step first.

    Args:
        context: the operation.
        automatic: whether to return only those that are carried out when a step fails.

    Returns:
        Those of the environment's steps, and those of endpoints that the target region does not serve.
    """
    return [
        planned_compensation
        for planned_compensation in _all(context)
        if planned_compensation.compensation.automatic or not automatic
    ]


def left_before(context: Context) -> Sequence[str]:
    """What compensations that were carried out when a step failed left as it was."""
    left: list[str] = []
    for definition in STEPS:
        names = [item.name for item in context.zone.endpoints] if isinstance(definition, EndpointStep) else [""]
        for name in names if definition.compensation else []:
            entry = context.journal.step(context.operation, f"{definition.kind}#{name}" if name else definition.kind)
            if entry is not None and entry.status == "undone":
                left += entry.details.get("left", [])
    return left


def _all(context: Context) -> Iterator[PlannedCompensation]:
    route = Route(zone=context.zone, source=context.source, target=context.target)
    operation = context.operation
    for definition in reversed(STEPS):
        compensation = definition.compensation
        if compensation is None or operation.kind not in compensation.operations:
            continue
        names = _unmoved(context) if isinstance(definition, EndpointStep) else [""]
        for name in names:
            step = f"{definition.kind}#{name}" if name else definition.kind
            entry = context.journal.step(operation, step)
            if entry is not None and entry.status in _CHANGED:
                text = compensation.text(route, name)
                yield PlannedCompensation(step=step, endpoint=name, compensation=compensation, text=text)


def _unmoved(context: Context) -> Sequence[str]:
    names = [endpoint.name for endpoint in context.zone.endpoints]
    return [name for name in names if context.journal.position(name) != context.target]


def carry_out(context: Context, planned_compensation: PlannedCompensation) -> Undone:
    """Carries out one compensation, and records that the step has to be performed again.

    Raises:
        StepError: the change cannot be taken back.
    """
    compensation = planned_compensation.compensation
    undone = compensation.undo(context, planned_compensation.endpoint)
    details = {"undone": undone.restored, "left": list(undone.left)}
    note = partial(context.journal.note, context.operation)
    for kind in compensation.repeats:
        if context.journal.step(context.operation, kind) is not None:
            note(kind, "undone", {"because": planned_compensation.step})
    note(planned_compensation.step, "undone", details)
    return undone
