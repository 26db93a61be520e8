"""The `zone` command (`rehearse` is the same command): deploy the landing zone to the emulated AWS, and inspect it."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module, metadata
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from cli.errors import BAD_INPUT, is_known, messages


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the command line."""

    module: str
    """Module in `cli` that has a function of the command's name, or a Typer named `app`."""
    summary: str
    """Line in the list of commands."""


COMMANDS: Final[Mapping[str, Command]] = {
    "preflight": Command("preflight", "Check what AWS needs before the first deployment"),
    "bootstrap": Command("bootstrap", "Create the bucket and keys that hold Pulumi's state"),
    "adopt": Command("adopt", "List what is adopted in an existing organization"),
    "up": Command("runs", "Deploy stacks to the emulated AWS, or to AWS"),
    "preview": Command("runs", "Show what `up` would change, and policy violations"),
    "refresh": Command("runs", "Find drift: read every resource again"),
    "release": Command("release", "Plan a deployment to AWS, and apply the reviewed plan"),
    "destroy": Command("runs", "Delete stacks, except protected resources"),
    "outputs": Command("state", "Print the outputs of a stack"),
    "export": Command("state", "Print the state of a stack, as `pulumi stack export`"),
    "import-state": Command("state", "Take the state of a stack from `pulumi stack export`"),
    "audit": Command("audit", "Compare the accounts with the configuration"),
    "can": Command("can", "Decide whether the guardrails allow a request"),
    "attack": Command("attack", "Attack the running zone, and report what stopped each attack"),
    "reach": Command("reach", "Compute which sources reach which destinations"),
    "model": Command("model", "List, approve, promote, roll back and invoke models"),
    "sandbox": Command("sandbox", "Create, list, extend and destroy synthetic-data sandboxes"),
    "account": Command("account", "Vend, list, move, suspend, close and reopen accounts"),
    "trace": Command("trace", "Show key, replicas and readers of an S3 object"),
    "controls": Command("controls", "List and show the controls, and where they are defined"),
    "evidence": Command("evidence", "Write the HIPAA evidence, paragraph by paragraph"),
    "cost": Command("cost", "Estimate the monthly cost, by stack and account"),
    "nightly": Command("nightly", "Write the nightly report: drift, audit, ageing"),
    "graph": Command("graph", "List the stacks in order, or draw the network"),
    "pipeline": Command("retraining", "Retrain a model, and show its runs and logs"),
    "mlflow": Command("mlflow", "Open the MLflow server of an environment"),
    "facts": Command("facts", "Print what `zone comment` compares of two commits"),
    "affected": Command("affected", "List the stacks that a change can affect"),
    "comment": Command("comment", "Print a change as one pull-request comment"),
    "provider": Command("provider", "Serve or explain the AWS provider"),
    "region": Command("region", "Lose a region of the emulated AWS, and restore it"),
    "cloud": Command("cloud", "Start, stop and use the emulated AWS"),
}
"""Commands in the order in which help lists them."""


class LazyCommands(TyperGroup):
    """Imports the module of a command when the command runs: the help of all commands imports none."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of all commands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name, or None when there is no such command."""
        del ctx
        command = COMMANDS.get(cmd_name)
        if command is None:
            return None
        module = import_module(f"cli.{command.module}")
        if hasattr(module, "app"):
            return typer.main.get_command(module.app)
        app = typer.Typer(rich_markup_mode=None, add_completion=False, context_settings=HELP_OPTIONS)
        app.command(cmd_name)(getattr(module, cmd_name.replace("-", "_")))
        return typer.main.get_command(app)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Writes the list of commands from `COMMANDS`."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.summary) for name, command in COMMANDS.items()])


HELP_OPTIONS: Final = {"help_option_names": ["-h", "--help"]}
app = typer.Typer(
    name="zone",
    cls=LazyCommands,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=HELP_OPTIONS,
)


def _print_version(requested: bool) -> None:
    if requested:
        typer.echo(f"zone {metadata.version('hipaa-ml-landing-zone')}")
        raise typer.Exit


@app.callback()
def zone(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Deploy the HIPAA machine-learning landing zone to an emulated AWS organisation, and inspect what is deployed.

    The program and the policy pack are the ones that deploy to AWS.
    """
    del version


def main() -> None:
    """Runs the command line; a user's mistake ends in one message without a traceback, and a non-zero exit code."""
    try:
        app()
    except KeyboardInterrupt:
        messages.print("interrupted")
        sys.exit(130)
    except OSError as error:
        path = f"{error.filename}: " if error.filename else ""
        _fail(f"{path}{error.strerror or error}", BAD_INPUT)
    except Exception as error:
        if not is_known(error):
            raise
        _fail(str(error), getattr(error, "exit_code", BAD_INPUT))


def _fail(message: str, exit_code: int) -> None:
    messages.print("[bold red]error:[/bold red] ", end="")
    messages.print(message, markup=False, soft_wrap=True)
    sys.exit(exit_code)


if __name__ == "__main__":
    main()
