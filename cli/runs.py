"""`zone up`, `preview`, `refresh` and `destroy`: stacks in dependency order, live, with a summary."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.display import (
    UNCHANGED,
    ProgressDisplay,
    distinct_remediations,
    is_undecided,
    show_plan,
    show_remediations,
    show_summary,
    show_violations,
    violation_text,
)
from cli.errors import UsageError, console, messages
from cli.options import Endpoint
from cli.report import OPERATIONS, RunDocument, StackDocument, ViolationDocument
from cli.session import AT_ONCE, Session
from cli.workspace import Workspace
from rehearsal.engine import StackResult
from rehearsal.provider import emulated_types

Operation = Literal["up", "preview", "refresh", "destroy"]

PARALLEL = 16
"""Default number of resources that are processed at the same time."""

Stacks = Annotated[list[str] | None, typer.Argument(metavar="STACK", help="Stack names; see `zone graph`.")]
All = Annotated[bool, typer.Option("--all", help="Every stack of the zone, in dependency order.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output, and nothing else.")]
Packs = Annotated[
    list[Path] | None, typer.Option("--policy-pack", metavar="DIR", help="Policy pack; default: the zone's own.")
]
PackConfigs = Annotated[
    list[Path] | None,
    typer.Option(
        "--policy-pack-config",
        metavar="FILE",
        help="JSON configuration of a policy pack; repeat it in the order of the packs.",
    ),
]
NoPack = Annotated[bool, typer.Option("--no-policy-pack", help="Run without any policy pack.")]
Parallel = Annotated[int, typer.Option(min=1, max=256, metavar="N", help="Resources processed at the same time.")]
AtOnce = Annotated[int, typer.Option(min=1, max=16, metavar="N", help="Independent stacks processed at the same time.")]
Wait = Annotated[float, typer.Option(min=0, metavar="SECONDS", help="Time to wait for another run of the stack.")]
Details = Annotated[bool, typer.Option("--diff", help="Show the properties of created resources as well.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="List every resource type, emulated and recorded.")]
Keep = Annotated[bool, typer.Option("--keep/--no-keep", help="Leave the emulated cloud running afterwards.")]


def up(
    stacks: Stacks = None,
    everything: All = False,
    as_json: Json = False,
    endpoint: Endpoint = None,
    policy_pack: Packs = None,
    policy_pack_config: PackConfigs = None,
    no_policy_pack: NoPack = False,
    parallel: Parallel = PARALLEL,
    at_once: AtOnce = AT_ONCE,
    wait: Wait = 0.0,
    details: Details = False,
    verbose: Verbose = False,
    keep: Keep = True,
) -> None:
    """Deploy stacks: preview with the policy pack, then create, update and delete resources."""
    _check_packs(policy_pack, policy_pack_config, none=no_policy_pack)
    packs = [] if no_policy_pack else policy_pack
    session = _session(endpoint, packs, policy_pack_config, parallel=parallel, wait=wait, keep=keep, at_once=at_once)
    _run("up", stacks or [], session, everything=everything, as_json=as_json, details=details, verbose=verbose)


def preview(
    stacks: Stacks = None,
    everything: All = False,
    as_json: Json = False,
    endpoint: Endpoint = None,
    policy_pack: Packs = None,
    policy_pack_config: PackConfigs = None,
    no_policy_pack: NoPack = False,
    parallel: Parallel = PARALLEL,
    at_once: AtOnce = AT_ONCE,
    wait: Wait = 0.0,
    details: Details = False,
    verbose: Verbose = False,
) -> None:
    """Show the changes `up` would make and the policies it would violate. Changes nothing."""
    _check_packs(policy_pack, policy_pack_config, none=no_policy_pack)
    packs = [] if no_policy_pack else policy_pack
    session = _session(endpoint, packs, policy_pack_config, parallel=parallel, wait=wait, keep=False, at_once=at_once)
    _run("preview", stacks or [], session, everything=everything, as_json=as_json, details=details, verbose=verbose)


def refresh(
    stacks: Stacks = None,
    everything: All = False,
    as_json: Json = False,
    endpoint: Endpoint = None,
    preview_only: Annotated[
        bool, typer.Option("--preview-only", help="Show the drift and leave the state as it is.")
    ] = False,
    wait: Wait = 0.0,
) -> None:
    """Read every resource and record changes that were made outside the program (drift)."""
    session = _session(endpoint, [], wait=wait, preview_only=preview_only)
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
    """Delete stacks in reverse dependency order. Protected resources are named and never deleted."""
    session = _session(endpoint, [], wait=wait, unprotect=unprotect)
    _run("destroy", stacks or [], session, everything=everything, as_json=as_json, details=False)


def _session(
    endpoint: str | None,
    packs: Sequence[Path] | None,
    configs: Sequence[Path] | None = None,
    *,
    wait: float,
    parallel: int = PARALLEL,
    keep: bool = True,
    at_once: int = AT_ONCE,
    unprotect: bool = False,
    preview_only: bool = False,
) -> Session:
    return Session(
        Workspace.find(endpoint),
        packs=packs,
        pack_configs=configs or (),
        parallel=parallel,
        wait=wait,
        keep=keep,
        at_once=at_once,
        unprotect=unprotect,
        preview_only=preview_only,
    )


def _check_packs(packs: Sequence[Path] | None, configs: Sequence[Path] | None, *, none: bool) -> None:
    if packs and none:
        raise UsageError("Give either --policy-pack or --no-policy-pack, not both.")
    count = 0 if none else len(packs or ["the zone's own"])
    if len(configs or ()) > count:
        raise UsageError(f"--policy-pack-config is given {len(configs or ())} times for {count} policy packs.")


def _run(
    operation: Operation,
    names: Sequence[str],
    session: Session,
    *,
    everything: bool,
    as_json: bool,
    details: bool,
    verbose: bool = False,
) -> None:
    started = time.monotonic()
    selected = session.workspace.selected(names, everything=everything)
    if operation == "destroy":
        selected.reverse()
    out = messages if as_json else console
    with session, ProgressDisplay(out, len(selected)) as progress:
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
        modes_by_type: dict[str, Counter[str]] = {}
        for counts in modes.values():
            for (resource_type, mode), count in counts.items():
                modes_by_type.setdefault(resource_type, Counter())[mode] += count
        show_summary(console, results, modes_by_type, accounts, started, verbose=verbose)
        if all(result.ok for result in results):
            session.hint(operation)
    for result in results:
        if result.error:
            messages.print("[bold red]error:[/bold red] ", end="")
            messages.print(f"{result.name}: {result.error}", markup=False, soft_wrap=True)
    _exit_on_failure(results, selected)


def _exit_on_failure(results: Sequence[StackResult], selected: Sequence[str]) -> None:
    """Ends the command with exit code 1 if a stack failed or was not started."""
    started = {result.name for result in results}
    if all(result.ok for result in results) and len(results) == len(selected):
        return
    skipped = [stack for stack in selected if stack not in started]
    if skipped:
        messages.print(f"Not started: {', '.join(skipped)}", markup=False, soft_wrap=True)
    raise typer.Exit(1)


def _document(results: Sequence[StackResult], modes: dict[str, Counter[tuple[str, str]]]) -> RunDocument:
    stacks = [_stack_document(result, modes.get(result.name, Counter())) for result in results]
    return {"ok": bool(results) and all(result.ok for result in results), "stacks": stacks}


def _stack_document(result: StackResult, modes: Counter[tuple[str, str]]) -> StackDocument:
    def documents(*, undecided: bool) -> list[ViolationDocument]:
        return [
            {
                "policy": violation.policy,
                "urn": violation.urn,
                "level": violation.level,
                "message": violation_text(violation),
            }
            for violation in result.violations
            if is_undecided(violation) is undecided
        ]

    return {
        "name": result.name,
        "operations": {operation: result.operations.get(operation, 0) for operation in OPERATIONS},
        "changes": [
            {
                "op": step.op,
                "type": step.type,
                "urn": step.urn,
                "diff": [
                    {"path": diff.path, "kind": diff.kind, "old": diff.old, "new": diff.new} for diff in step.diff
                ],
            }
            for step in result.steps
            if step.op not in UNCHANGED
        ],
        "violations": documents(undecided=False),
        "undecided": documents(undecided=True),
        "remediations": [
            {"policy": remediation.policy, "urn": remediation.urn, "description": remediation.description}
            for remediation in distinct_remediations(result)
        ],
        "emulated": sum(count for (_type, mode), count in modes.items() if mode == "emulated"),
        "recorded": sum(count for (_type, mode), count in modes.items() if mode == "recorded"),
        "seconds": round(result.seconds, 3),
        "error": result.error or None,
    }
