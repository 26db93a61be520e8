"""`zone preflight`: what an organisation needs before the zone is deployed."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Final

import typer
from rich.table import Table
from rich.text import Text

from cli.errors import UsageError, console
from cli.options import Endpoint, JsonDocument, Target, refuse_endpoint
from cli.own_aws import OwnAws
from cli.rehearsed_aws import rehearsed_aws
from cli.workspace import Workspace
from inspection.aws import Aws
from inspection.preflight import (
    ACCEPT_ADDENDUM,
    ADDENDUM,
    Check,
    Expected,
    ExpectedAccount,
    Verdict,
    addendum_is_active,
    closed_accounts,
    passed,
)
from inspection.preflight import preflight as checked
from operations.identity import aws_errors
from zone.plan import graph
from zone.settings import Settings
from zone.settings.placement import account_placement, workload_environments

UNRESERVED_EXECUTIONS: Final = 100
"""Concurrent executions that Lambda keeps unreserved (Lambda Developer Guide, "Configuring reserved concurrency")."""
MARKS: Final[dict[Verdict, tuple[str, str]]] = {
    "ok": ("✓", "green"),
    "warning": ("!", "yellow"),
    "failed": ("✗", "red"),
    "unknown": ("?", "red"),
}


def preflight(
    target: Target = "emulator",
    aws: Annotated[bool, typer.Option("--aws", help="Same as --target aws.")] = False,
    as_json: JsonDocument = False,
    endpoint: Endpoint = None,
) -> None:
    """Check credentials, regions, organization, accounts, quotas and agreements before the first deployment.

    Reads the emulated AWS, or AWS with --target aws, in the management account; changes nothing. Exit code 0 when the
    zone can be deployed, 1 when a check failed or AWS could not be read.
    """
    aws = aws or target == "aws"
    refuse_endpoint("aws" if aws else target, endpoint)
    workspace = Workspace.find(endpoint)
    settings = workspace.settings()
    with aws_errors():
        source = OwnAws(role=settings.account_access_role) if aws else rehearsed_aws(workspace, settings)
    checks = checked(expected(settings), source)
    if as_json:
        typer.echo(json.dumps({"ok": passed(checks), "checks": [asdict(check) for check in checks]}, indent=2))
    else:
        _show(checks)
    if not passed(checks):
        raise typer.Exit(1)


def expected(settings: Settings) -> Expected:
    """What the settings need from the organisation."""
    reserved = settings.functions.reserved_concurrency
    return Expected(
        management_account=settings.management_account_id,
        organization=settings.organization.id,
        regions=settings.regions.all,
        accounts=[
            ExpectedAccount(key=key, name=account.name or key, email=account.email, id=account.id)
            for key, account in settings.accounts.items()
            if account.state != "closed"
        ],
        executions=UNRESERVED_EXECUTIONS + reserved if reserved else 0,
        adopted=settings.adopt,
        holds_phi=bool(stacks_with_phi(settings)),
    )


def stacks_with_phi(settings: Settings) -> frozenset[str]:
    """The stacks of environments whose accounts may hold patients' data."""
    return frozenset(
        f"{layer}{environment}"
        for environment, account in workload_environments(settings).items()
        if account_placement(settings, account).data_classification == "phi"
        for layer in (graph.DATA, graph.ML, graph.RECOVERY)
    )


def require_addendum(workspace: Workspace, stacks: Sequence[str]) -> None:
    """Checks that the Business Associate Addendum is in effect before a stack with patients' data is deployed.

    Args:
        workspace: of the emulated AWS.
        stacks: stacks to deploy.

    Raises:
        UsageError: the addendum is not in effect.
    """
    settings = workspace.settings()
    with_phi = stacks_with_phi(settings)
    affected = [stack for stack in stacks if stack in with_phi]
    if affected and not addendum_is_active(rehearsed_aws(workspace, settings)):
        raise UsageError(
            f"{affected[0]} may hold patients' data, and the {ADDENDUM} with AWS is not in effect. {ACCEPT_ADDENDUM}"
        )


def require_open_accounts(settings: Settings, aws: Aws, stacks: Sequence[str]) -> None:
    """Checks that AWS has closed no account of the settings, before the organization is deployed.

    A refresh removes a closed account from the state. The next deployment would create it again, and fail half-way
    because its e-mail address is taken.

    Args:
        settings: settings of the zone.
        aws: read access to the management account.
        stacks: stacks to deploy.

    Raises:
        UsageError: an account is closed in AWS and not in the settings.
    """
    if graph.ORGANIZATION not in stacks:
        return
    closed = closed_accounts(expected(settings).accounts, aws)
    if closed:
        lines = [f"{check.name}: {check.found}. {check.remedy}" for check in closed]
        raise UsageError("\n".join([*lines, "No changes were made."]))


def _show(checks: Sequence[Check]) -> None:
    table = Table(title="Before the first deployment", title_justify="left", box=None, pad_edge=False)
    for heading in ("check", "found"):
        table.add_column(heading, overflow="fold")
    for check in checks:
        mark, style = MARKS[check.verdict]
        table.add_row(Text(f"{mark} {check.name}", style=style), check.found)
    console.print(table)
    remedies = [check for check in checks if check.remedy]
    if remedies:
        console.print("\nWhat to do:")
    for check in remedies:
        console.print(Text(f"  {check.name}: {check.remedy}"), soft_wrap=True)
    failed = sum(check.verdict in ("failed", "unknown") for check in checks)
    verdict = "the zone can be deployed" if not failed else f"{failed} to resolve before the zone is deployed"
    console.print(f"\n{len(checks)} checks: {verdict}")
