"""`zone controls`: the controls of the zone, and the folder that defines each of them."""

import difflib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cli.errors import UsageError, console
from cli.workspace import Workspace
from controls.model import Control
from controls.nist import nist
from controls.registry import CONTROLS, ROOT, folders
from zone.plan.guardrails import guardrail_policies

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="List and show the controls of the zone.")


@app.command("list")
def list_controls() -> None:
    """List the controls with their severity, layers and title."""
    table = Table("id", "severity", "layers", "title", box=None, pad_edge=False)
    for control in CONTROLS.values():
        table.add_row(control.id, control.severity, ", ".join(control.layers), Text(control.title))
    console.print(table)


@app.command("show")
def show(identifier: Annotated[str, typer.Argument(metavar="ID", help="A control id, for example D4.")]) -> None:
    """Show a control: reason, citations, statements, policies with their remedies, and AWS Config rules."""
    control = CONTROLS.get(identifier.upper())
    if control is None:
        raise UsageError(_unknown(identifier))
    folder = folders()[control.id]
    for line in _lines(control, folder):
        console.print(Text(line), soft_wrap=True)


@app.command("room")
def room(
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Show the room that AWS's limits leave for organization policies, per target and policy type.

    Used policies include those of AWS that count against the limit. `free` counts the characters that are free in the
    attached policies and in those that still could be attached; `largest` is the largest statement that fits.
    """
    rows = guardrail_policies(Workspace.find().settings()).room()
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in rows], indent=2))
        return
    table = Table("target", "type", "policies", "free", "largest", box=None, pad_edge=False)
    for row in rows:
        table.add_row(
            "the root" if row.target == "/" else row.target,
            row.policy_type,
            f"{row.policies} of {row.policies_limit}",
            f"{row.characters:,}",
            f"{row.largest:,}",
        )
    console.print(table)


def _unknown(identifier: str) -> str:
    close_matches = difflib.get_close_matches(identifier.upper(), CONTROLS, n=5, cutoff=0.5)
    close_matches += [
        name for name in CONTROLS if name.startswith(identifier[:1].upper()) and name not in close_matches
    ]
    suggestion = f"Similar ids: {', '.join(close_matches)}. " if close_matches else ""
    return f"No control has the id {identifier!r}. {suggestion}`zone controls list` shows every control."


def _lines(control: Control, folder: Path) -> Iterator[str]:
    yield f"{control.id}: {control.title}"
    yield f"{control.reason} Severity: {control.severity}."
    yield ""
    yield f"Defined in {folder.relative_to(ROOT.parent)}/control.py"
    yield "Citations:"
    yield from (f"  {citation}" for citation in control.citations)
    references = nist(control.citations)
    if references:
        yield f"  NIST SP 800-53: {', '.join(references)}"
    if control.prevent:
        yield f"Statements ({control.prevent.policy_type}, attached to {', '.join(control.prevent.targets)}):"
        for statement in control.prevent.statements:
            listed = statement.actions or statement.not_actions
            verb = "denies" if statement.actions else "denies everything except"
            yield f"  {statement.sid}: {verb} {', '.join(listed)}"
    if control.declare:
        yield "Declared policies:"
        yield from (f"  {declaration.name} ({declaration.policy_type})" for declaration in control.declare)
    if control.block:
        yield "Policies (before deployment):"
        for rule in control.block:
            yield f"  {rule.name}: {rule.title}."
            yield f"    Remedy: {rule.remedy}"
    if control.detect:
        yield "AWS Config rules (after deployment):"
        for config_rule in control.detect:
            parameters = ", ".join(f"{name}={value}" for name, value in config_rule.parameters.items())
            yield f"  {config_rule.identifier}{f' ({parameters})' if parameters else ''}"
