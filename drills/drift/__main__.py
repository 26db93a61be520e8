"""`make drift`: runs the drift drill in the rehearsal, and writes its report."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from drills import command
from drills.drift.drill import run_drill
from drills.drift.report import write
from drills.project_copy import ROOT

console = Console(highlight=False)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def drift(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the drill.")] = ROOT / "build" / "drift",
    keep: Annotated[bool, typer.Option("--keep", help="Leave the emulated AWS running.")] = False,
) -> None:
    """Plant drift in captured traffic, retrain, approve, promote and recover. Exit code 1 when a part is missing."""
    begin = time.monotonic()
    project, held = run_drill(output, lambda line: console.print(escape(line), soft_wrap=True))
    page = write(held, output)
    if not keep:
        project.zone("cloud", "stop", allowed=(0, 1, 2))
    verdict = "drift was detected, corrected and recovered from" if held.complete else "the drill is NOT complete"
    console.print(f"\n{verdict}, after {time.monotonic() - begin:.0f} s")
    console.print(f"report: {page}", soft_wrap=True)
    if not held.complete:
        raise typer.Exit(1)


def main() -> None:
    """Runs the command line."""
    command.run(app, console)


if __name__ == "__main__":
    main()
