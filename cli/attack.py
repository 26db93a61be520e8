"""`zone attack`: makes the calls of an intruder, which a control must stop, and those of daily work."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from cli.errors import UsageError, console
from cli.options import JsonDocument
from cli.rehearsed_aws import rehearsed_aws
from cli.workspace import Workspace
from inspection.attack.report import document, page, summary
from inspection.attack.run import Explain, named_accounts, run
from inspection.attack.scenarios import scenarios
from inspection.attack.work import scripts
from rehearsal.cloud import Cloud, Credentials, Endpoints


class RoleClients:
    """The `inspection.attack.run.Clients` implementation for the emulated AWS."""

    def __init__(self, aws: Any, endpoints: Endpoints, region: str) -> None:
        self._aws, self._endpoints, self._region = aws, endpoints, region
        self._sessions: dict[tuple[str, str], Credentials] = {}

    def administrator(self, service: str, account: str) -> Any:
        """A client of the account's access role."""
        return self._aws.client(service, account=account)

    def role(self, service: str, account: str, role: str, region: str = "") -> Any:
        """A client of a session of another role, in the primary region unless a region is given."""
        if (account, role) not in self._sessions:
            arn = f"arn:aws:iam::{account}:role/{role}"
            issued = self.administrator("sts", account).assume_role(RoleArn=arn, RoleSessionName="attack")
            self._sessions[account, role] = Credentials.of(issued["Credentials"])
        return self._endpoints.client(service, region or self._region, self._sessions[account, role])


def attack(
    as_json: JsonDocument = False,
    html: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Write the report as an HTML page.")] = None,
) -> None:
    """Attack the running zone with `inspection/attack/scenarios.csv`, and do the work of `work.yaml`.

    Exit code 0 when the expected statement denied every attack and every legitimate action succeeded, otherwise 1.
    Scenarios of accounts and stacks that are not deployed are left out. A run deletes at its end what it created, and
    lists what it could not delete.
    """
    workspace = Workspace.find()
    settings = workspace.settings()
    cloud = workspace.running_cloud()
    store = workspace.store()
    if "organization" not in store.stacks():
        raise UsageError("The stack organization is not deployed. Run `zone up organization` first.")
    accounts: dict[str, str] = store.outputs("organization")["account_ids"]
    stacks = {"", *store.stacks()}
    library = [
        scenario
        for scenario in scenarios()
        if {scenario.account, *named_accounts(scenario.parameters)} <= accounts.keys() and scenario.stack in stacks
    ]
    clients = RoleClients(rehearsed_aws(workspace, settings), workspace.endpoints(), settings.regions.primary)
    work = [
        script
        for script in scripts()
        if {script.account, *named_accounts([step.parameters for step in script.steps])} <= accounts.keys()
        and script.stack in stacks
    ]
    results = run(library, clients, accounts, _explain(cloud), work)
    if html is not None:
        html.write_text(page(results), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(document(results), indent=2))
    else:
        for result in results:
            if not result.ok:
                outcome = ", ".join((result.outcome, *result.stopped_by))
                message = f"✗ {result.scenario.id}: expected {result.scenario.expect}, is {outcome} {result.message}"
                console.print(Text(message, style="red"), soft_wrap=True)
        for result in results:
            for message in result.left:
                console.print(Text(f"! {result.scenario.id}: left behind: {message}", style="yellow"), soft_wrap=True)
        console.print(summary(results))
    if not document(results)["ok"]:
        raise typer.Exit(1)


def _explain(cloud: Cloud) -> Explain:
    def explain(request_id: str) -> dict[str, Any] | None:
        return cloud.command("denial", request_id=request_id).get("denial") if request_id else None

    return explain
