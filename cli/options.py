"""Options that several commands of `zone` share."""

from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from cli.errors import UsageError

INCOMPLETE: Final = 3
"""Exit code when nothing differs as far as could be read, and not everything could be read."""
JsonDocument = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Endpoint = Annotated[
    str | None, typer.Option(metavar="URL", help="AWS-compatible emulator to use instead of the built-in one.")
]
FromAws = Annotated[bool, typer.Option("--aws", help="Read AWS with your credentials.")]
StatesFromAws = Annotated[
    bool, typer.Option("--aws", help="Read the zone in AWS, with your credentials and the Pulumi CLI.")
]
Exports = Annotated[
    list[Path] | None,
    typer.Option(
        "--export",
        metavar="FILE",
        help="Read a stack export (`pulumi stack export`, `zone export`) instead of the rehearsal; once per stack.",
    ),
]
ReadingRole = Annotated[
    str | None,
    typer.Option("--role", metavar="NAME", help="With --aws: role to assume in member accounts; default: access role."),
]
Target = Annotated[
    Literal["emulator", "aws"],
    typer.Option("--target", help="emulator: the emulated AWS. aws: AWS, with your credentials and the Pulumi CLI."),
]


def refuse_endpoint(target: str, endpoint: str | None) -> None:
    """Checks that no emulator is named for a command on AWS.

    Raises:
        UsageError: both are given.
    """
    if target == "aws" and endpoint is not None:
        raise UsageError("Give one of --target aws and --endpoint.")
