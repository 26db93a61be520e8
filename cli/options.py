"""Options that several commands of `zone` share."""

from typing import Annotated

import typer

JsonDocument = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Endpoint = Annotated[
    str | None, typer.Option(metavar="URL", help="AWS-compatible emulator to use instead of the built-in one.")
]
