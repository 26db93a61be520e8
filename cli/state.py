"""`zone outputs`, `export` and `import-state`: the outputs and the state of a deployed stack."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli.errors import UsageError, console
from cli.options import Endpoint
from cli.workspace import Workspace
from rehearsal.cloud import Cloud
from rehearsal.engine import Project, StateStore

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


def import_state(
    stack: Stack,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Output of `pulumi stack export`; - reads standard input.")
    ],
    force: Annotated[bool, typer.Option("--force", help="Replace a state that has resources.")] = False,
    endpoint: Endpoint = None,
) -> None:
    """Take the state of a stack from the Pulumi CLI, so that the rehearsal continues with it.

    Secrets are encrypted with the rehearsal's passphrase. Those of AWS KMS or of Pulumi Cloud are passed on in plain
    text, without a file: pulumi stack export --stack STACK --show-secrets | zone import-state STACK -
    """
    store, workspace = _store(endpoint, stack), Workspace.find(endpoint)
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is no text: {error}") from None
    cloud = Cloud.attach(workspace.state) if endpoint is None else None
    if cloud is not None:
        workspace.follow_cloud(cloud.instance)
    where = "Standard input" if str(file) == "-" else str(file)
    count = store.replace(stack, text, project=Project.load(workspace.root).name, where=where, force=force)
    console.print(f"{stack}: {count} resources. Compare them with the program: zone preview {stack}")


def _store(endpoint: str | None, stack: str) -> StateStore:
    workspace = Workspace.find(endpoint)
    workspace.selected([stack], everything=False)
    return workspace.store()
