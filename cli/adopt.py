"""`zone adopt`: what the first deployment does with an organisation that exists, and the configuration to set."""

import json
from typing import Any, Final

import typer
import yaml
from rich.table import Table
from rich.text import Text

from cli.errors import console
from cli.options import Endpoint, JsonDocument, Target, refuse_endpoint
from cli.own_aws import OwnAws
from cli.rehearsed_aws import rehearsed_aws
from cli.workspace import Workspace
from operations.adoption import adoption, configuration
from operations.adoption_model import Outcome, Part
from operations.identity import aws_errors, require_account
from rehearsal.engine import Project

STYLES: Final[dict[Outcome, str]] = {
    "adopt": "green",
    "change": "yellow",
    "create": "green",
    "keep": "dim",
    "conflict": "red",
    "unknown": "red",
}


def adopt(target: Target = "emulator", as_json: JsonDocument = False, endpoint: Endpoint = None) -> None:
    """List what the first deployment adopts, changes and creates in an existing organization. Changes nothing.

    Prints the values to set in Pulumi.yaml. Exit code 1 if something stands in the way or could not be read.
    """
    refuse_endpoint(target, endpoint)
    workspace = Workspace.find(endpoint)
    settings = workspace.settings()
    with aws_errors():
        source = OwnAws(role=settings.account_access_role) if target == "aws" else rehearsed_aws(workspace, settings)
        require_account(source, settings.management_account_id, settings.regions.primary)
        parts = adoption(settings, source)
    project = Project.load(workspace.root).name
    values = {f"{project}:{key}": value for key, value in configuration(parts).items()}
    blocked = [part for part in parts if part.outcome in ("conflict", "unknown")]
    if as_json:
        typer.echo(json.dumps(_document(parts, values, ok=not blocked), indent=2))
    else:
        _show(parts)
        if values:
            console.print("\nMerge into `config` of Pulumi.yaml; nothing was written:\n", markup=False)
            console.print(Text(yaml.safe_dump(values, sort_keys=False).rstrip()), soft_wrap=True)
        console.print(
            f"\n{len(blocked)} parts stand in the way." if blocked else "\nNothing stands in the way of a deployment."
        )
    if blocked:
        raise typer.Exit(1)


def _document(parts: list[Part], values: dict[str, Any], *, ok: bool) -> dict[str, Any]:
    documents = [
        {"kind": part.kind, "name": part.name, "found": part.found, "outcome": part.outcome, "remedy": part.remedy}
        for part in parts
    ]
    return {"ok": ok, "parts": documents, "configuration": values}


def _show(parts: list[Part]) -> None:
    table = Table(title="What the first deployment does", title_justify="left", box=None, pad_edge=False)
    for heading in ("", "part", "in AWS", "what happens, or what to do"):
        table.add_column(heading, overflow="fold")
    for part in parts:
        table.add_row(
            Text(part.outcome, style=STYLES[part.outcome]), f"{part.kind} {part.name}", part.found, part.remedy
        )
    console.print(table)
