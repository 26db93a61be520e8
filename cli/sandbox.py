"""`zone sandbox`: creates, lists, extends and destroys sandboxes with synthetic data."""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal

import typer
from botocore.exceptions import ClientError
from rich.table import Table
from rich.text import Text

from cli.display import ProgressDisplay, show_violations
from cli.errors import UsageError, console, messages
from cli.options import JsonDocument
from cli.promotion import release_file
from cli.rehearsed_aws import rehearsed_aws
from cli.sandbox_estimate import FILL_MINUTES, hourly_usd, minutes
from cli.sandbox_file import edited
from cli.session import Session
from cli.workspace import Workspace
from rehearsal.engine import PARALLEL
from zone.plan import SandboxPlan, graph, make_plan
from zone.settings import Settings, SettingsError
from zone.settings.checks.sandboxes import sandbox_accounts
from zone.settings.sandboxes import MAXIMUM_HOURS, TIME, Sandbox

app = typer.Typer(
    help="Create, list, extend and destroy sandboxes: the components of production with synthetic data.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
FILE: Final = "Pulumi.yaml"

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the sandbox.")]
Hours = Annotated[int, typer.Option(metavar="N", help=f"Hours, 1 to {MAXIMUM_HOURS}.")]
ConfigurationOnly = Annotated[
    bool, typer.Option("--configuration-only", help="Change Pulumi.yaml only; the pipeline deploys the stack on AWS.")
]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Editing:
    """Pulumi.yaml before and after a change."""

    workspace: Workspace
    before: str

    @classmethod
    def of(cls, workspace: Workspace) -> "_Editing":
        return cls(workspace=workspace, before=(workspace.root / FILE).read_text(encoding="utf-8"))

    def write(self, name: str, values: dict[str, Any] | None) -> Settings:
        """Writes one sandbox, after its settings are checked; returns the settings of the zone with it.

        Raises:
            UsageError: the file cannot be edited, or the settings would not be valid.
        """
        text = edited(self.before, name, values)
        try:
            settings = self.workspace.settings(project_text=text)
        except SettingsError as error:
            raise UsageError(f"{error}. Nothing was changed.") from None
        release_file.write(self.workspace.root / FILE, text)
        return settings

    def restore(self) -> None:
        """Writes the text that was there before."""
        release_file.write(self.workspace.root / FILE, self.before)


@app.command()
def create(
    name: Name,
    model: Annotated[str, typer.Option(help="Model of Pulumi.yaml, hipaa-ml:ml, whose components the sandbox has.")],
    hours: Hours = 72,
    account: Annotated[
        str | None, typer.Option(help="Account of an OU with the role sandbox. Default: the first without a sandbox.")
    ] = None,
    budget_usd: Annotated[
        int | None, typer.Option("--budget-usd", metavar="USD", help="Monthly budget. Default: 200.")
    ] = None,
    configuration_only: ConfigurationOnly = False,
) -> None:
    """Write a sandbox into Pulumi.yaml, deploy it to the emulated AWS, and fill it with synthetic data."""
    started = time.monotonic()
    workspace = Workspace.find()
    settings = workspace.settings()
    if name in settings.sandboxes:
        raise UsageError(f"There is a sandbox {name!r} already. `zone sandbox extend {name} --hours N` prolongs it.")
    _require_hours(hours)
    values: dict[str, Any] = {
        "account": account or _free_account(settings),
        "model": model,
        "expires_at": (datetime.now(UTC) + timedelta(hours=hours)).strftime(TIME),
        **({"budget_usd": budget_usd} if budget_usd is not None else {}),
    }
    settings = _Editing.of(workspace).write(name, values)
    sandbox = make_plan(settings).sandboxes[name]
    console.print(f"{FILE}: sandbox {name} in the account {sandbox.sandbox.account} until {values['expires_at']}")
    if not configuration_only:
        _up(workspace, name)
        filled = _keeper(workspace, settings, name, {})
        console.print(f"{filled['filled']} data sets have {sandbox.sandbox.rows} synthetic rows each.")
        console.print(f"Sandbox {name} is ready after {time.monotonic() - started:.0f} s in the rehearsal.")
    _estimate(sandbox, hours)


@app.command("list")
def list_sandboxes(as_json: JsonDocument = False) -> None:
    """List the sandboxes, with the time that is left; a sandbox past its time is `expired`."""
    workspace = Workspace.find()
    settings, deployed = workspace.settings(), set(workspace.store().stacks())
    now = datetime.now(UTC)
    rows = [
        {
            "name": name,
            "account": sandbox.account,
            "model": sandbox.model,
            "expires_at": sandbox.expires_at,
            "hours_left": round(max((sandbox.expires - now).total_seconds() / 3600, 0.0), 1),
            "state": _state(sandbox, deployed=f"{graph.SANDBOX}{name}" in deployed, now=now),
        }
        for name, sandbox in settings.sandboxes.items()
    ]
    if as_json:
        typer.echo(json.dumps({"sandboxes": rows}, indent=2))
        return
    if not rows:
        console.print("There is no sandbox. `zone sandbox create NAME --model MODEL --hours 72` creates one.")
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in rows[0]:
        table.add_column(heading.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(value)) for value in row.values()))
    console.print(table)


def _state(sandbox: Sandbox, *, deployed: bool, now: datetime) -> Literal["active", "expired", "not deployed"]:
    if sandbox.expires <= now:
        return "expired"
    return "active" if deployed else "not deployed"


