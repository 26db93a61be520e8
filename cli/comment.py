"""`zone comment`: a preview of a change as one Markdown comment for its pull request."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.change.comment import change_comment
from cli.change.risks import Comparison, compare
from cli.errors import UsageError
from inspection.comparison.facts import Facts, FactsError, from_document


def comment(
    file: Annotated[Path, typer.Argument(help="Output of `zone preview --json`.", metavar="FILE.json")],
    before: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Output of `zone facts` in the base of the pull request.")
    ] = None,
    after: Annotated[Path | None, typer.Option(metavar="FILE", help="Output of `zone facts` in the change.")] = None,
    title: Annotated[str, typer.Option(metavar="TEXT", help="Heading of the comment.")] = "Rehearsal without AWS",
    links: Annotated[
        list[str] | None, typer.Option("--link", metavar="TEXT=URL", help="A link to add; repeat it.")
    ] = None,
) -> None:
    """Print a change as one Markdown comment: risks first, then violations, changes per stack, and details.

    The risks: replaced or deleted resources that hold data, guardrails that deny less (the requests of the controls'
    tables, decided before and after), connections that open, policies that allow more, and a higher cost. Without
    --before and --after, guardrails, network and cost are not compared, and the comment says so.
    """
    document = read_run(file)
    if (before is None) is not (after is None):
        raise UsageError("Give both --before and --after, or neither.")
    pairs = dict(_link(link) for link in links or ())
    try:
        text = change_comment(document, comparison(before, after), title=title, links=pairs)
    except (KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{file}: not a JSON document of `zone preview --json`: {error!r}") from None
    typer.echo(text, nl=False)


def read_run(file: Path) -> dict[str, Any]:
    """What `zone preview --json` printed.

    Raises:
        UsageError: the file cannot be read, or is no such document.
    """
    document = _document(file)
    if not isinstance(document, dict) or not isinstance(document.get("stacks"), list):
        raise UsageError(f"{file}: not a JSON document of `zone preview --json`: the key `stacks` is missing")
    return document


def comparison(before: Path | None, after: Path | None) -> Comparison:
    """The facts of two commits compared; nothing is compared without files.

    Raises:
        UsageError: a file cannot be read, or `zone facts` did not write it.
    """
    nothing = Facts(guardrails=None, network=None, cost=None)
    return compare(_facts(before) if before else nothing, _facts(after) if after else nothing)


def _facts(file: Path) -> Facts:
    """The facts of a file; a file that is empty means that the commit has no `zone facts`."""
    if file.exists() and not file.stat().st_size:
        problem = f"{file.name} is empty: `zone facts` did not run there"
        return Facts(guardrails=None, network=None, cost=None, problems=[problem])
    try:
        return from_document(_document(file))
    except FactsError as error:
        raise UsageError(f"{file}: {error}") from None


def _document(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{file}: not a JSON document: {error}") from None


def _link(text: str) -> tuple[str, str]:
    name, equals, address = text.partition("=")
    if not equals or not address.startswith("https://") or any(character in address for character in " ()<>"):
        raise UsageError(f"--link {text!r} is not TEXT=URL with an https:// address")
    return name, address
