"""Options of several commands."""

from pathlib import Path
from typing import Annotated, Final

import typer

Environment = Annotated[str, typer.Option("--env", "-e", help="Environment, such as prod.")]
Region = Annotated[
    str,
    typer.Option(
        "--region", envvar=["AWS_REGION", "AWS_DEFAULT_REGION"], help="A region that answers; the recovery region."
    ),
]
Prefix = Annotated[str, typer.Option("--prefix", help="The zone's name prefix.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Names = Annotated[list[str] | None, typer.Option("--endpoint", help="Only this endpoint; may be repeated.")]
Execute = Annotated[
    bool, typer.Option("--execute", help="Execute the plan. Without: print the plan and change nothing.")
]
Approval = Annotated[
    Path | None, typer.Option("--approval", help="An approval file instead of typed confirmations, for CI.")
]
Poll = Annotated[float, typer.Option("--poll", hidden=True, min=0.01, help="Seconds between two requests for a state.")]
PREFIX: Final = "hipaa-ml"
