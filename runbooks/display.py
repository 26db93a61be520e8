"""The output of the command line: plan, progress, status and messages."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

import typer
from rich.console import Console
from rich.markup import escape

from runbooks.model import Plan
from runbooks.runner import StepProgress
from runbooks.situation import Situation

console: Final = Console(highlight=False)
"""Results, on standard output."""
messages: Final = Console(stderr=True, highlight=False)
"""Messages, on standard error."""


def prompt(question: str) -> str:
    """Prints a question on standard error and returns the typed line."""
    return str(typer.prompt(question, err=True))


def rpo(record: Mapping[str, Any]) -> str:
    """The recovery point in an incident record, as the end of a sentence; empty if it has none."""
    rpo_values = [step["rpo_seconds"] for step in record["steps"] if step.get("rpo_seconds") is not None]
    return f"; RPO {rpo_values[0]:.0f} s" if rpo_values else ""


def show_plan(situation: Situation, plan: Plan, *, as_json: bool) -> None:
    """Prints a plan."""
    if as_json:
        steps = [{**asdict(step), "name": step.name} for step in plan.steps]
        typer.echo(json.dumps({"kind": plan.kind, "notes": list(plan.notes), "steps": steps}, indent=2))
        return
    zone = situation.zone
    console.print(
        f"[bold]{plan.kind} of {zone.environment}[/]: {zone.region(plan.source)} → "
        f"[bold]{zone.region(plan.target)}[/], as {escape(situation.who)}"
    )
    for note in plan.notes:
        console.print(f"  [yellow]{escape(note)}[/]")
    for number, step in enumerate(plan.steps, start=1):
        console.print(f"  {number:2d}. {escape(step.title)}")
    console.print(
        "No changes were made. Add --execute to run these steps."
        if situation.snapshot.open_operation is None
        else "An interrupted operation is open; --execute continues it."
    )


def show_progress(progress: StepProgress) -> None:
    """Prints one line about the progress of a step."""
    signs: Sequence[tuple[str, str]] = (
        ("skipped", "[dim]·[/]"),
        ("started", "…"),
        ("done", "[green]✓[/]"),
        ("failed", "[red]✗[/]"),
    )
    sign = dict(signs)[progress.phase]
    took = f" ({progress.seconds:.1f} s)" if progress.phase in ("done", "failed") else ""
    already = " (done before)" if progress.phase == "skipped" else ""
    console.print(f"{datetime.now(UTC):%H:%M:%S} {sign} {escape(progress.step.title)}{took}{already}")
    if progress.error:
        console.print(f"           [red]{escape(progress.error)}[/]")


def ignore_progress(_progress: StepProgress) -> None:
    """Prints nothing, so that standard output has one JSON document."""
    return


def show_message(text: str) -> None:
    """Prints a message for the operator on standard error."""
    messages.print(text)


def status(situation: Situation) -> None:
    """Prints which region serves each endpoint, the open operation, and the last operations."""
    zone, snapshot = situation.zone, situation.snapshot
    for side, answers in snapshot.reachable.items():
        console.print(f"{zone.region(side)} ({side}): {'answers' if answers else '[red]does not answer[/]'}")
    for name, side in snapshot.positions.items():
        details = ", ".join(
            f"{zone.region(side)}: {state.status or 'not there'}" for side, state in snapshot.endpoints[name].items()
        )
        console.print(f"{name}: served from [bold]{zone.region(side)}[/] ({details})")
    open_operation = snapshot.open_operation
    console.print(
        f"[yellow]open: {open_operation.kind} since {open_operation.started:%Y-%m-%d %H:%M:%S} UTC, by "
        f"{open_operation.who}[/]"
        if open_operation
        else "no operation is open"
    )
    for operation, _ in situation.journal.history(5):
        console.print(
            f"  {operation.started:%Y-%m-%d %H:%M} {operation.kind}{' (drill)' if operation.drill else ''}: "
            f"{operation.status}, by {operation.who}"
        )
