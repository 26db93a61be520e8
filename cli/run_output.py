"""Output of a run of stacks: the JSON document or the plan, violations and summary; errors and the exit code."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

import typer

from cli.display import (
    UNCHANGED,
    distinct_remediations,
    is_undecided,
    show_plan,
    show_remediations,
    show_summary,
    show_violations,
    violation_text,
)
from cli.errors import console, messages
from cli.report import OPERATIONS, ChangeDocument, RunDocument, StackDocument, ViolationDocument
from rehearsal.engine import StackResult

Modes = Mapping[str, Counter[tuple[str, str]]]
"""Stack -> (resource type, `emulated` or `recorded`) -> count; empty on AWS."""


def show_run(
    results: Sequence[StackResult],
    modes: Modes,
    accounts: int | None,
    started: float,
    *,
    as_json: bool,
    details: bool,
    verbose: bool,
    selected: Sequence[str] = (),
) -> None:
    """Prints the results of a run, and its errors on standard error.

    Args:
        results: one result per stack that was started.
        modes: which resources the emulated AWS emulates and records.
        accounts: number of accounts of the emulated organization; None on AWS.
        started: `time.monotonic()` at the start of the run.
        as_json: print one JSON document instead of text.
        details: print the properties of created resources as well.
        verbose: list every resource type.
        selected: the stacks that the run was asked for; the JSON document names those that were not started.
    """
    if as_json:
        typer.echo(json.dumps(run_document(results, modes, selected), indent=2))
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
    for result in results:
        if result.error:
            messages.print("[bold red]error:[/bold red] ", end="")
            messages.print(f"{result.name}: {result.error}", markup=False, soft_wrap=True)


def succeeded(results: Sequence[StackResult], selected: Sequence[str]) -> bool:
    """Return whether every selected stack was run without a failure."""
    return all(result.ok for result in results) and len(results) == len(selected)


def not_started(results: Sequence[StackResult], selected: Sequence[str]) -> list[str]:
    """Return the selected stacks that were not started."""
    started = {result.name for result in results}
    return [stack for stack in selected if stack not in started]


def run_document(results: Sequence[StackResult], modes: Modes, selected: Sequence[str] = ()) -> RunDocument:
    """The document that `--json` prints."""
    stacks = [_stack_document(result, modes.get(result.name, Counter())) for result in results]
    ok = bool(results) and all(result.ok for result in results)
    return {"ok": ok, "stacks": stacks, "not_started": not_started(results, selected)}


def change_documents(result: StackResult) -> list[ChangeDocument]:
    """The changes of a stack as they stand in documents."""
    return [
        {
            "op": step.op,
            "type": step.type,
            "urn": step.urn,
            "diff": [{"path": diff.path, "kind": diff.kind, "old": diff.old, "new": diff.new} for diff in step.diff],
        }
        for step in result.steps
        if step.op not in UNCHANGED
    ]


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
        "changes": change_documents(result),
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
