"""`zone cloud`: the emulated AWS organisation as a process of its own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from fnmatch import fnmatchcase
from itertools import groupby
from operator import attrgetter
from typing import Annotated, Any, Final

import typer
from rich.table import Table

from cli.errors import UsageError, console
from cli.options import JsonDocument
from cli.quotas import raise_quotas
from cli.workspace import Workspace
from inspection.rights import GrantedRight, granted_rights
from rehearsal.cloud import Cloud, CloudError

app = typer.Typer(
    rich_markup_mode=None,
    help="Start, stop and use the emulated AWS.",
    no_args_is_help=True,
)


@app.command()
def start(
    port: Annotated[
        int | None, typer.Option(min=1, max=65000, help="First port; one port per region follows. Default: free ports.")
    ] = None,
) -> None:
    """Start the emulated AWS. It runs until `zone cloud stop`."""
    workspace = Workspace.find()
    running = Cloud.attach(workspace.state)
    if running is not None:
        raise UsageError(f"The emulated AWS is already running (process {running.status().pid})")
    settings = workspace.settings()
    cloud = Cloud.start(
        workspace.state,
        regions=settings.regions.all,
        management_account=settings.management_account_id,
        port=port,
    )
    raise_quotas(cloud, settings.regions.all)
    console.print(f"The emulated AWS is running (process {cloud.status().pid}).")


@app.command()
def stop() -> None:
    """Stop the emulated AWS and discard its accounts. The next `up` creates them again."""
    cloud = Cloud.attach(Workspace.find().state)
    if cloud is None:
        console.print("The emulated AWS is not running.")
        return
    cloud.stop()
    console.print("The emulated AWS is stopped.")


@app.command()
def status(
    as_json: JsonDocument = False,
) -> None:
    """Show whether the emulated AWS is running, its endpoints and its accounts."""
    cloud = Cloud.attach(Workspace.find().state)
    if cloud is None:
        if as_json:
            typer.echo(json.dumps({"up": False}))
        else:
            console.print("The emulated AWS is not running. Start it with `zone cloud start` or `zone up --all`.")
        raise typer.Exit(1)
    now = cloud.status()
    document = {
        "up": True,
        "pid": now.pid,
        "endpoints": dict(now.endpoints),
        "accounts": dict(now.accounts),
        "seconds": round(now.uptime),
        "memory_mib": round(now.memory_mib),
    }
    if as_json:
        typer.echo(json.dumps(document, indent=2))
        return
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for key, value in document.items():
        if isinstance(value, dict):
            for name, text in value.items():
                table.add_row(key, f"{name}  {text}")
        else:
            table.add_row(key, str(value))
    console.print(table)


@app.command()
def env(
    profile: Annotated[
        str | None, typer.Option(metavar="ACCOUNT", help="Account name. Default: the management account.")
    ] = None,
    via: Annotated[
        str | None,
        typer.Option(metavar="REGION", help="Use the endpoints of this region only, as during the loss of us-east-1."),
    ] = None,
) -> None:
    """Print variables that point the AWS CLI and boto3 at the emulated AWS: eval "$(zone cloud env)"."""
    for name, value in Workspace.find().running_cloud().environment(profile, via).items():
        typer.echo(f"export {name}={value!r}")


@app.command()
def schedules(as_json: JsonDocument = False) -> None:
    """List the schedules of EventBridge Scheduler in all accounts."""
    rows = Workspace.find().running_cloud().schedules()
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    if not rows:
        console.print("No schedule is deployed.")
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("schedule", "account", "region", "expression"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(row["name"], row["account"], row["region"], row["expression"])
    console.print(table)


@app.command()
def fire(
    name: Annotated[str, typer.Argument(metavar="SCHEDULE", help="Name; see `zone cloud schedules`.")],
    region: Annotated[str | None, typer.Option(metavar="REGION", help="Region of the schedule.")] = None,
    as_json: JsonDocument = False,
) -> None:
    """Invoke the target of a schedule now, as its role."""
    cloud = Workspace.find().running_cloud()
    rows = [row for row in cloud.schedules() if row["name"] == name and region in (None, row["region"])]
    if not rows:
        known = ", ".join(sorted({row["name"] for row in cloud.schedules()})) or "none"
        raise UsageError(f"No schedule is named {name!r}{f' in {region}' if region else ''}. Deployed: {known}.")
    if len(rows) > 1:
        places = ", ".join(f"{row['region']} of {row['account']}" for row in rows)
        raise UsageError(f"{name!r} is deployed in {places}. Choose with --region.")
    [row] = rows
    try:
        result = cloud.fire(name, account=row["account"], region=row["region"])
    except CloudError as error:
        raise UsageError(f"{error}.") from error
    if as_json:
        typer.echo(json.dumps(result, indent=2))
    elif result["invoked"]:
        console.print(f"Invoked {row['target']}.")
        for key, value in result["response"].items():
            console.print(f"  {key}: {value}", highlight=False, markup=False)
    else:
        kept = "The dead-letter queue has it." if result["dead_letter_queue"] else "No dead-letter queue has it."
        console.print(f"The invocation failed. {kept}\n{result['error']}", highlight=False, markup=False)
    if not result["invoked"]:
        raise typer.Exit(1)


@app.command()
def deliver(
    service: Annotated[
        str | None, typer.Argument(metavar="SERVICE", help="backup, cloudtrail, config or flow-logs. Default: all.")
    ] = None,
    as_json: JsonDocument = False,
) -> None:
    """Deliver logs, snapshots and backups now.

    CloudTrail delivers the management events since the last delivery, AWS Config a snapshot of each account and region,
    flow logs one interval, and AWS Backup runs its plans with their copies. Each delivery is decided under the service
    principal or the role that AWS uses; the exit code is 1 if one is denied.
    """
    cloud = Workspace.find().running_cloud()
    try:
        rows = cloud.deliver(service)
    except CloudError as error:
        raise UsageError(f"{error}.") from error
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    else:
        _show_deliveries(rows)
    if not all(row["delivered"] for row in rows):
        raise typer.Exit(1)


def _show_deliveries(rows: Sequence[Mapping[str, Any]]) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("service", "delivered", "failed"):
        table.add_column(column, justify="left" if column == "service" else "right")
    for service in sorted({row["service"] for row in rows}):
        outcomes = [row["delivered"] for row in rows if row["service"] == service]
        table.add_row(service, str(outcomes.count(True)), str(outcomes.count(False)))
    console.print(table if rows else "Nothing is due.")
    for row in rows:
        if not row["delivered"]:
            place = f"{row['service']} {row['account']} {row['region']}"
            console.print(
                f"{place}: {row['source']} -> {row['target']}\n  {row['error']}", highlight=False, markup=False
            )


@app.command("unused-rights")
def unused_rights(
    role: Annotated[str, typer.Option(metavar="PATTERN", help="Only roles whose name matches; * is a wildcard.")] = "*",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="List the unused actions of every pattern one by one.")
    ] = False,
) -> None:
    """List the rights of roles that no request of this rehearsal used.

    For each role, each action pattern that its identity policies allow, with the number of its actions that requests
    used and of those that none used. Roles with one name in several accounts are one row; an action counts as used
    if the role used it in any of them. Only requests since the emulated AWS was started count: deploy, change and
    destroy every stack before a right is called superfluous. Actions with a trailing wildcard are counted by the
    Service Authorization Reference.
    """
    cloud = Workspace.find().running_cloud()
    granted = granted_rights(cloud.command("rights"), cloud.command("used-actions"))
    rights = [right for right in granted if fnmatchcase(right.role, role)]
    if not rights:
        raise UsageError(f"No role that matches {role!r} has an identity policy. Deploy the stack that creates it.")
    if as_json:
        typer.echo(json.dumps([asdict(right) for right in rights], indent=2))
        return
    for name, rows in groupby(rights, key=attrgetter("role")):
        _show_rights(name, list(rows), verbose=verbose)


def _show_rights(name: str, rights: Sequence[GrantedRight], *, verbose: bool) -> None:
    unused = [right for right in rights if not right.used]
    accounts = len({account for right in rights for account in right.accounts})
    console.print(
        f"{name}: {accounts} account{'s' if accounts > 1 else ''}, "
        f"{len(rights)} patterns, {len(unused)} of them unused",
        style="bold",
    )
    table = Table(box=None, padding=(0, 2, 0, 2))
    for column in ("pattern", "used", "unused", "statement"):
        table.add_column(column, justify="right" if column in ("used", "unused") else "left", overflow="fold")
    for right in rights:
        if right.unused or not right.used:
            table.add_row(right.pattern, str(len(right.used)), str(len(right.unused)), right.sid)
            if verbose and right.unused != [right.pattern]:
                for action in right.unused:
                    table.add_row(f"  {action}", "", "", "")
    console.print(table)


DECISIONS: Final[Mapping[str, str]] = {
    "decided": "allowed by every policy that applies",
    "denied": "denied by a policy",
    "approximated": "of the allowed: the request does not name the resource exactly; every resource of its type counts",
    "undecided": "carried out without a decision",
    "uncomputed": "refused: a policy compares a condition key that is not computed",
}
"""Kind of decision -> its meaning."""


@app.command()
def decisions(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="List the operations of every kind.")] = False,
) -> None:
    """Show how many requests the emulated AWS authorized, and which it could not decide exactly."""
    summary = Workspace.find().running_cloud().command("authorization")
    if as_json:
        typer.echo(json.dumps(summary, indent=2))
        return
    requests = sum(summary[kind]["total"] for kind in DECISIONS if kind != "approximated")
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("decision", "requests", "share"):
        table.add_column(column, justify="left" if column == "decision" else "right")
    table.add_column("meaning", overflow="fold")
    for kind, meaning in DECISIONS.items():
        total = summary[kind]["total"]
        table.add_row(kind, str(total), f"{total / requests:.1%}" if requests else "-", meaning)
    console.print(table)
    for kind in DECISIONS:
        if verbose or kind in ("undecided", "uncomputed"):
            for row in summary[kind]["operations"]:
                reason = f": {row['reason']}" if row["reason"] else ""
                console.print(f"{kind}  {row['count']:>6}  {row['service']}:{row['operation']}{reason}")
