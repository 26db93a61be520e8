"""`zone comment`: a run's JSON document as a short Markdown comment for a pull request."""

import json
from pathlib import Path
from typing import Annotated

import typer

from cli.errors import UsageError
from cli.report import comment as written


def comment(
    file: Annotated[Path, typer.Argument(help="Output of `zone preview --all --json`.", metavar="FILE.json")],
) -> None:
    """Print the result of a run as a short Markdown comment: changes per stack, and violations."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
    except json.JSONDecodeError as error:
        raise UsageError(f"{file}: not a JSON document of `zone preview --json`: {error}") from None
    if not isinstance(document, dict) or "stacks" not in document:
        raise UsageError(f"{file}: not a JSON document of `zone preview --json`: the key `stacks` is missing")
    typer.echo(written(document), nl=False)
