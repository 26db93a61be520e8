"""The readiness check: whether a failover would succeed now, and how much data it would lose."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from runbooks import permissions
from runbooks.aws import FAILURES
from runbooks.documents import SIDES
from runbooks.error_codes import error_code
from runbooks.observe import serving_side
from runbooks.role import all_rights
from runbooks.situation import Finding, ReadinessCheck, Situation
from runbooks.steps import STEPS
from runbooks.writers import FROZEN


def readiness(situation: Situation) -> Sequence[Finding]:
    """Runs every check. A check whose request AWS refuses yields a finding that is not ok."""
    findings: list[Finding] = []
    for check in CHECKS:
        try:
            findings += check.findings(situation)
        except FAILURES as error:
            subject = situation.zone.environment
            findings.append(Finding(check=check.name, subject=subject, ok=False, found=error_code(error)))
    return findings


def _regions(situation: Situation) -> Iterator[Finding]:
    for side in SIDES:
        answers = situation.snapshot.reachable[side]
        # A failover does not need the primary region.
        yield Finding(
            check="regions",
            subject=situation.zone.region(side),
            ok=answers or side == "primary",
            found="answers" if answers else "does not answer",
        )


def _operations(situation: Situation) -> Iterator[Finding]:
    operation = situation.snapshot.open_operation
    result = (
        f"a {operation.kind} by {operation.who} is open since {operation.started:%Y-%m-%d %H:%M} UTC"
        if operation
        else "none is open"
    )
    yield Finding(check="operations", subject="journal", ok=operation is None, found=result)
    for name, side in situation.snapshot.positions.items():
        region = situation.zone.region(side)
        yield Finding(check="operations", subject=name, ok=side == "primary", found=f"served from {region}")


def _writers(situation: Situation) -> Iterator[Finding]:
    snapshot = situation.snapshot
    expected = situation.zone.region(serving_side(snapshot))
    for region, value in snapshot.writers.items():
        state = "suspended: no pipeline may write" if value == FROZEN else f"may write in {value or 'no region'}"
        if value == FROZEN and snapshot.open_operation is None:
            state += f"; {situation.zone.writer_parameter} has to be {expected}"
        yield Finding(check="writers", subject=region, ok=value == expected, found=state)


def _withdrawals(situation: Situation) -> Iterator[Finding]:
    for endpoint in situation.zone.endpoints:
        if endpoint.withdrawal_alarm:
            is_withdrawn = endpoint.name in situation.snapshot.withdrawn
            state = (
                f"{situation.zone.recovery} is {'withdrawn: `withdraw --back` adds it' if is_withdrawn else 'active'}"
            )
            yield Finding(check="withdrawal", subject=endpoint.name, ok=not is_withdrawn, found=state)


def _lease(situation: Situation) -> Iterator[Finding]:
    holder = situation.journal.lease.holder(situation.snapshot.now)
    state = f"held by {holder.owner} on {holder.host} until {holder.until:%H:%M:%S} UTC" if holder else "free"
    yield Finding(check="lease", subject=situation.zone.environment, ok=holder is None, found=state)


def _permissions(situation: Situation) -> Iterator[Finding]:
    zones = list(situation.zones.values()) or [situation.zone]
    verification = permissions.verify(situation.aws, zones, all_rights(), situation.who, situation.lost_regions)
    for request in verification.missing:
        yield Finding(check="permissions", subject=situation.who, ok=False, found=f"missing: {request}")
    if verification.unverified:
        # IAM is in one region: a failover does not depend on its answer.
        note = f"not verified: {verification.unverified}"
        yield Finding(check="permissions", subject=situation.who, ok=not verification.refused, found=note)
    elif not verification.missing:
        yield Finding(check="permissions", subject=situation.who, ok=True, found="every step is permitted")


def _drills(situation: Situation) -> Iterator[Finding]:
    zone = situation.zone
    drill = situation.journal.last("failback")
    age = situation.snapshot.now - drill.started if drill else None
    is_recent = age is not None and age <= timedelta(days=zone.drill_days)
    result = f"{age.days} days ago" if age is not None else "never"
    yield Finding(
        check="drill", subject=zone.environment, ok=is_recent, found=f"{result} (every {zone.drill_days} days)"
    )


CHECKS: Final[Sequence[ReadinessCheck]] = (
    ReadinessCheck(name="regions", findings=_regions),
    ReadinessCheck(name="operations", findings=_operations),
    ReadinessCheck(name="writers", findings=_writers),
    ReadinessCheck(name="lease", findings=_lease),
    ReadinessCheck(name="withdrawal", findings=_withdrawals),
    *(step.check for step in STEPS if step.check is not None),
    ReadinessCheck(name="permissions", findings=_permissions),
    ReadinessCheck(name="drills", findings=_drills),
)
"""The checks of the environment, with those of the steps in the order of the plan."""
