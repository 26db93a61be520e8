"""`rehearse up`, `preview`, `refresh` and `destroy`: stacks in dependency order, live, with a summary."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.display import (
    Progressing,
    distinct_remediations,
    is_undecided,
    said,
    show_plan,
    show_remediations,
    show_summary,
    show_violations,
)
from cli.errors import console, messages
from cli.report import OPERATIONS, RunDocument, StackDocument, ViolationDocument
from cli.session import AT_ONCE, Session
from cli.workspace import Workspace
from rehearsal.engine import StackResult, Violation
from rehearsal.provider import emulated_types

Operation = Literal["up", "preview", "refresh", "destroy"]

Stacks = Annotated[list[str] | None, typer.Argument(metavar="[STACK…]", help="Stacks; see `rehearse graph`.")]
All = Annotated[bool, typer.Option("--all", help="Every stack of the zone, in dependency order.")]
Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on standard output and nothing else there.")
]
Endpoint = Annotated[
    str | None, typer.Option(metavar="URL", help="Use this AWS-compatible emulator instead of the built-in one.")
]
Packs = Annotated[
    list[Path] | None, typer.Option("--policy-pack", metavar="DIR", help="Policy packs; the zone's own by default.")
]
Parallel = Annotated[int, typer.Option(min=1, max=256, help="Resources worked on at the same time.")]
AtOnce = Annotated[
    int, typer.Option(min=1, max=16, help="Stacks worked on at the same time, where none needs another.")
]
Wait = Annotated[float, typer.Option(min=0, metavar="SECONDS", help="Wait this long for another run of the stack.")]
Details = Annotated[bool, typer.Option("--diff", help="Show the properties of what is created as well.")]
Keep = Annotated[bool, typer.Option("--keep/--no-keep", help="Leave the emulated cloud up to look around in.")]


def up(
    stacks: Stacks = None,
    everything: All = False,
    as_json: Json = False,
    endpoint: Endpoint = None,
    policy_pack: Packs = None,
    parallel: Parallel = 16,
    at_once: AtOnce = AT_ONCE,
    wait: Wait = 0.0,
    details: Details = False,
    keep: Keep = True,
) -> None:
    """Bring stacks up: preview with the policies first, then create, update and delete what differs."""
    session = Session(
        Workspace.find(endpoint), packs=policy_pack, parallel=parallel, wait=wait, keep=keep, at_once=at_once
    )
    _run("up", stacks or [], session, everything=everything, as_json=as_json, details=details)


def preview(
    stacks: Stacks = None,
    everything: All = False,
    as_json: Json = False,
    endpoint: Endpoint = None,
    policy_pack: Packs = None,
    parallel: Parallel = 16,
    at_once: AtOnce = AT_ONCE,
    wait: Wait = 0.0,
    details: Details = False,
) -> None:
    """Show what `up` would do, and which policy would say no. Needs no credentials and changes nothing."""
    session = Session(
        Workspace.find(endpoint), packs=policy_pack, parallel=parallel, wait=wait, keep=False, at_once=at_once
    )
    _run("preview", stacks or [], session, everything=everything, as_json=as_json, details=details)


def refresh(
    stacks: Stacks = None,
    everything: All = False,
    as_json: Json = False,
    endpoint: Endpoint = None,
    wait: Wait = 0.0,
) -> None:
    """Read every resource again and take over what was changed behind the program's back."""
    session = Session(Workspace.find(endpoint), packs=[], parallel=16, wait=wait, keep=True)
    _run("refresh", stacks or [], session, everything=everything, as_json=as_json, details=True)


def destroy(
    stacks: Stacks = None,
    everything: All = False,
    as_json: Json = False,
    endpoint: Endpoint = None,
    unprotect: Annotated[
        bool, typer.Option("--unprotect", help="Delete protected resources too; meant for rehearsals only.")
    ] = False,
    wait: Wait = 0.0,
) -> None:
    """Delete stacks in reverse order. What holds data is protected: the command names it and deletes nothing."""
    session = Session(Workspace.find(endpoint), packs=[], parallel=16, wait=wait, keep=True, unprotect=unprotect)
    _run("destroy", stacks or [], session, everything=everything, as_json=as_json, details=False)


def _run(
    operation: Operation, names: Sequence[str], session: Session, *, everything: bool, as_json: bool, details: bool
) -> None:
    started = time.monotonic()
    selected = session.workspace.selected(names, everything=everything)
    if operation == "destroy":
        selected.reverse()
    out = messages if as_json else console
    with session, Progressing(out, len(selected)) as progress:
        results = session.run(operation, selected, progress)
        accounts, emulated = session.accounts(), emulated_types()
        modes = session.modes(results, emulated)
    if as_json:
        typer.echo(json.dumps(_document(results, modes), indent=2))
    else:
        for result in results:
            show_plan(console, result, details=details)
        show_remediations(console, results)
        show_violations(console, results)
        merged: dict[str, Counter[str]] = {}
        for counts in modes.values():
            for (kind, mode), count in counts.items():
                merged.setdefault(kind, Counter())[mode] += count
        show_summary(console, results, merged, accounts, started)
        session.hint(operation)
    for result in results:
        if result.error:
            messages.print("[bold red]error:[/bold red] ", end="")
            messages.print(f"{result.name}: {result.error}", markup=False, soft_wrap=True)
    reached = {result.name for result in results}
    if not all(result.ok for result in results) or len(results) < len(selected):
        skipped = [stack for stack in selected if stack not in reached]
        if skipped:
            messages.print(f"not reached: {', '.join(skipped)}", markup=False, soft_wrap=True)
        raise typer.Exit(1)


def _finding(violation: Violation) -> ViolationDocument:
    return {
        "policy": violation.policy,
        "urn": violation.urn,
        "level": violation.level,
        "message": said(violation),
    }


def _document(results: Sequence[StackResult], modes: dict[str, Counter[tuple[str, str]]]) -> RunDocument:
    def stack(result: StackResult) -> StackDocument:
        counts = modes.get(result.name, Counter())
        return {
            "name": result.name,
            "operations": {name: result.operations.get(name, 0) for name in OPERATIONS},
            "violations": [_finding(violation) for violation in result.violations if not is_undecided(violation)],
            "undecided": [_finding(violation) for violation in result.violations if is_undecided(violation)],
            "remediations": [
                {"policy": change.policy, "urn": change.urn, "description": change.description}
                for change in distinct_remediations(result)
            ],
            "emulated": sum(count for (_kind, mode), count in counts.items() if mode == "emulated"),
            "recorded": sum(count for (_kind, mode), count in counts.items() if mode == "recorded"),
            "seconds": round(result.seconds, 3),
            "error": result.error or None,
        }

    return {"ok": bool(results) and all(result.ok for result in results), "stacks": [stack(one) for one in results]}
