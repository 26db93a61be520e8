"""`rehearse comment`: a run's JSON document as a short Markdown comment for a pull request."""

import json
from pathlib import Path
from typing import Annotated

import typer

from cli.errors import UsageError
from cli.report import comment as written


def comment(
    file: Annotated[Path, typer.Argument(help="What `rehearse preview --all --json` printed.", metavar="FILE.json")],
) -> None:
    """Print a run's result as a short Markdown comment: what changes per stack, and what blocks it."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
    except json.JSONDecodeError as error:
        raise UsageError(f"{file}: not a JSON document of `rehearse --json`: {error}") from None
    if not isinstance(document, dict) or "stacks" not in document:
        raise UsageError(f"{file}: not a document of `rehearse --json`: it has no `stacks`")
    typer.echo(written(document), nl=False)
