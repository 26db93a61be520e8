"""`zone outputs` and `export`: the outputs and the state of a deployed stack."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli.errors import console
from cli.options import Endpoint
from cli.workspace import Workspace
from rehearsal.engine import StateStore

Stack = Annotated[str, typer.Argument(help="Name of a deployed stack; see `zone graph`.")]


def outputs(
    stack: Stack,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    show_secrets: Annotated[bool, typer.Option("--show-secrets", help="Show secret outputs in plain text.")] = False,
    endpoint: Endpoint = None,
) -> None:
    """Print the outputs of a stack. Secret outputs are printed with --show-secrets only."""
    values = _store(endpoint, stack).outputs(stack, show_secrets=show_secrets)
    if as_json:
        typer.echo(json.dumps(values, indent=2))
        return
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for name, value in sorted(values.items()):
        table.add_row(name, value if isinstance(value, str) else json.dumps(value, indent=2))
    console.print(table)


def export(
    stack: Stack,
    file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write to this file instead of standard output.")
    ] = None,
    endpoint: Endpoint = None,
) -> None:
    """Print the state of a stack in Pulumi's deployment format 3, as `pulumi stack export` does.

    Secrets stay encrypted.
    """
    document = json.dumps(_store(endpoint, stack).export(stack), indent=4)
    if file is None:
        typer.echo(document)
    else:
        file.write_text(document + "\n", encoding="utf-8")


def _store(endpoint: str | None, stack: str) -> StateStore:
    workspace = Workspace.find(endpoint)
    workspace.selected([stack], everything=False)
    return workspace.store()
