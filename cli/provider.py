"""`zone provider`: the rehearsal's AWS provider for the real Pulumi CLI."""

import signal
import threading
from typing import Annotated

import typer

from cli.runs import Endpoint
from cli.session import Session
from cli.workspace import Workspace


def provider(
    endpoint: Endpoint = None,
    keep: Annotated[bool, typer.Option("--keep/--no-keep", help="Leave the emulated AWS running afterwards.")] = True,
) -> None:
    """Serve the AWS provider until stopped: PULUMI_DEBUG_PROVIDERS=aws:PORT pulumi up.

    The first line of standard output is the port alone. Starts the emulated cloud if it is not up.
    """
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with Session(Workspace.find(endpoint), packs=[], parallel=16, wait=0.0, keep=keep) as session:
        typer.echo(session.provider_port())
        stopped.wait()
