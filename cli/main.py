"""The `rehearse` command: the landing zone on one machine, and the questions people ask of it."""

import sys

import typer

from cli import audit, can, cloud, comment, cost, evidence, graph, provider, reach, runs, state, trace
from cli.errors import BAD_INPUT, KNOWN_ERRORS, messages

app = typer.Typer(
    name="rehearse",
    help="Rehearse the landing zone without AWS: the unchanged program and policies on an emulated organisation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("up")(runs.up)
app.command("preview")(runs.preview)
app.command("refresh")(runs.refresh)
app.command("destroy")(runs.destroy)
app.command("outputs")(state.outputs)
app.command("export")(state.export)
app.command("audit")(audit.audit)
app.command("can")(can.can)
app.command("reach")(reach.reach)
app.command("trace")(trace.trace)
app.command("evidence")(evidence.evidence)
app.command("cost")(cost.cost)
app.command("graph")(graph.graph)
app.command("comment")(comment.comment)
app.command("provider")(provider.provider)
app.add_typer(cloud.app, name="cloud")


def main() -> None:
    """Runs the command line; what a person did wrong is said in one message, without a traceback."""
    try:
        app()
    except KNOWN_ERRORS as error:
        messages.print("[bold red]error:[/bold red] ", end="")
        messages.print(str(error), markup=False, soft_wrap=True)
        sys.exit(getattr(error, "exit_code", BAD_INPUT))
    except KeyboardInterrupt:
        messages.print("interrupted")
        sys.exit(130)


if __name__ == "__main__":
    main()
