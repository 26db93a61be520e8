"""Runs the command line of a drill: an error is printed as one message, without a traceback."""

import sys

import typer
from rich.console import Console
from rich.markup import escape

from drills.errors import DrillError
from rehearsal.cloud import CloudError


def run(app: typer.Typer, console: Console) -> None:
    """Run a command line; exits with 2 after an error."""
    try:
        app()
    except (DrillError, CloudError) as error:
        console.print(f"[bold red]error:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(2)
