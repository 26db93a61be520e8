"""`zone mlflow`: open the MLflow server of an environment: on AWS through Session Manager, else on this machine."""

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from cli.errors import UsageError, console
from cli.workspace import Workspace
from zone.plan import Plan, make_plan
from zone.settings.tracking import Tracking
from zone.shared.tracking import ADMINISTRATOR, host

app = typer.Typer(
    name="mlflow",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Open the MLflow server of an environment.",
)
DOCUMENT: Final = "AWS-StartPortForwardingSessionToRemoteHost"
TOOLS: Final[Mapping[str, str]] = {
    "aws": "the AWS CLI, https://aws.amazon.com/cli/",
    "session-manager-plugin": 'the Session Manager plugin (Systems Manager User Guide, "Install the Session Manager '
    'plugin")',
}
"""Program on PATH -> where it is from."""


@app.callback()
def mlflow() -> None:
    """Open the MLflow server of an environment."""


@app.command("open")
def open_server(
    environment: Annotated[
        str | None, typer.Option("--in", metavar="ENV", help="Environment; the first of ml.tracking if not set.")
    ] = None,
    port: Annotated[int, typer.Option(min=1024, max=65535, help="Port on this machine.")] = 8443,
    target: Annotated[
        str | None, typer.Option(metavar="INSTANCE", help="Managed instance in the VPC; the first online if not set.")
    ] = None,
    aws: Annotated[
        bool, typer.Option("--aws", help="Tunnel to the server on AWS with the credentials of the environment.")
    ] = False,
) -> None:
    """Open the server until Ctrl-C. Without --aws, run it on this machine, with a database of its own."""
    workspace = Workspace.find()
    plan = make_plan(workspace.settings())
    tracking = plan.settings.ml.tracking
    if tracking is None:
        raise UsageError("Pulumi.yaml: ml.tracking is not set, so there is no MLflow server")
    environment = environment or tracking.environments[0]
    if environment not in tracking.environments:
        raise UsageError(f"no MLflow server in {environment!r}; allowed: {', '.join(tracking.environments)}")
    if aws:
        _tunnel(plan, environment, target, port)
    else:
        _serve(workspace.root, plan, tracking, environment, port)


def _tunnel(plan: Plan, environment: str, target: str | None, port: int) -> None:
    """Forwards the port through Session Manager, and says what is missing before it starts."""
    account = plan.account_of(environment)
    if account.environment == "prod":
        raise UsageError(
            f"{environment} is production, where control M9 denies sessions (`zone controls show M9`). Read its runs "
            "with a job in the VPC, or from the artifacts bucket."
        )
    absent = [f"{name} ({source})" for name, source in TOOLS.items() if shutil.which(name) is None]
    if absent:
        raise UsageError(f"not on PATH: {'; '.join(absent)}. Install it and run the command again.")
    import boto3  # noqa: PLC0415 - a local server needs no AWS client

    session = boto3.Session(region_name=plan.settings.regions.primary)
    name = host(environment)
    instance = target or _instance(session, f"{plan.settings.name_prefix}-mlflow-{environment}")
    console.print(f"Forwards https://localhost:{port} to https://{name} through the managed instance {instance}.")
    console.print(f"The certificate is that of {name}: add `127.0.0.1 {name}` to the hosts file, and open")
    console.print(f"https://{name}:{port}. Ctrl-C ends the session.")
    raise typer.Exit(subprocess.run(session_command(instance, name, port), check=False).returncode)  # noqa: S603 - our own words


def session_command(instance: str, name: str, port: int) -> Sequence[str]:
    """The AWS CLI's command that forwards a port of this machine to a host in the VPC of a managed instance.

    Args:
        instance: id of the managed instance.
        name: DNS name of the host.
        port: port on this machine; the host's is 443.
    """
    parameters = {"host": [name], "portNumber": ["443"], "localPortNumber": [str(port)]}
    return [
        *("aws", "ssm", "start-session", "--target", instance),
        *("--document-name", DOCUMENT, "--parameters", json.dumps(parameters)),
    ]


def _instance(session: Any, balancer: str) -> str:
    """A managed instance that is online in the VPC of the load balancer.

    Raises:
        UsageError: the load balancer does not exist, or no instance is online in its VPC.
    """
    described = session.client("elbv2").describe_load_balancers()["LoadBalancers"]
    vpc = next((entry["VpcId"] for entry in described if entry["LoadBalancerName"] == balancer), None)
    if vpc is None:
        raise UsageError(
            f"the load balancer {balancer} does not exist in this account: sign in to the environment's "
            "account, and deploy its mlflow stack first"
        )
    online = session.client("ssm").describe_instance_information(
        Filters=[{"Key": "PingStatus", "Values": ["Online"]}, {"Key": "ResourceType", "Values": ["EC2Instance"]}]
    )["InstanceInformationList"]
    identifiers = [entry["InstanceId"] for entry in online]
    if identifiers:
        reservations = session.client("ec2").describe_instances(InstanceIds=identifiers)["Reservations"]
        for instance in (instance for reservation in reservations for instance in reservation["Instances"]):
            if instance.get("VpcId") == vpc:
                return str(instance["InstanceId"])
    raise UsageError(
        f"no managed instance is online in {vpc}. The tasks themselves take no session: their root file system is "
        "read-only (control M2), which ECS Exec does not support. Start an instance with the SSM agent in the VPC, "
        "in a security group that the load balancer admits, and name it with --target."
    )


def _serve(root: Path, plan: Plan, tracking: Tracking, environment: str, port: int) -> None:
    """Runs the server's own entry point with a database in `.rehearsal`."""
    python = root / ".venv-mlflow" / "bin" / "python"
    if not python.exists():
        raise UsageError(
            f"{python} does not exist: `make .venv-dvc/.ready` installs the MLflow server; `--aws` opens the one on AWS"
        )
    folder = root / ".rehearsal" / "mlflow" / environment
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    users = {user: str(folder / f"{user}.json") for user in (ADMINISTRATOR, *plan.settings.data.teams)}
    for file in map(Path, users.values()):
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(json.dumps({"keys": [{"id": "k1", "secret": secrets.token_urlsafe(24)}]}), encoding="utf-8")
    variables = {
        **os.environ,
        "PYTHONPATH": str(root),
        "TRACKING_ADMINISTRATOR": ADMINISTRATOR,
        "TRACKING_ARTIFACTS": str(folder / "artifacts"),
        "TRACKING_FOLDER": str(folder / "server"),
        "TRACKING_GRANTS": json.dumps([grant.model_dump() for grant in tracking.grants]),
        "TRACKING_HOST": host(environment),
        "TRACKING_USERS": json.dumps(users),
    }
    program = [str(python), "-m", "workloads.tracking"]
    console.print(f"Runs the MLflow server of the zone on this machine; on AWS it is https://{host(environment)}.")
    console.print(f"https://localhost:{port}, with the certificate {folder / 'server' / 'certificate.pem'}")
    console.print(f"Users: {', '.join(users)}; the password of each is in {folder}/USER.json. Ctrl-C ends it.")
    for words in (["migrate"], ["serve", "--address", "127.0.0.1", "--port", str(port)]):
        code = subprocess.run([*program, *words], env=variables, check=False).returncode  # noqa: S603 - our own words
        if code:
            raise typer.Exit(code)
