"""`zone affected`: the stacks that a change can affect, decided by its rehearsal."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from cli.comment import read_run
from cli.options import JsonDocument
from cli.workspace import Workspace

EVERY_STACK: Final = ("requirements.lock", "pyproject.toml")
"""Files whose change can affect every stack without a difference in the rehearsal: another provider or SDK."""


def affected(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.json", help="Output of `zone preview --all --json` on the base's state.")
    ],
    changed: Annotated[
        list[str] | None, typer.Option("--changed", metavar="PATH", help="A file that the change touches; repeat it.")
    ] = None,
    as_json: JsonDocument = False,
) -> None:
    """List the stacks that a change can affect, in dependency order: only these are previewed against AWS.

    They are the stacks that the rehearsal changes, refuses or does not reach, and every stack that needs one of them,
    directly or through others. A change of the lock affects all stacks.
    """
    names = affected_stacks(Workspace.find().graph(), read_run(file), changed or ())
    typer.echo(json.dumps(names) if as_json else "\n".join(names))


def affected_stacks(
    graph: Mapping[str, Sequence[str]], document: Mapping[str, Any], changed: Sequence[str]
) -> list[str]:
    """The stacks that a change can affect.

    Args:
        graph: stack -> the stacks that it needs, in dependency order.
        document: what `zone preview --all --json` printed.
        changed: files that the change touches.
    """
    if set(changed) & set(EVERY_STACK):
        return list(graph)
    unchanged = {stack["name"] for stack in document["stacks"] if _unchanged(stack)}
    names: list[str] = []
    for stack, needed in graph.items():
        if stack not in unchanged or any(name in names for name in needed):
            names.append(stack)
    return names


def _unchanged(stack: Mapping[str, Any]) -> bool:
    counts = stack["operations"]
    mandatory = any(violation["level"] == "mandatory" for violation in stack["violations"])
    changes = any(count for operation, count in counts.items() if operation != "same") or bool(stack.get("changes"))
    return not (changes or mandatory or stack.get("error"))