@app.command()
def extend(name: Name, hours: Hours, configuration_only: ConfigurationOnly = False) -> None:
    """Add hours to the time of a sandbox; of one that has expired, from now on."""
    _require_hours(hours)
    workspace = Workspace.find()
    sandbox = _sandbox(workspace.settings(), name)
    now = datetime.now(UTC)
    expires = max(sandbox.expires, now) + timedelta(hours=hours)
    if expires > now + timedelta(hours=MAXIMUM_HOURS):
        left = MAXIMUM_HOURS - max(sandbox.expires - now, timedelta()).total_seconds() / 3600
        raise UsageError(
            f"{hours} more hours are longer than {MAXIMUM_HOURS} hours from now; allowed: at most {max(left, 0):.0f}"
        )
    values = {**sandbox.model_dump(exclude_unset=True), "expires_at": expires.strftime(TIME)}
    editing = _Editing.of(workspace)
    editing.write(name, values)
    console.print(f"{FILE}: sandbox {name} until {values['expires_at']}")
    if not configuration_only and f"{graph.SANDBOX}{name}" in workspace.store().stacks():
        _up(workspace, name)


@app.command()
def destroy(name: Name, configuration_only: ConfigurationOnly = False) -> None:
    """Delete the data and the stack of a sandbox, and remove it from Pulumi.yaml."""
    workspace = Workspace.find()
    settings = workspace.settings()
    _sandbox(settings, name)
    stack = f"{graph.SANDBOX}{name}"
    if not configuration_only and stack in workspace.store().stacks():
        _empty(workspace, settings, name)
        session = Session(workspace, packs=[], parallel=PARALLEL, wait=0.0, keep=True)
        with session, ProgressDisplay(console, 1) as progress:
            results = session.run("destroy", [stack], progress)
        _require_ok(results, stack)
    _Editing.of(workspace).write(name, None)
    console.print(f"{FILE}: sandbox {name} is removed.")


def _up(workspace: Workspace, name: str) -> None:
    """Deploys the sandbox, and the stacks that it needs and that are not deployed yet."""
    stack = f"{graph.SANDBOX}{name}"
    deployed = set(workspace.store().stacks())
    needed = [needed for needed in workspace.graph()[stack] if needed not in deployed]
    stacks = workspace.selected([*needed, stack], everything=False)
    session = Session(workspace, packs=None, parallel=PARALLEL, wait=0.0, keep=True)
    with session, ProgressDisplay(console, len(stacks)) as progress:
        results = session.run("up", stacks, progress)
    show_violations(console, results)
    _require_ok(results, stacks[-1])


def _require_ok(results: Any, last: str) -> None:
    for result in results:
        if result.error:
            messages.print(f"error: {result.name}: {result.error}", markup=False, soft_wrap=True)
    if not all(result.ok for result in results) or last not in {result.name for result in results}:
        messages.print(f"{FILE} still has the sandbox. Run the command `zone sandbox destroy` or `zone up {last}`.")
        raise typer.Exit(1)


def _empty(workspace: Workspace, settings: Settings, name: str) -> None:
    """Ends applications and jobs, and deletes the data, until nothing is left to do."""
    if "keeper" not in (workspace.store().raw_outputs(f"{graph.SANDBOX}{name}") or {}):
        return  # The stack came up in part: its function does not exist, and nothing was filled.
    ended = _keeper(workspace, settings, name, {"expire": True})
    counts = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in ended.items() if kind != "state")
    console.print(f"Deleted or stopped: {counts}.")


def _keeper(workspace: Workspace, settings: Settings, name: str, event: dict[str, Any]) -> dict[str, Any]:
    """Runs the sandbox's function once and returns its result.

    Raises:
        UsageError: the function cannot be run, or fails.
    """
    outputs = workspace.store().raw_outputs(f"{graph.SANDBOX}{name}") or {}
    client = rehearsed_aws(workspace, settings).client("lambda", account=str(outputs["account_id"]))
    try:
        answer = client.invoke(FunctionName=str(outputs["keeper"]), Payload=json.dumps(event).encode())
    except ClientError as error:
        raise UsageError(f"The function {outputs['keeper']} cannot be run: {error}") from None
    result: dict[str, Any] = json.loads(answer["Payload"].read())
    if answer.get("FunctionError"):
        raise UsageError(f"The function {outputs['keeper']} failed: {result.get('errorMessage')}")
    return result


def _free_account(settings: Settings) -> str:
    accounts = sandbox_accounts(settings)
    occupied = {sandbox.account: name for name, sandbox in settings.sandboxes.items()}
    free = next((name for name in accounts if name not in occupied), None)
    if free is not None:
        return free
    if not accounts:
        raise UsageError("No account is in an OU with the role sandbox. Add one to hipaa-ml:accounts in Pulumi.yaml.")
    held = ", ".join(f"{account}: {occupied[account]}" for account in accounts)
    raise UsageError(
        f"Every sandbox account holds a sandbox ({held}). Destroy one, or add an account to hipaa-ml:accounts."
    )


def _sandbox(settings: Settings, name: str) -> Sandbox:
    if name not in settings.sandboxes:
        raise UsageError(f"There is no sandbox {name!r}. Sandboxes: {', '.join(settings.sandboxes) or 'none'}")
    return settings.sandboxes[name]


def _require_hours(hours: int) -> None:
    if not 1 <= hours <= MAXIMUM_HOURS:
        raise UsageError(f"--hours {hours} is not allowed; allowed: 1 to {MAXIMUM_HOURS}")


def _estimate(sandbox: SandboxPlan, hours: int) -> None:
    hourly = hourly_usd(sandbox)
    console.print(
        f"Estimate for AWS: deployed in about {minutes()} minutes, filled at most {FILL_MINUTES} minutes later; "
        f"{hourly:.2f} USD an hour, {hourly * hours:.2f} USD in {hours} hours, and the applications that run in it "
        "(docs/sandbox.md).",
        soft_wrap=True,
    )
