"""`rehearse cloud`: the emulated AWS organisation as a process of its own."""

import json
from typing import Annotated

import typer
from rich.table import Table

from cli.errors import UsageError, console
from cli.workspace import Workspace
from rehearsal.cloud import Cloud

app = typer.Typer(
    rich_markup_mode=None,
    help="The emulated AWS: start, stop, status, environment for the AWS CLI.",
    no_args_is_help=True,
)


@app.command()
def start(
    port: Annotated[
        int | None, typer.Option(min=1, max=65000, help="First port; one a region follows. Free ones by default.")
    ] = None,
) -> None:
    """Start the emulated cloud; it stays up until `rehearse cloud stop`."""
    workspace = Workspace.find()
    running = Cloud.attach(workspace.state)
    if running is not None:
        raise UsageError(f"the emulated cloud is up already (process {running.status().pid})")
    settings = workspace.settings()
    cloud = Cloud.start(
        workspace.state,
        regions=settings.regions.all,
        management_account=settings.management_account_id,
        port=port,
    )
    console.print(f"The emulated cloud is up (process {cloud.status().pid}).")


@app.command()
def stop() -> None:
    """Stop the emulated cloud. What was in it is gone; the next `up` starts afresh."""
    cloud = Cloud.attach(Workspace.find().state)
    if cloud is None:
        console.print("The emulated cloud is not up.")
        return
    cloud.stop()
    console.print("The emulated cloud is stopped.")


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show whether the cloud is up, where it listens, and what it holds."""
    cloud = Cloud.attach(Workspace.find().state)
    if cloud is None:
        if as_json:
            typer.echo(json.dumps({"up": False}))
        else:
            console.print("The emulated cloud is not up: `rehearse cloud start`, or `rehearse up --all`.")
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
        str | None, typer.Option(metavar="ACCOUNT", help="An account's name; the management account by default.")
    ] = None,
    via: Annotated[
        str | None, typer.Option(metavar="REGION", help="Through this region alone, as when the global one is lost.")
    ] = None,
) -> None:
    """Print variables that point the AWS CLI and boto3 at the emulated cloud: eval "$(rehearse cloud env)"."""
    cloud = Cloud.attach(Workspace.find().state)
    if cloud is None:
        raise UsageError("the emulated cloud is not up: `rehearse cloud start`, or `rehearse up --all`")
    for name, value in cloud.environment(profile, via).items():
        typer.echo(f"export {name}={value!r}")
