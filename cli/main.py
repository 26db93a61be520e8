"""The `rehearse` command: the landing zone on one machine, and the questions people ask of it."""

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Final

import typer

from cli.errors import BAD_INPUT, KNOWN_ERRORS, messages

COMMANDS: Final[Mapping[str, str]] = {
    "up": "runs",
    "preview": "runs",
    "refresh": "runs",
    "destroy": "runs",
    "outputs": "state",
    "export": "state",
    "audit": "audit",
    "can": "can",
    "reach": "reach",
    "trace": "trace",
    "controls": "controls",
    "evidence": "evidence",
    "cost": "cost",
    "graph": "graph",
    "comment": "comment",
    "provider": "provider",
    "cloud": "cloud",
}
"""Command -> the module of `cli` that has it: a function of that name, or a Typer of further commands."""


def application(command: str) -> typer.Typer:
    """The command line with one command, or with all when the word names none: only what is needed is imported."""
    app = typer.Typer(
        name="rehearse",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def rehearse() -> None:  # pyright: ignore[reportUnusedFunction] - typer keeps it
        """Rehearse the landing zone without AWS: the unchanged program and policies on an emulated organisation."""

    for name in [command] if command in COMMANDS else COMMANDS:
        module = import_module(f"cli.{COMMANDS[name]}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(getattr(module, name))
    return app


def main() -> None:
    """Runs the command line; what a person did wrong is said in one message, without a traceback."""
    try:
        application(sys.argv[1] if len(sys.argv) > 1 else "")()
    except KNOWN_ERRORS as error:
        messages.print("[bold red]error:[/bold red] ", end="")
        messages.print(str(error), markup=False, soft_wrap=True)
        sys.exit(getattr(error, "exit_code", BAD_INPUT))
    except KeyboardInterrupt:
        messages.print("interrupted")
        sys.exit(130)


if __name__ == "__main__":
    main()
