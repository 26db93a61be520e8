"""The commands that read the state of an environment, and those that move its endpoints."""

import time
from argparse import Namespace
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Final

from rich.markup import escape
from rich.table import Table

from runbooks import approval as approvals
from runbooks import confirm, display, operate
from runbooks.abort import abort as end_operation
from runbooks.abort import plan_abort
from runbooks.aws import Aws
from runbooks.discovery import discover
from runbooks.display import console
from runbooks.errors import BadInputError
from runbooks.model import OperationKind
from runbooks.operate import OperationRequest
from runbooks.readiness import readiness as check_readiness
from runbooks.situation import Finding, Situation
from runbooks.snapshot import read_situation
from runbooks.status import status_document

NOT_READY: Final = 1
"""Exit code of `readiness` if a check failed."""


def readiness(arguments: Namespace) -> int:
    """Check whether a failover would succeed now. Exit code 0 if it would, else 1."""
    findings = check_readiness(_situation(arguments))
    is_ready = all(finding.ok for finding in findings)
    if arguments.as_json:
        display.document({"ok": is_ready, "findings": [asdict(finding) for finding in findings]})
    else:
        console.print(_table(list(findings)))
        failed = sum(not finding.ok for finding in findings)
        console.print(
            "[green]a failover would work now[/]"
            if is_ready
            else f"[red]{failed} checks failed: a failover would not succeed now[/]"
        )
    return 0 if is_ready else NOT_READY


def _table(findings: list[Finding]) -> Table:
    table = Table(box=None)
    for heading in ("", "check", "subject", "found"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        sign = "[green]✓[/]" if finding.ok else "[red]✗[/]"
        table.add_row(sign, finding.check, escape(finding.subject), escape(finding.found))
    return table


def status(arguments: Namespace) -> int:
    """Show regions, traffic, writers, primary keys, lease, the open operation and the last operations."""
    situation = _situation(arguments)
    if arguments.as_json:
        display.document(status_document(situation))
    else:
        display.status(situation)
    return 0


def failover(arguments: Namespace) -> int:
    """Serve from the recovery region. Run it again after an interruption: it continues where it stopped."""
    request = OperationRequest(
        kind="failover",
        endpoints=arguments.endpoints,
        lost_at=_time(arguments.lost_at),
        drill=arguments.drill,
        poll_seconds=arguments.poll,
    )
    return _operate(arguments, request)


def failback(arguments: Namespace) -> int:
    """Serve from the primary region again, with everything that was written meanwhile."""
    request = OperationRequest(
        kind="failback",
        endpoints=arguments.endpoints,
        drill=arguments.drill,
        accept_conflicts=arguments.accept_conflicts,
        poll_seconds=arguments.poll,
    )
    return _operate(arguments, request)


def drill(arguments: Namespace) -> int:
    """Fail over and back while both regions answer: 45 CFR 164.308(a)(7)(ii)(D)."""
    for kind in ("failover", "failback"):
        _operate(arguments, OperationRequest(kind=kind, drill=True, poll_seconds=arguments.poll))
        if not arguments.execute:
            console.print("The failback follows; it is planned from the state at that time.")
            break
    return 0


def abort(arguments: Namespace) -> int:
    """End the open operation: take back what it did not complete, and list what it leaves as it is."""
    situation = _situation(arguments)
    open_operation = situation.snapshot.open_operation
    if open_operation is None:
        console.print("No operation is open. No changes were made.")
        return 0
    kind = f"{open_operation.kind} begun {open_operation.started:%Y-%m-%d %H:%M} UTC by {open_operation.who}"
    console.print(f"The {escape(kind)} would be ended. Taken back:")
    for text in plan_abort(situation) or ["nothing"]:
        console.print(f"  {escape(text)}")
    if not arguments.execute:
        console.print("No changes were made. Add --execute to end the operation.")
        return 0
    effect = f"the {open_operation.kind} of {arguments.environment} ends"
    confirm.typed(situation.zone, "abort", effect, display.prompt)
    display.aborted(end_operation(situation))
    return 0


def _operate(arguments: Namespace, request: OperationRequest) -> int:
    started = time.monotonic()
    situation = _situation(arguments)
    plan = operate.plan_operation(situation, request)
    target = situation.zone.region(plan.target)
    as_json, execute = arguments.as_json, arguments.execute
    if not as_json or not execute:
        display.show_plan(situation, plan, as_json=as_json, execute=execute)
    if not execute:
        return 0
    note = operate.refuse_unpermitted(situation, plan)
    if note:
        display.show_message(note)
    operate.refuse_failing(situation, request, plan)
    approved_by = _approved(situation, request.kind, required=arguments.approval)
    if not arguments.approval:
        confirm.typed(situation.zone, request.kind, f"{target} serves {arguments.environment}", display.prompt)
    record = operate.carry_out(
        situation,
        replace(request, approved_by=approved_by),
        plan,
        on_progress=display.ignore_progress if as_json else display.show_progress,
        on_message=display.show_message,
    )
    seconds = time.monotonic() - started
    if as_json:
        display.document({**record, "seconds": round(seconds, 3)})
    else:
        served = f"[bold green]{target} serves {arguments.environment}[/]"
        console.print(f"{served} after {seconds:.0f} s{display.rpo(record)}")
    return 0


def _approved(situation: Situation, kind: OperationKind, *, required: bool) -> str:
    """The session that approved an operation; an interrupted operation keeps its approval.

    Raises:
        RefusedError: an approval is needed, and there is no valid one.
    """
    zone, open_operation = situation.zone, situation.snapshot.open_operation
    if open_operation is not None and open_operation.kind == kind and open_operation.approved_by:
        return open_operation.approved_by
    if not zone.approver_role and not required:
        return ""
    last = situation.journal.last(kind)
    approval = approvals.verified(
        situation.aws,
        zone,
        kind,
        runner=situation.who,
        since=last.started if last is not None else None,
        now=datetime.now(UTC),
    )
    display.show_message(f"approved by {approval.by}, {approval.given:%Y-%m-%d %H:%M} UTC")
    return approval.by


def approve(arguments: Namespace) -> int:
    """Approve an operation that another person carries out, for a limited time."""
    aws = Aws(on_message=display.show_message)
    zone = discover(aws, prefix=arguments.prefix, environment=arguments.environment, region=arguments.region)
    who, kind, minutes = aws.identity(zone.recovery), arguments.operation, arguments.minutes
    console.print(f"{kind} of {zone.environment}, valid for {minutes} minutes, as {escape(who)}")
    if not arguments.execute:
        console.print("No approval was given. Add --execute to give it.")
        return 0
    approval = approvals.give(aws, zone, kind, minutes=minutes, who=who, now=datetime.now(UTC))
    console.print(f"approved: {approval.region} may serve {zone.environment}, until {approval.expires:%H:%M} UTC")
    return 0


def _situation(arguments: Namespace) -> Situation:
    aws = Aws(on_message=display.show_message)
    return read_situation(aws, prefix=arguments.prefix, environment=arguments.environment, region=arguments.region)


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        time_of_loss = datetime.fromisoformat(text)
    except ValueError:
        raise BadInputError(f"--lost-at is {text!r}; allowed: a time such as 2026-11-24T02:55:00") from None
    return time_of_loss.replace(tzinfo=UTC) if time_of_loss.tzinfo is None else time_of_loss
