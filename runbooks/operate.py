"""An operation from its beginning to its end, for the command line, the drill and tests alike."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from runbooks import observe, permissions
from runbooks.aws import Aws
from runbooks.context import Context
from runbooks.discovery import discover
from runbooks.documents import RecoveryDocument, Side
from runbooks.errors import RefusedError
from runbooks.journal import Journal, Kind, Operation
from runbooks.plan import Plan, Snapshot, plan
from runbooks.rights import needed
from runbooks.runner import SIDE_BY_SIDE, Progress, Runner


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """An environment as it was found."""

    aws: Aws
    prefix: str
    who: str
    zone: RecoveryDocument
    """As the recovery region knows it."""
    zones: Mapping[Side, RecoveryDocument]
    seen: Snapshot
    journal: Journal

    @property
    def lost_regions(self) -> frozenset[str]:
        """Regions that do not answer."""
        return frozenset(self.zone.region(side) for side, answers in self.seen.reachable.items() if not answers)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What somebody wants to be done, and how."""

    kind: Kind
    endpoints: Sequence[str] = ()
    """Names; all critical endpoints if there are none."""
    lost_at: datetime | None = None
    drill: bool = False
    accept_conflicts: bool = False
    poll_seconds: float = 5.0
    parallel: int = SIDE_BY_SIDE


def look(aws: Aws, *, prefix: str, environment: str, region: str, now: datetime | None = None) -> Situation:
    """Finds out how an environment is, from a region that answers.

    Raises:
        RunbookError: the region does not answer; BadInputError: it has no such environment.
    """
    zone_document = discover(aws, prefix=prefix, environment=environment, region=region)
    # The journal and the switch are in the recovery region; what counts is what it knows.
    zone = (
        zone_document
        if region == zone_document.recovery
        else discover(aws, prefix=prefix, environment=environment, region=zone_document.recovery)
    )
    who = aws.identity(zone.recovery)
    journal = Journal(aws, table=zone.journal_table, region=zone.recovery, environment=environment, owner=who)
    state = observe.snapshot(aws, zone, journal, now or datetime.now(UTC))
    zones = observe.views(aws, zone, state.reachable, prefix=prefix)
    return Situation(aws=aws, prefix=prefix, who=who, zone=zone, zones=zones, seen=state, journal=journal)


def planned(situation: Situation, order: Wanted) -> Plan:
    """The steps that an operation would take now.

    Raises:
        BadInputError: an endpoint that is not there; RefusedError: the state forbids it.
    """
    target: Side = "recovery" if order.kind == "failover" else "primary"
    zone = situation.zones.get(target, situation.zone)
    chosen = [zone.endpoint(name) for name in order.endpoints] or list(zone.endpoints)
    if not chosen:
        raise RefusedError(f"{zone.environment} has no critical endpoint: there is nothing to {order.kind}")
    return plan(order.kind, zone, situation.seen, chosen)


def refuse_unpermitted(situation: Situation, steps_plan: Plan) -> str:
    """Verifies the permissions of every step before the first change.

    Returns:
        A note for the operator when the permissions could not be verified, else empty text.

    Raises:
        RefusedError: permissions are missing; the message lists them.
    """
    rights = needed([step.kind for step in steps_plan.steps])
    zones = list(situation.zones.values())
    verification = permissions.verify(situation.aws, zones, rights, situation.who, situation.lost_regions)
    if verification.missing:
        listed = "\n  ".join(verification.missing)
        raise RefusedError(f"{situation.who} lacks permissions. No changes were made. Missing:\n  {listed}")
    return f"The permissions were not verified: {verification.unverified}." if verification.unverified else ""


def carry_out(
    situation: Situation,
    order: Wanted,
    steps_plan: Plan,
    *,
    tell: Callable[[Progress], None],
    say: Callable[[str], None],
) -> Mapping[str, Any]:
    """Runs a plan, or goes on with the operation that was left open; gives the record.

    Raises:
        LeaseHeldError: another operator holds the lease.
        StepFailedError: a step failed; completed steps are kept.
    """
    journal = situation.journal
    journal.acquire(datetime.now(UTC))
    operation = journal.open()
    if operation is None:
        operation = _new(situation, order)
        journal.begin(operation)
    else:
        say(f"going on with the {operation.kind} begun {operation.started:%H:%M:%S} UTC by {operation.who}")
    context = Context(
        aws=situation.aws,
        zones=situation.zones,
        source=steps_plan.source,
        target=steps_plan.target,
        operation=operation,
        journal=journal,
        accept_conflicts=order.accept_conflicts,
        say=say,
        poll_seconds=order.poll_seconds,
    )
    return Runner(context, steps_plan, tell, order.parallel).run()


def abort(situation: Situation) -> Operation:
    """Ends an operation that was left open, as it is: what it did stays done.

    Raises:
        RefusedError: none is open.
    """
    journal = situation.journal
    operation = journal.open()
    if operation is None:
        raise RefusedError(f"nothing is open in {situation.zone.environment}: there is nothing to abort")
    journal.acquire(datetime.now(UTC))
    serving = {name: situation.zone.region(side) for name, side in situation.seen.positions.items()}
    journal.end(operation, "aborted", {"aborted_by": situation.who, "serves": serving})
    journal.release()
    return replace(operation, status="aborted")


def _new(situation: Situation, order: Wanted) -> Operation:
    now = datetime.now(UTC)
    text = f"{situation.zone.environment} {order.kind} {now.isoformat()} {situation.who}"
    return Operation(
        id=hashlib.sha256(text.encode()).hexdigest()[:12],
        kind=order.kind,
        status="running",
        started=now,
        who=situation.who,
        lost_at=order.lost_at,
        drill=order.drill,
    )
