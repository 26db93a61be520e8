"""`zone provider`: the rehearsal's AWS provider for the real Pulumi CLI."""

import signal
import threading
from typing import Annotated

import typer

from cli.errors import UsageError
from cli.options import Endpoint
from cli.session import Session
from cli.workspace import Workspace

app = typer.Typer(rich_markup_mode=None, invoke_without_command=True)


@app.callback()
def provider(
    context: typer.Context,
    endpoint: Endpoint = None,
    keep: Annotated[bool, typer.Option("--keep/--no-keep", help="Leave the emulated AWS running afterwards.")] = True,
) -> None:
    """Serve the AWS provider until stopped: PULUMI_DEBUG_PROVIDERS=aws:PORT pulumi up.

    The first line of standard output is the port alone. Starts the emulated AWS if it is not running.
    """
    if context.invoked_subcommand is not None:
        return
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with Session(Workspace.find(endpoint), packs=[], parallel=16, wait=0.0, keep=keep) as session:
        typer.echo(session.provider_port())
        stopped.wait()


@app.command()
def explain(
    resource_type: Annotated[
        str, typer.Argument(metavar="TYPE", help="Such as s3.Bucket, aws.s3.Bucket or aws:s3/bucket:Bucket.")
    ],
) -> None:
    """Print how a resource type is emulated: operations, parameters, replacements, id and outputs."""
    from rehearsal.provider.explain import UnknownTypeError  # noqa: PLC0415 - slow to load
    from rehearsal.provider.explain import explain as explained  # noqa: PLC0415 - slow to load

    try:
        typer.echo(explained(resource_type))
    except UnknownTypeError as error:
        raise UsageError(str(error)) from None
