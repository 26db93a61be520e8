"""The command line of the runbooks. Without `--execute`, a command prints its plan and changes nothing."""

import json
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from runbooks import break_glass, confirm, display, operate, upkeep
from runbooks.aws import Aws
from runbooks.display import console
from runbooks.errors import BadInputError
from runbooks.operate import OperationRequest
from runbooks.options import PREFIX, Approval, AsJson, Environment, Execute, Names, Poll, Prefix, Region
from runbooks.readiness import readiness as check_readiness
from runbooks.situation import Situation
from runbooks.snapshot import read_situation

app = typer.Typer(
    name="runbooks",
    help="Move critical endpoints to the other region and back. Nothing changes without --execute.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("break-glass", context_settings=break_glass.PASSED_ON)(break_glass.break_glass)
app.command("record-answers")(upkeep.record_answers)
app.command("withdraw")(upkeep.withdraw)


@app.command()
def readiness(environment: Environment, region: Region, prefix: Prefix = PREFIX, as_json: AsJson = False) -> None:
    """Check whether a failover would succeed now. Exit code 0 if it would, else 1."""
    findings = check_readiness(_situation(environment, region, prefix))
    if as_json:
        typer.echo(
            json.dumps(
                {"ok": all(finding.ok for finding in findings), "findings": [asdict(finding) for finding in findings]},
                indent=2,
            )
        )
    else:
        table = Table(box=None)
        for heading in ("", "check", "subject", "found"):
            table.add_column(heading, overflow="fold")
        for finding in findings:
            table.add_row(
                "[green]✓[/]" if finding.ok else "[red]✗[/]",
                finding.check,
                escape(finding.subject),
                escape(finding.found),
            )
        console.print(table)
        failed = sum(not finding.ok for finding in findings)
        console.print(
            "[green]a failover would work now[/]"
            if not failed
            else f"[red]{failed} checks failed: a failover would not succeed now[/]"
        )
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


@app.command()
def status(environment: Environment, region: Region, prefix: Prefix = PREFIX, as_json: AsJson = False) -> None:
    """Show which region serves each endpoint, the open operation, and the last operations."""
    situation = _situation(environment, region, prefix)
    zone, snapshot = situation.zone, situation.snapshot
    history = situation.journal.history(5)
    if as_json:
        document = {
            "environment": environment,
            "regions": {zone.region(side): answers for side, answers in snapshot.reachable.items()},
            "endpoints": {
                name: {
                    "serves": zone.region(side),
                    **{zone.region(side): asdict(state) for side, state in snapshot.endpoints[name].items()},
                }
                for name, side in snapshot.positions.items()
            },
            "open": asdict(snapshot.open_operation) if snapshot.open_operation else None,
            "history": [{**asdict(operation), "summary": summary} for operation, summary in history],
        }
        typer.echo(json.dumps(document, indent=2, default=str))
        return
    display.status(situation)


@app.command()
def failover(
    environment: Environment,
    region: Region,
    names: Names = None,
    execute: Execute = False,
    lost_at: Annotated[
        str | None, typer.Option("--lost-at", help="When the region was lost (ISO time, UTC); by default now.")
    ] = None,
    drill: Annotated[bool, typer.Option("--drill", help="Mark journal, messages and record as a drill.")] = False,
    approval: Approval = None,
    prefix: Prefix = PREFIX,
    as_json: AsJson = False,
    poll: Poll = 5.0,
) -> None:
    """Serve from the recovery region. Run it again after an interruption: it continues where it stopped."""
    request = OperationRequest(
        kind="failover", endpoints=names or [], lost_at=_time(lost_at), drill=drill, poll_seconds=poll
    )
    _operate(environment, region, prefix, request, execute=execute, approval=approval, as_json=as_json)


@app.command()
def failback(
    environment: Environment,
    region: Region,
    names: Names = None,
    execute: Execute = False,
    accept_conflicts: Annotated[
        bool, typer.Option("--accept-conflicts", help="Continue although both regions wrote some objects.")
    ] = False,
    drill: Annotated[bool, typer.Option("--drill", help="Mark journal, messages and record as a drill.")] = False,
    approval: Approval = None,
    prefix: Prefix = PREFIX,
    as_json: AsJson = False,
    poll: Poll = 5.0,
) -> None:
    """Serve from the primary region again, with everything that was written meanwhile."""
    request = OperationRequest(
        kind="failback", endpoints=names or [], drill=drill, accept_conflicts=accept_conflicts, poll_seconds=poll
    )
    _operate(environment, region, prefix, request, execute=execute, approval=approval, as_json=as_json)


@app.command()
def drill(
    environment: Environment,
    region: Region,
    execute: Execute = False,
    approval: Approval = None,
    prefix: Prefix = PREFIX,
    as_json: AsJson = False,
    poll: Poll = 5.0,
) -> None:
    """Fail over and back while both regions answer: 45 CFR 164.308(a)(7)(ii)(D)."""
    for kind in ("failover", "failback"):
        request = OperationRequest(kind=kind, drill=True, poll_seconds=poll)
        _operate(environment, region, prefix, request, execute=execute, approval=approval, as_json=as_json)
        if not execute:
            console.print("The failback follows; it is planned from the state at that time.")
            return


@app.command()
def abort(environment: Environment, region: Region, execute: Execute = False, prefix: Prefix = PREFIX) -> None:
    """End the open operation in its present state; completed steps are kept."""
    situation = _situation(environment, region, prefix)
    open_operation = situation.snapshot.open_operation
    if open_operation is None or not execute:
        console.print(
            f"The {open_operation.kind} begun {open_operation.started:%Y-%m-%d %H:%M} UTC would be ended. "
            "Add --execute to end it."
            if open_operation
            else "No operation is open. No changes were made."
        )
        return
    confirm.typed(situation.zone, "abort", situation.zone.recovery, display.prompt)
    ended = operate.abort(situation)
    console.print(f"Ended the {ended.kind} begun by {ended.who}. `status` shows which region serves each endpoint.")


def _operate(
    environment: str,
    region: str,
    prefix: str,
    request: OperationRequest,
    *,
    execute: bool,
    approval: Path | None,
    as_json: bool,
) -> None:
    started = time.monotonic()
    situation = _situation(environment, region, prefix)
    plan = operate.plan_operation(situation, request)
    target = situation.zone.region(plan.target)
    if not as_json or not execute:
        display.show_plan(situation, plan, as_json=as_json)
    if not execute:
        return
    note = operate.refuse_unpermitted(situation, plan)
    if note:
        display.show_message(note)
    if approval is not None:
        confirm.approved(approval, situation.zone, request.kind, target, runner=situation.who, now=datetime.now(UTC))
    else:
        confirm.typed(situation.zone, request.kind, target, display.prompt)
    record = operate.carry_out(
        situation,
        request,
        plan,
        on_progress=display.ignore_progress if as_json else display.show_progress,
        on_message=display.show_message,
    )
    seconds = time.monotonic() - started
    if as_json:
        typer.echo(json.dumps({**record, "seconds": round(seconds, 3)}, indent=2, default=str))
        return
    console.print(f"[bold green]{target} serves {environment}[/] after {seconds:.0f} s{display.rpo(record)}")


def _situation(environment: str, region: str, prefix: str) -> Situation:
    return read_situation(Aws(on_message=display.show_message), prefix=prefix, environment=environment, region=region)


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        time_of_loss = datetime.fromisoformat(text)
    except ValueError:
        raise BadInputError(f"--lost-at is {text!r}; allowed: a time such as 2026-11-24T02:55:00") from None
    return time_of_loss.replace(tzinfo=UTC) if time_of_loss.tzinfo is None else time_of_loss
