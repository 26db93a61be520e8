"""The output of the command line: plan, progress, status and messages."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from rich.console import Console
from rich.markup import escape

from runbooks.abort import Aborted
from runbooks.errors import RefusedError
from runbooks.model import Plan
from runbooks.runner import StepProgress
from runbooks.situation import Situation
from runbooks.status import status_document
from runbooks.writers import FROZEN

console: Final = Console(highlight=False)
"""Results, on standard output."""
messages: Final = Console(stderr=True, highlight=False)
"""Messages, on standard error."""


def prompt(question: str) -> str:
    """Prints a question on standard error and returns the typed line.

    Raises:
        RefusedError: standard input has ended.
    """
    messages.print(f"{question}:", end=" ", markup=False)
    try:
        return input()
    except EOFError:
        raise RefusedError("The operation was not confirmed: standard input has ended. No changes were made.") from None


def document(values: Mapping[str, Any]) -> None:
    """Prints a JSON document on standard output."""
    sys.stdout.write(json.dumps(values, indent=2, default=str) + "\n")


def rpo(record: Mapping[str, Any]) -> str:
    """The recovery point in an incident record, as the end of a sentence; empty if it has none."""
    rpo_values = [step["rpo_seconds"] for step in record["steps"] if step.get("rpo_seconds") is not None]
    return f"; RPO {rpo_values[0]:.0f} s" if rpo_values else ""


def show_plan(situation: Situation, plan: Plan, *, as_json: bool, execute: bool) -> None:
    """Prints a plan, and without `--execute` that nothing was changed."""
    if as_json:
        steps = [{**asdict(step), "name": step.name} for step in plan.steps]
        document({"kind": plan.kind, "notes": list(plan.notes), "steps": steps})
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
    if execute:
        return
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


def aborted(result: Aborted) -> None:
    """Prints what `abort` took back and what it left."""
    for text in result.restored:
        console.print(f"[green]✓[/] {escape(text)}")
    for text in result.left:
        console.print(f"[yellow]left:[/] {escape(text)}")
    console.print(f"Ended the {result.operation.kind} begun by {escape(result.operation.who)}.")


def status(situation: Situation) -> None:
    """Prints regions, endpoints, traffic, writers, primary keys, lease, open operation and the last operations."""
    zone, snapshot = situation.zone, situation.snapshot
    values = status_document(situation)
    for side, answers in snapshot.reachable.items():
        console.print(f"{zone.region(side)} ({side}): {'answers' if answers else '[red]does not answer[/]'}")
    for name, side in snapshot.positions.items():
        details = ", ".join(
            f"{zone.region(side)}: {state.status or 'not there'}" for side, state in snapshot.endpoints[name].items()
        )
        traffic = values["traffic"][name]
        console.print(
            f"{name}: served from [bold]{zone.region(side)}[/] ({details}); its name leads to {escape(traffic)}"
        )
    for region, value in snapshot.writers.items():
        console.print(f"writers, as {region} knows: {'[red]suspended[/]' if value == FROZEN else escape(value)}")
    for key, region in values["keys"].items():
        console.print(f"key {key}: its primary is in {region}")
    holder = values["lease"]
    console.print(
        f"[yellow]lease: {escape(holder['owner'])} on {escape(holder['host'])} until {holder['until']:%H:%M:%S} UTC[/]"
        if holder
        else "lease: free"
    )
    console.print(f"last drill: {values['last_drill'] or 'never'}")
    open_operation = snapshot.open_operation
    console.print(
        f"[yellow]open: {open_operation.kind} since {open_operation.started:%Y-%m-%d %H:%M:%S} UTC, by "
        f"{escape(open_operation.who)}; continue it with `{open_operation.kind} --execute`, or end it with "
        "`abort --execute`[/]"
        if open_operation
        else "no operation is open"
    )
    for operation, _ in situation.journal.history(5):
        console.print(
            f"  {operation.started:%Y-%m-%d %H:%M} {operation.kind}{' (drill)' if operation.drill else ''}: "
            f"{operation.status}, by {escape(operation.who)}"
        )
