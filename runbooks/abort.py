"""Ends an interrupted operation in a consistent state, and states what it leaves as it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from runbooks import compensate
from runbooks.aws import FAILURES
from runbooks.context import Context
from runbooks.documents import EndpointDocument, Side
from runbooks.error_codes import error_code
from runbooks.errors import RefusedError, StepError, StepFailedError
from runbooks.model import Operation
from runbooks.observe import switch_state
from runbooks.situation import Situation
from runbooks.switch import alarm_state_while_serving


@dataclass(frozen=True, kw_only=True, slots=True)
class Aborted:
    """The result of `abort`."""

    operation: Operation
    restored: Sequence[str]
    """What was taken back."""
    left: Sequence[str]
    """What stays as the operation left it, each with the command that changes it."""


def plan_abort(situation: Situation) -> Sequence[str]:
    """The texts of what `abort` would take back, without changing anything.

    Raises:
        RefusedError: no operation is open.
    """
    context = _context(situation)
    return [planned.text for planned in compensate.planned(context, automatic=False)]


def abort(situation: Situation) -> Aborted:
    """Takes back what the open operation changed and did not complete, and ends it.

    An endpoint whose traffic was moved stays where it is served. Everything else returns to the state before the
    operation, or, if an endpoint was moved, to the state that fits the region that serves it.

    Raises:
        RefusedError: no operation is open.
        LeaseHeldError: another process holds the lease.
        StepFailedError: something could not be taken back. The operation stays open, so that `abort` can be repeated.
    """
    context = _context(situation)
    lease = context.journal.lease
    lease.wait_and_acquire(context.on_message, context.poll_seconds)
    situation.aws.before_change = lease.ensure_held
    with lease.renewed():
        _record_positions(context)
        restored: list[str] = []
        left = list(compensate.left_before(context))
        failed: list[str] = []
        for planned in compensate.planned(context, automatic=False):
            try:
                undone = compensate.carry_out(context, planned)
            except (*FAILURES, StepError) as error:
                failed.append(f"{planned.text}: {error if isinstance(error, StepError) else error_code(error)}")
                continue
            restored += [undone.restored] if undone.restored else []
            left += undone.left
        if failed:
            listed = "\n  ".join(failed)
            raise StepFailedError(
                f"Could not be taken back:\n  {listed}\nThe operation stays open. Run `abort --execute` again when the "
                "cause is gone."
            )
        left += _moved(context)
        serves = {name: context.zone.region(context.journal.position(name)) for name in _names(context)}
        summary = {"aborted_by": situation.who, "serves": serves, "restored": restored, "left": left}
        context.journal.end(context.operation, "aborted", summary)
    return Aborted(operation=replace(context.operation, status="aborted"), restored=restored, left=left)


def _context(situation: Situation) -> Context:
    operation = situation.journal.open()
    if operation is None:
        raise RefusedError(f"No operation is open in {situation.zone.environment}. No changes were made.")
    sides: tuple[Side, Side] = ("primary", "recovery") if operation.kind == "failover" else ("recovery", "primary")
    return Context(
        aws=situation.aws,
        zones={"recovery": situation.zone, **situation.zones}
        if "recovery" in situation.zones
        else {"recovery": situation.zone},
        source=sides[0],
        target=sides[1],
        operation=operation,
        journal=situation.journal,
        now=lambda: datetime.now(UTC),
        poll_seconds=1.0,
    )


def _names(context: Context) -> Sequence[str]:
    return [endpoint.name for endpoint in context.zone.endpoints]


def _record_positions(context: Context) -> None:
    """Records endpoints whose traffic was moved by a process that was killed before it recorded the move."""
    for endpoint in context.zone.endpoints:
        if context.journal.position(endpoint.name) != context.target and _leads_to_target(context, endpoint):
            context.journal.move(endpoint.name, context.target, context.operation)


def _leads_to_target(context: Context, endpoint: EndpointDocument) -> bool:
    if context.journal.step(context.operation, f"move-traffic#{endpoint.name}") is None:
        return False
    return switch_state(context.aws, context.zone, endpoint) == alarm_state_while_serving(context.target)


def _moved(context: Context) -> list[str]:
    """Texts about the endpoints that the operation moved and the abort leaves there."""
    back = "failback" if context.target == "recovery" else "failover"
    texts: list[str] = []
    for name in _names(context):
        if context.journal.step(context.operation, f"move-traffic#{name}") is None:
            continue
        if context.journal.position(name) != context.target:
            continue
        texts.append(
            f"{name} is served from {context.target_region}: `{back} --endpoint {name} --execute` moves it back"
        )
        if context.target == "primary" and not _is_done(context, f"stand-down#{name}"):
            texts.append(f"{name} in {context.source_region} was not brought back to its standby: it costs money only")
    return texts


def _is_done(context: Context, step: str) -> bool:
    entry = context.journal.step(context.operation, step)
    return entry is not None and entry.status == "done"
