"""`zone cloud`: the emulated AWS organisation as a process of its own."""

import json
from typing import Annotated

import typer
from rich.table import Table

from cli.errors import UsageError, console
from cli.options import JsonDocument
from cli.workspace import Workspace
from rehearsal.cloud import Cloud

app = typer.Typer(
    rich_markup_mode=None,
    help="Start, stop and use the emulated AWS.",
    no_args_is_help=True,
)


@app.command()
def start(
    port: Annotated[
        int | None, typer.Option(min=1, max=65000, help="First port; one port per region follows. Default: free ports.")
    ] = None,
) -> None:
    """Start the emulated AWS. It runs until `zone cloud stop`."""
    workspace = Workspace.find()
    running = Cloud.attach(workspace.state)
    if running is not None:
        raise UsageError(f"The emulated AWS is already running (process {running.status().pid})")
    settings = workspace.settings()
    cloud = Cloud.start(
        workspace.state,
        regions=settings.regions.all,
        management_account=settings.management_account_id,
        port=port,
    )
    console.print(f"The emulated AWS is running (process {cloud.status().pid}).")


@app.command()
def stop() -> None:
    """Stop the emulated AWS and discard its accounts. The next `up` creates them again."""
    cloud = Cloud.attach(Workspace.find().state)
    if cloud is None:
        console.print("The emulated AWS is not running.")
        return
    cloud.stop()
    console.print("The emulated AWS is stopped.")


@app.command()
def status(
    as_json: JsonDocument = False,
) -> None:
    """Show whether the emulated AWS is running, its endpoints and its accounts."""
    cloud = Cloud.attach(Workspace.find().state)
    if cloud is None:
        if as_json:
            typer.echo(json.dumps({"up": False}))
        else:
            console.print("The emulated AWS is not running. Start it with `zone cloud start` or `zone up --all`.")
        raise typer.Exit(1)
    now = cloud.status()
    document = {
        "up": True,
        "pid": now.pid,
        "endpoints": dict(now.endpoints),
        "accounts": dict(now.accounts),
        "seconds": round(now.uptime),
        "memory_mib": round(now.memory_mib),
    }
    if as_json:
        typer.echo(json.dumps(document, indent=2))
        return
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for key, value in document.items():
        if isinstance(value, dict):
            for name, text in value.items():
                table.add_row(key, f"{name}  {text}")
        else:
            table.add_row(key, str(value))
    console.print(table)


@app.command()
def env(
    profile: Annotated[
        str | None, typer.Option(metavar="ACCOUNT", help="Account name. Default: the management account.")
    ] = None,
    via: Annotated[
        str | None,
        typer.Option(metavar="REGION", help="Use the endpoints of this region only, as during the loss of us-east-1."),
    ] = None,
) -> None:
    """Print variables that point the AWS CLI and boto3 at the emulated AWS: eval "$(zone cloud env)"."""
    cloud = Cloud.attach(Workspace.find().state)
    if cloud is None:
        raise UsageError("The emulated AWS is not running. Start it with `zone cloud start` or `zone up --all`.")
    for name, value in cloud.environment(profile, via).items():
        typer.echo(f"export {name}={value!r}")
