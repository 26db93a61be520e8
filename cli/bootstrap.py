"""`zone bootstrap`: the bucket and the keys that Pulumi needs before the first stack."""

import json
from dataclasses import asdict
from typing import Annotated, Final

import typer
from rich.text import Text

from cli.errors import console
from cli.options import Endpoint, JsonDocument, Target, refuse_endpoint
from cli.own_aws import OwnAws
from cli.rehearsed_aws import rehearsed_aws
from cli.workspace import Workspace
from operations.bootstrap import Bootstrap, Change, Step
from operations.identity import aws_errors, require_account
from operations.state_bucket import StateBackend, state_backend_of

MARKS: Final[dict[Change, tuple[str, str]]] = {
    "none": ("✓", "green"),
    "create": ("+", "green"),
    "update": ("~", "yellow"),
}


def bootstrap(
    target: Target = "emulator",
    execute: Annotated[
        bool, typer.Option("--execute", help="Create and change what is listed; without it nothing is changed.")
    ] = False,
    as_json: JsonDocument = False,
    endpoint: Endpoint = None,
) -> None:
    """Create the state bucket and the keys of Pulumi in the management account, and print how to log in.

    Without --execute it lists what it would do. Safe to repeat: what is as it should be is left alone.
    """
    refuse_endpoint(target, endpoint)
    workspace = Workspace.find(endpoint)
    settings = workspace.settings()
    with aws_errors():
        source = OwnAws(role=settings.account_access_role) if target == "aws" else rehearsed_aws(workspace, settings)
    caller = require_account(source, settings.management_account_id, settings.regions.primary)
    backend = state_backend_of(settings)
    work = Bootstrap(source, backend)
    if not as_json:
        console.print(Text(f"Account {caller.account} as {caller.arn}, region {backend.region}"), soft_wrap=True)
    steps = work.execute(_ignore if as_json else _show) if execute else work.plan()
    if as_json:
        typer.echo(json.dumps(_document(backend, steps, executed=execute), indent=2))
        return
    if not execute:
        for step in steps:
            _show(step)
    changes = sum(step.change != "none" for step in steps)
    if changes and not execute:
        option = " --target aws" if target == "aws" else ""
        console.print(f"\n{changes} changes. Nothing was changed: `zone bootstrap{option} --execute` makes them.")
        return
    console.print(f"\n{changes} changes made." if changes else "\nNothing to do.")
    console.print("Log in, and deploy:", markup=False)
    for command in (
        f"pulumi login '{backend.login_url}'",
        "zone up organization --target aws",
    ):
        console.print(Text(f"  {command}"), soft_wrap=True)
    console.print(Text(f"New stacks get the secrets provider {backend.secrets_provider}"), soft_wrap=True)


def _show(step: Step) -> None:
    mark, style = MARKS[step.change]
    console.print(Text(f"{mark} {step.name}: {step.value}", style=style), soft_wrap=True)


def _ignore(_: Step) -> None:
    """The JSON document lists the steps at the end."""


def _document(backend: StateBackend, steps: list[Step], *, executed: bool) -> dict[str, object]:
    return {
        "executed": executed,
        "bucket": backend.bucket,
        "login": backend.login_url,
        "secrets_provider": backend.secrets_provider,
        "steps": [asdict(step) for step in steps],
    }
