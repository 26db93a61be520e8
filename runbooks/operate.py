"""Operations from the plan to the end, for the command line, the drill and the tests."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from runbooks import permissions, preflight
from runbooks.context import Context
from runbooks.documents import Side
from runbooks.errors import RefusedError
from runbooks.model import Operation, OperationKind, Plan
from runbooks.plan import plan
from runbooks.role import rights_of_steps
from runbooks.runner import PARALLEL_ENDPOINTS, Runner, StepProgress
from runbooks.situation import Situation


@dataclass(frozen=True, kw_only=True, slots=True)
class OperationRequest:
    """The operation that an operator requests."""

    kind: OperationKind
    endpoints: Sequence[str] = ()
    """Names of endpoints; all critical endpoints if empty."""
    lost_at: datetime | None = None
    """When the source region was lost; by default when the operation starts."""
    drill: bool = False
    approved_by: str = ""
    """ARN of the session that approved it; empty where no approval is needed."""
    accept_conflicts: bool = False
    """Whether to continue although both regions wrote some objects."""
    poll_seconds: float = 5.0
    """Seconds between two requests for the state of something that takes time."""
    parallel: int = PARALLEL_ENDPOINTS
    """Endpoints whose steps run at the same time."""


def plan_operation(situation: Situation, request: OperationRequest) -> Plan:
    """Plans the requested operation in the present situation.

    Raises:
        BadInputError: a requested endpoint does not exist.
        RefusedError: the situation does not allow the operation.
    """
    target: Side = "recovery" if request.kind == "failover" else "primary"
    zone = situation.zones.get(target, situation.zone)
    chosen = [zone.endpoint(name) for name in request.endpoints] or list(zone.endpoints)
    if not chosen:
        raise RefusedError(
            f"{zone.environment} has no critical endpoint, so there is nothing to {request.kind}. No changes were made."
        )
    return plan(request.kind, zone, situation.snapshot, chosen)


def refuse_unpermitted(situation: Situation, operation_plan: Plan) -> str:
    """Verifies the permissions of every step before the first change.

    Returns:
        A note for the operator if the permissions could not be verified, else an empty text.

    Raises:
        RefusedError: permissions are missing; the message lists them.
    """
    rights = rights_of_steps([step.kind for step in operation_plan.steps])
    zones = list(situation.zones.values())
    verification = permissions.verify(situation.aws, zones, rights, situation.who, situation.lost_regions)
    if verification.missing:
        listed = "\n  ".join(verification.missing)
        raise RefusedError(f"{situation.who} lacks permissions. No changes were made. Missing:\n  {listed}")
    return f"The permissions were not verified: {verification.unverified}." if verification.unverified else ""


def carry_out(
    situation: Situation,
    request: OperationRequest,
    operation_plan: Plan,
    *,
    on_progress: Callable[[StepProgress], None],
    on_message: Callable[[str], None],
) -> Mapping[str, Any]:
    """Carries out a plan, or continues the operation that is open.

    Args:
        situation: the situation that the plan was made for.
        request: the requested operation.
        operation_plan: its plan.
        on_progress: receives the progress of each step.
        on_message: receives messages for the operator.

    Returns:
        The incident record.

    Raises:
        LeaseHeldError: another process holds the lease.
        LeaseLostError: this process lost the lease.
        StepFailedError: a step failed; writers are allowed again, and other completed steps are kept.
    """
    journal = situation.journal
    journal.lease.wait_and_acquire(on_message, request.poll_seconds)
    situation.aws.before_change = journal.lease.ensure_held
    with journal.lease.renewed():
        operation = journal.open()
        if operation is None:
            operation = _new_operation(situation, request)
            journal.begin(operation)
        else:
            on_message(f"going on with the {operation.kind} begun {operation.started:%H:%M:%S} UTC by {operation.who}")
        context = _context(situation, request, operation_plan, operation, on_message)
        return Runner(context, operation_plan, on_progress, request.parallel).run()


def refuse_failing(situation: Situation, request: OperationRequest, operation_plan: Plan) -> None:
    """Verifies, with requests that change nothing, that the steps of a plan would succeed.

    Raises:
        RefusedError: steps would fail; the message names each, and the state of the environment.
    """
    operation = situation.snapshot.open_operation or _new_operation(situation, request)
    preflight.refuse_failing(_context(situation, request, operation_plan, operation, _ignore), operation_plan)


def _ignore(_message: str) -> None:
    """The steps report the same messages again when they run."""


def _context(
    situation: Situation,
    request: OperationRequest,
    operation_plan: Plan,
    operation: Operation,
    on_message: Callable[[str], None],
) -> Context:
    return Context(
        aws=situation.aws,
        zones=situation.zones,
        source=operation_plan.source,
        target=operation_plan.target,
        operation=operation,
        journal=situation.journal,
        steps=operation_plan.steps,
        accept_conflicts=request.accept_conflicts,
        on_message=on_message,
        poll_seconds=request.poll_seconds,
    )


def _new_operation(situation: Situation, request: OperationRequest) -> Operation:
    now = datetime.now(UTC)
    # The recovery region decides: a region that was lost during the last operation may have an older value.
    value = situation.snapshot.writers.get(situation.zone.recovery, "")
    writer_region = value if value in (situation.zone.primary, situation.zone.recovery) else ""
    text = f"{situation.zone.environment} {request.kind} {now.isoformat()} {situation.who}"
    return Operation(
        id=hashlib.sha256(text.encode()).hexdigest()[:12],
        kind=request.kind,
        status="running",
        started=now,
        who=situation.who,
        lost_at=request.lost_at,
        drill=request.drill,
        writer_region=writer_region,
        approved_by=request.approved_by,
    )
