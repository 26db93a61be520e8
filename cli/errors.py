"""What a person's mistake looks like: one clear message and an exit code, never a traceback."""

from typing import NoReturn

import typer
from rich.console import Console

BAD_INPUT = 2

console = Console(highlight=False)
"""For people: results on standard output."""
messages = Console(stderr=True, highlight=False)
"""For people as well, but never mixed into a document on standard output."""


def fail(message: str, code: int = 1) -> NoReturn:
    """Ends the command with a message on standard error."""
    messages.print("[bold red]error:[/bold red] ", end="")
    messages.print(message, markup=False, soft_wrap=True)
    raise typer.Exit(code)
