"""Prints credentials of the person on call for a shell: `eval "$(python -m drills.on_call --env prod)"`."""

import json
import shlex
import sys
from collections.abc import Mapping
from typing import Annotated

import typer
from botocore.exceptions import EndpointConnectionError

from drills.errors import DrillError
from drills.principals import HOME, Principals, access_role
from drills.zone import ROOT, rehearse
from rehearsal.cloud import Cloud

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def variables(environment: str, *, approver: bool = False) -> Mapping[str, str]:
    """Variables with credentials of a role of people, and the address of the recovery region's listener.

    Args:
        environment: name of the environment.
        approver: the role of the approvers instead of that of the runbooks.

    Raises:
        DrillError: the emulated AWS is not running, or the environment has no such role.
    """
    cloud = Cloud.attach(ROOT / ".rehearsal")
    if cloud is None:
        raise DrillError("The emulated AWS is not running. Run `python -m drills` first.")
    outputs = json.loads(rehearse("outputs", f"recovery-{environment}", "--json"))
    role = str(outputs["runbook_role_arn"])
    if not role:
        raise DrillError(f"{environment} has no role for the runbooks: none of its models has a standby")
    account, region = role.split(":")[4], str(outputs["topic_arn"]).split(":")[3]
    endpoints = cloud.endpoints()
    try:
        principals = Principals(endpoints=endpoints, account=account, administrator=access_role(endpoints, account))
        credentials = (
            principals.approver(_approver_role(principals, environment, region))
            if approver
            else principals.on_call(role)
        )
    except EndpointConnectionError:
        raise DrillError(
            f"IAM does not answer, because {HOME} is lost. Use the shell that has the credentials, or run "
            f"`zone region restore {HOME}` first."
        ) from None
    kept = cloud.environment(via=region)
    kept.pop("AWS_PROFILE", None)
    return {
        **kept,
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        "AWS_SESSION_TOKEN": credentials.token or "",
    }


def _approver_role(principals: Principals, environment: str, region: str) -> str:
    ssm = principals.client("ssm", region, principals.administrator)
    document = ssm.get_parameter(Name=f"/hipaa-ml/recovery/{environment}/zone")["Parameter"]["Value"]
    role = str(json.loads(document)["approver_role"])
    if not role:
        raise DrillError(f"{environment} has no approvers: its operations need no approval.")
    return role


@app.command()
def on_call(
    environment: Annotated[str, typer.Option("--env", help="Environment, such as prod.")] = "prod",
    approver: Annotated[
        bool, typer.Option("--approver", help="Credentials of the person who approves, instead of the person on call.")
    ] = False,
) -> None:
    """Print variables for a shell: credentials of the person on call, through the recovery region alone."""
    for name, value in variables(environment, approver=approver).items():
        typer.echo(f"export {name}={shlex.quote(value)}")


if __name__ == "__main__":
    try:
        app()
    except DrillError as error:
        sys.exit(f"error: {error}")
