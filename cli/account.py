"""`zone account`: vends, lists, renames, moves, suspends, closes and reopens accounts."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer
from rich.table import Table

from cli.errors import UsageError, console
from cli.options import JsonDocument, Target
from cli.own_aws import OwnAws
from cli.promotion.release_file import write
from cli.rehearsed_aws import rehearsed_aws
from cli.settings_file import changed
from cli.workspace import Workspace
from inspection.aws import Aws
from operations import accounts as aws_accounts
from operations.accounts import CREATED_AT_ONCE
from operations.identity import aws_errors
from zone.plan import graph as stack_graph
from zone.plan import make_plan
from zone.settings import Settings, SettingsError
from zone.settings.sections import Account

app = typer.Typer(
    help="Vend, list, rename, move, suspend, close and reopen accounts.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
FILE: Final = "Pulumi.yaml"
ACCOUNTS: Final = ("config", "hipaa-ml:accounts", "value")
SEGMENTS: Final = ("config", "hipaa-ml:network", "value", "segments")
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the account in Pulumi.yaml.")]
Execute = Annotated[bool, typer.Option("--execute", help="Change AWS; without it the command only says what it does.")]
Edit = tuple[Sequence[str], Any]
"""Path and new value in Pulumi.yaml."""


@app.command("list")
def list_accounts(target: Target = "emulator", as_json: JsonDocument = False) -> None:
    """List the accounts with their OU, id and state, and how many may be created and closed now."""
    workspace = Workspace.find()
    settings = workspace.settings()
    ids = _ids(workspace, settings)
    reached: Mapping[str, Mapping[str, Any]] = {}
    limit = None
    if target == "aws" or ids:
        with aws_errors():
            aws = _aws(workspace, settings, target)
            reached, limit = aws_accounts.accounts(aws), aws_accounts.closures(aws, datetime.now(UTC))
    rows = [
        {
            "name": name,
            "id": ids.get(name) or "",
            "ou": account.ou,
            "state": account.state,
            "aws": str(reached.get(ids.get(name, ""), {}).get("Status", "")),
        }
        for name, account in settings.accounts.items()
    ]
    pending = len(_pending(settings, ids))
    limits = {
        "in_creation": pending,
        "creations_allowed": CREATED_AT_ONCE,
        "closures_left": limit.left if limit is not None else None,
    }
    if as_json:
        typer.echo(json.dumps({"accounts": rows, **limits}, indent=2))
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("name", "id", "ou", "state", "aws"):
        table.add_column(heading)
    for row in rows:
        table.add_row(*row.values())
    console.print(table)
    left = f"; {limit.left} of {limit.allowed} closures left in 30 days" if limit is not None else ""
    console.print(f"{len(rows)} accounts, {pending} not created yet{left}")


@app.command()
def vend(
    name: Name,
    email: Annotated[str, typer.Option(metavar="ADDRESS", help="E-mail address of the root user, used nowhere else.")],
    ou: Annotated[str, typer.Option(metavar="PATH", help="OU of the account, as in organizational_units.")],
    network: Annotated[
        list[str] | None, typer.Option(metavar="REGION=CIDR", help="VPC of the account; repeat it for each region.")
    ] = None,
    segment: Annotated[str | None, typer.Option(metavar="NAME", help="Network segment of the account.")] = None,
    monthly_usd: Annotated[int | None, typer.Option(min=1, metavar="USD", help="Monthly budget.")] = None,
    account_id: Annotated[str | None, typer.Option("--id", metavar="ID", help="Existing account to adopt.")] = None,
) -> None:
    """Add an account to Pulumi.yaml, with its network, and print the stacks to deploy.

    AWS creates at most five accounts at a time: a sixth one waits until the others are deployed.
    """
    workspace = Workspace.find()
    settings = workspace.settings()
    if name in settings.accounts:
        raise UsageError(f"Pulumi.yaml has an account {name!r} already.")
    if (segment is None) is not (not network):
        raise UsageError("Give both --network and --segment, or neither.")
    pending = _pending(settings, _ids(workspace, settings))
    # The first deployment of the zone creates its accounts before anything else: it is no vending.
    if account_id is None and len(pending) >= CREATED_AT_ONCE and len(pending) < len(settings.accounts):
        raise UsageError(
            f"{', '.join(pending)} are not created yet, and AWS creates {CREATED_AT_ONCE} accounts at a time. Deploy "
            "`organization` first. No changes were made."
        )
    entry: dict[str, Any] = {"email": email, "ou": ou}
    entry |= {"id": account_id} if account_id else {}
    entry |= {"monthly_usd": monthly_usd} if monthly_usd else {}
    entry |= {"networks": dict(_network(text) for text in network)} if network else {}
    edits: list[Edit] = [((*ACCOUNTS, name), entry)]
    if segment is not None:
        edits.append(_in_segment(settings, segment, name))
    after = _edited(workspace, edits)
    _next(f"{name} is in {FILE}.", _stacks(after, name))


@app.command()
def move(name: Name, ou: Annotated[str, typer.Argument(metavar="OU", help="Path of the OU.")]) -> None:
    """Move an account to another OU: its guardrails, and what follows from the OU, change."""
    workspace = Workspace.find()
    _known(workspace.settings(), name, "active")
    after = _edited(workspace, [((*ACCOUNTS, name, "ou"), ou)])
    _next(f"{name} is in the OU {ou}.", _stacks(after, name))


@app.command()
def rename(
    name: Name,
    new: Annotated[str, typer.Argument(metavar="NEW", help="Name of the account in AWS.")],
    target: Target = "emulator",
    execute: Execute = False,
) -> None:
    """Give an account another name in AWS. Its key in Pulumi.yaml, which names its stacks, stays.

    AWS is changed first (account:PutAccountName) and `name` set after it; then `zone refresh organization` takes the
    name into the state: for the provider another name is another account.
    """
    workspace = Workspace.find()
    settings = workspace.settings()
    _known(settings, name, "active")
    number = _id(workspace, settings, name)
    text = (workspace.root / FILE).read_text(encoding="utf-8")
    prepared = changed(text, (*ACCOUNTS, name, "name"), new)
    if not execute:
        console.print(f"{number} would be renamed to {new}, and accounts.{name}.name set. Add --execute.")
        return
    _checked(workspace, prepared)
    with aws_errors():
        aws = _aws(workspace, settings, target)
        aws.client("account").put_account_name(AccountId=number, AccountName=new)
    write(workspace.root / FILE, prepared)
    console.print(f"{number} is named {new}. Next: zone refresh organization{_target(target)}")


@app.command()
def suspend(name: Name) -> None:
    """Move an account to the OU where everything is denied; it has no stacks any more, and can be closed.

    Destroy its stacks first: there the pipeline can no longer delete anything.
    """
    workspace = Workspace.find()
    settings = workspace.settings()
    _known(settings, name, "active")
    plan = make_plan(settings)
    own = [
        f"{layer}{environment.name}"
        for environment in plan.environments.values()
        if environment.account == name
        for layer in (stack_graph.RECOVERY, stack_graph.ML, stack_graph.DATA)
    ]
    deployed = set(workspace.store().stacks())
    standing = [stack for stack in own if stack in deployed]
    if standing:
        raise UsageError(f"{name} has stacks: `zone destroy {' '.join(standing)}` first. No changes were made.")
    account = settings.accounts[name]
    edits: list[Edit] = [
        ((*ACCOUNTS, name, "ou"), settings.suspended_unit),
        ((*ACCOUNTS, name, "state"), "suspended"),
    ]
    if account.networks:
        edits.append(((*ACCOUNTS, name, "networks"), None))
    edits += [
        ((*SEGMENTS, segment, "accounts"), [other for other in content.accounts if other != name])
        for segment, content in settings.network.segments.items()
        if name in content.accounts
    ]
    _edited(workspace, edits)
    _next(f"{name} is suspended.", ["organization", *_networks(settings)])


@app.command()
def close(name: Name, target: Target = "emulator", execute: Execute = False) -> None:
    """Close a suspended account in AWS. AWS closes 10 % of the accounts, at least 10, within 30 days.

    The account is closed at once and deleted after 90 days; until then `zone account reopen` takes it back. Its
    entry stays in Pulumi.yaml, since AWS never releases its e-mail address.
    """
    workspace = Workspace.find()
    settings = workspace.settings()
    _known(settings, name, "suspended")
    number = _id(workspace, settings, name)
    text = (workspace.root / FILE).read_text(encoding="utf-8")
    prepared = changed(text, (*ACCOUNTS, name, "state"), "closed")
    prepared = changed(prepared, (*ACCOUNTS, name, "id"), number)
    _checked(workspace, prepared)
    with aws_errors():
        aws = _aws(workspace, settings, target)
        now = datetime.now(UTC)
        if not execute:
            limit = aws_accounts.closures(aws, now)
            console.print(f"{name} ({number}) would be closed; {limit.left} of {limit.allowed} closures are left.")
            console.print("Add --execute to close it.")
            return
        aws_accounts.close(aws, number, now)
    write(workspace.root / FILE, prepared)
    _next(f"{name} ({number}) is closed; AWS deletes it after 90 days.", ["organization"], target)


@app.command()
def reopen(name: Name, target: Target = "emulator") -> None:
    """Take a closed account back within 90 days: AWS reopens it on request, then it is suspended here.

    There is no API: the root user of the account signs in and asks AWS Support. Run this command before it, to see
    whether there is still time, and after it, to set the state.
    """
    workspace = Workspace.find()
    settings = workspace.settings()
    _known(settings, name, "closed")
    number = _id(workspace, settings, name)
    with aws_errors():
        status = aws_accounts.reopenable(_aws(workspace, settings, target), number, datetime.now(UTC))
    if status != "ACTIVE":
        console.print(
            f"{name} ({number}) is {status}. Sign in as its root user ({settings.accounts[name].email}), and ask AWS "
            "Support to reopen it. Then repeat this command.",
            soft_wrap=True,
        )
        raise typer.Exit(1)
    _edited(workspace, [((*ACCOUNTS, name, "state"), "suspended")])
    _next(f"{name} is open again, and suspended.", ["organization"], target)
    console.print(f"To use it again: set its state to active with `zone account resume {name} OU`.", soft_wrap=True)


@app.command()
def resume(name: Name, ou: Annotated[str, typer.Argument(metavar="OU", help="Path of the OU.")]) -> None:
    """Make a suspended account active again, in an OU."""
    workspace = Workspace.find()
    _known(workspace.settings(), name, "suspended")
    after = _edited(workspace, [((*ACCOUNTS, name, "state"), "active"), ((*ACCOUNTS, name, "ou"), ou)])
    _next(f"{name} is active in {ou}.", _stacks(after, name))


def _aws(workspace: Workspace, settings: Settings, target: str) -> Aws:
    return OwnAws(role=settings.account_access_role) if target == "aws" else rehearsed_aws(workspace, settings)


def _ids(workspace: Workspace, settings: Settings) -> Mapping[str, str]:
    """Account name -> id, for the accounts whose id is known."""
    store = workspace.store()
    outputs: Mapping[str, Any] = store.outputs("organization") if "organization" in store.stacks() else {}
    known: Mapping[str, str] = outputs.get("account_ids", {})
    return {name: number for name, item in settings.accounts.items() if (number := item.id or known.get(name))}


def _id(workspace: Workspace, settings: Settings, name: str) -> str:
    number = _ids(workspace, settings).get(name)
    if number is None:
        raise UsageError(f"The id of {name} is not known: give accounts.{name}.id. No changes were made.")
    return number


def _pending(settings: Settings, ids: Mapping[str, str]) -> list[str]:
    return [name for name, account in settings.accounts.items() if name not in ids and account.state != "closed"]


def _known(settings: Settings, name: str, state: str) -> Account:
    account = settings.accounts.get(name)
    if account is None:
        raise UsageError(f"Pulumi.yaml has no account {name!r}. Accounts: {', '.join(settings.accounts)}")
    if account.state != state:
        raise UsageError(f"{name} is {account.state}; this needs an account that is {state}. No changes were made.")
    return account


def _network(text: str) -> tuple[str, str]:
    region, equals, cidr = text.partition("=")
    if not equals:
        raise UsageError(f"--network {text!r} is not REGION=CIDR, for example us-east-1=10.64.0.0/16")
    return region, cidr


def _in_segment(settings: Settings, segment: str, name: str) -> Edit:
    segments = settings.network.segments
    if segment not in segments:
        raise UsageError(f"--segment is {segment!r}; allowed: {', '.join(segments)}")
    return (*SEGMENTS, segment, "accounts"), [*segments[segment].accounts, name]


def _edited(workspace: Workspace, edits: Sequence[Edit]) -> Settings:
    """Writes changes, after their settings are checked.

    Raises:
        UsageError: the file cannot be edited, or the settings would not be valid.
    """
    file = workspace.root / FILE
    text = file.read_text(encoding="utf-8")
    for path, value in edits:
        text = changed(text, path, value)
    settings = _checked(workspace, text)
    write(file, text)
    return settings


def _checked(workspace: Workspace, text: str) -> Settings:
    """The settings of a changed `Pulumi.yaml`.

    Raises:
        UsageError: the settings would not be valid.
    """
    try:
        return workspace.settings(project_text=text)
    except SettingsError as error:
        raise UsageError(f"{error}. No changes were made.") from None


def _networks(settings: Settings) -> list[str]:
    return [stack_graph.network_stack(region) for region in make_plan(settings).stacks.network_regions]


def _stacks(settings: Settings, name: str) -> list[str]:
    """The stacks that a change of an account concerns, in dependency order."""
    plan = make_plan(settings)
    environments = {environment.name for environment in plan.environments.values() if environment.account == name}
    own = {stack_graph.ORGANIZATION, stack_graph.baseline_stack(name), stack_graph.SECURITY}
    own |= {
        f"{layer}{environment}"
        for environment in environments
        for layer in (stack_graph.DATA, stack_graph.ML, stack_graph.RECOVERY)
    }
    if settings.accounts[name].networks:
        own |= set(_networks(settings))
    return [stack for stack in plan.stacks.names if stack in own]


def _next(done: str, stacks: Sequence[str], target: str = "emulator") -> None:
    console.print(f"{done} Next: zone up {' '.join(stacks)}{_target(target)}", soft_wrap=True)


def _target(target: str) -> str:
    return " --target aws" if target == "aws" else ""
