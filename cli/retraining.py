"""`zone pipeline`: upload raw data, start the retraining of a model, show its runs, and print the logs of its jobs."""

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer
from botocore.exceptions import ClientError
from rich.table import Table

from cli.errors import UsageError, console, messages
from cli.options import Endpoint
from cli.own_aws import OwnAws
from cli.rehearsed_aws import rehearsed_aws
from cli.team_upload import TeamUpload
from cli.workspace import Workspace
from zone.plan import make_plan
from zone.settings import Settings
from zone.settings.ml import Pipeline
from zone.shared.names import fitted

app = typer.Typer(
    name="pipeline",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Retrain a model: upload data, start a run of its state machine, show the runs, print the logs of the jobs.",
)
RUNNING: Final = "RUNNING"
SUCCEEDED: Final = "SUCCEEDED"
_POLL_SECONDS: Final = 1.0
_SHOWN: Final = 10
"""Runs that `status` lists."""
_GROUPS: Final = ("/aws/sagemaker/ProcessingJobs", "/aws/sagemaker/TrainingJobs")

Model = Annotated[str, typer.Argument(help="Model with a pipeline, as in `ml.models`.")]
Environment = Annotated[str | None, typer.Option(help="Environment; that of the pipeline if not set.")]
Real = Annotated[bool, typer.Option("--aws", help="Use AWS with the credentials of the environment.")]
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Wait for the end of the run, and print each step.")]


@dataclass(frozen=True, kw_only=True, slots=True)
class Retraining:
    """The state machine of a model, and clients for its account."""

    model: str
    pipeline: Pipeline
    settings: Settings
    account_id: str
    clients: Any

    @property
    def name(self) -> str:
        """Name of the state machine."""
        return fitted(f"{self.settings.name_prefix}-{self.model}-{self.pipeline.environment}")

    @property
    def arn(self) -> str:
        """ARN of the state machine."""
        return f"arn:aws:states:{self.settings.regions.primary}:{self.account_id}:stateMachine:{self.name}"

    def client(self, service: str) -> Any:
        """A client of the account that trains the model."""
        return self.clients.client(service, account=self.account_id, region=self.settings.regions.primary)

    def executions(self, count: int) -> Sequence[Mapping[str, Any]]:
        """The last executions, the newest first."""
        try:
            listed = self.client("stepfunctions").list_executions(stateMachineArn=self.arn, maxResults=100)
        except ClientError as error:
            self.refuse(error)
        ordered = sorted(listed["executions"], key=lambda execution: execution["startDate"], reverse=True)
        return ordered[:count]

    def steps(self, arn: str) -> Iterator[tuple[str, datetime, datetime | None]]:
        """The jobs that an execution has begun: title, begin, end."""
        pages = self.client("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=arn)
        begun: tuple[str, datetime] | None = None
        entered: tuple[str, datetime] | None = None
        for event in (event for page in pages for event in page["events"]):
            details = event.get("stateEnteredEventDetails")
            if event["type"] == "TaskStateEntered" and details:
                entered = (details["name"], event["timestamp"])
            elif event["type"] == "TaskSubmitted":
                begun = entered
            elif begun is not None and event["type"] in {"TaskStateExited", "TaskFailed", "TaskTimedOut"}:
                yield *begun, event["timestamp"]
                begun = None
        if begun is not None:
            yield *begun, None

    def refuse(self, error: ClientError) -> NoReturn:
        """End the command with what AWS refused, and what to do.

        Raises:
            UsageError: always.
        """
        response: Any = error.response
        code, message = response["Error"]["Code"], response["Error"]["Message"]
        if code == "StateMachineDoesNotExist":
            raise UsageError(
                f"the state machine {self.name} does not exist: deploy the stack ml-{self.pipeline.environment}"
            ) from None
        raise UsageError(f"AWS refused the request: {code}: {message}") from None


@app.command()
def run(
    model: Model,
    environment: Environment = None,
    data: Annotated[
        str, typer.Option(metavar="S3-URI", help="Raw data below the data set's prefix; the whole data set if not set.")
    ] = "",
    wait: Wait = True,
    aws: Real = False,
    endpoint: Endpoint = None,
) -> None:
    """Start a run. A run that stops ends with exit code 1, and names the step, the reason, and what to do."""
    if data and not data.startswith("s3://"):
        raise UsageError(f"--data {data!r} is not an S3 address such as s3://BUCKET/PREFIX")
    retraining = _find(model, environment, endpoint, aws=aws)
    name = secrets.token_hex(8)
    client = retraining.client("stepfunctions")
    try:
        started = client.start_execution(
            stateMachineArn=retraining.arn, name=name, input=f'{{"data": "{data.rstrip("/")}"}}' if data else "{}"
        )
    except ClientError as error:
        retraining.refuse(error)
    console.print(f"run {name} of {model} in {retraining.pipeline.environment}", soft_wrap=True)
    if not wait:
        return
    shown = 0
    while True:
        described = client.describe_execution(executionArn=started["executionArn"])
        ended = [step for step in retraining.steps(started["executionArn"]) if step[2] is not None]
        for title, begin, end in ended[shown:]:
            assert end is not None
            console.print(f"  {title}: {(end - begin).total_seconds():.1f} s", soft_wrap=True)
        shown = len(ended)
        if described["status"] != RUNNING:
            break
        time.sleep(_POLL_SECONDS)
    _end(described)


@app.command()
def upload(
    model: Model,
    data: Annotated[Path, typer.Option(metavar="FILE", help="CSV file of raw data.")],
    names_model: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="spaCy model that finds names in notes."),
    ] = None,
    environment: Environment = None,
    endpoint: Endpoint = None,
) -> None:
    """Upload raw data to the rehearsal, as a member of the model's team.

    On AWS the team uploads from inside its VPC with the AWS CLI; the command prints the address.
    """
    if not data.is_file() or data.suffix != ".csv" or not data.stat().st_size:
        raise UsageError(f"--data {data}: a CSV file with raw data is needed, such as encounters.csv")
    if names_model is not None and not (names_model / "meta.json").is_file():
        raise UsageError(f"--names-model {names_model}: the folder of a spaCy model with meta.json is needed")
    retraining = _find(model, environment, endpoint, aws=False)
    team = TeamUpload(Workspace.find(endpoint), retraining.settings, retraining.pipeline, retraining.account_id)
    console.print(f"{data} → {team.raw_data(data)}", soft_wrap=True)
    if names_model is not None:
        count = sum(1 for _ in team.names_model(names_model))
        console.print(f"{names_model}: {count} files of the names model", soft_wrap=True)


def _end(described: Mapping[str, Any]) -> None:
    seconds = (described["stopDate"] - described["startDate"]).total_seconds()
    if described["status"] == SUCCEEDED:
        console.print(f"succeeded in {seconds:.1f} s", soft_wrap=True)
        return
    cause = described.get("cause") or "AWS gives no reason."
    messages.print(f"error: {described['status'].lower()}: {cause}", markup=False, soft_wrap=True)
    raise typer.Exit(1)


@app.command()
def status(model: Model, environment: Environment = None, aws: Real = False, endpoint: Endpoint = None) -> None:
    """List the last runs, the newest first, and why the newest one stopped."""
    retraining = _find(model, environment, endpoint, aws=aws)
    executions = retraining.executions(_SHOWN)
    if not executions:
        console.print(f"{model} has no run yet; schedule: {retraining.pipeline.schedule} UTC", soft_wrap=True)
        return
    table = Table(box=None)
    for heading in ("run", "status", "begin (UTC)", "seconds", "step"):
        table.add_column(heading, overflow="fold")
    for execution in executions:
        stop = execution.get("stopDate")
        seconds = f"{(stop - execution['startDate']).total_seconds():.1f}" if stop else ""
        steps = list(retraining.steps(execution["executionArn"]))
        table.add_row(
            execution["name"],
            execution["status"].lower(),
            f"{execution['startDate']:%Y-%m-%d %H:%M:%S}",
            seconds,
            steps[-1][0] if steps else "",
        )
    console.print(table)
    newest = retraining.client("stepfunctions").describe_execution(executionArn=executions[0]["executionArn"])
    if newest["status"] not in {RUNNING, SUCCEEDED}:
        console.print(newest.get("cause") or "AWS gives no reason.", markup=False, soft_wrap=True)


@app.command()
def logs(
    model: Model,
    step: Annotated[str, typer.Option(help="Only this step, such as validate.")] = "",
    execution: Annotated[str, typer.Option("--run", help="Name of the run; the newest if not set.")] = "",
    environment: Environment = None,
    aws: Real = False,
    endpoint: Endpoint = None,
) -> None:
    """Print the logs of the jobs of a run."""
    retraining = _find(model, environment, endpoint, aws=aws)
    name = execution or next((execution["name"] for execution in retraining.executions(1)), "")
    if not name:
        raise UsageError(f"{model} has no run yet")
    client = retraining.client("logs")
    printed = 0
    for group in _GROUPS:
        for stream in _streams(client, group, f"{model}-{step}"):
            if f"-{name}-" not in stream:
                continue
            console.print(stream, style="bold", soft_wrap=True)
            for event in client.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True)["events"]:
                console.print(event["message"], markup=False, soft_wrap=True)
            printed += 1
    if not printed:
        raise UsageError(f"run {name} of {model} has no log{f' of the step {step}' if step else ''}")


def _streams(client: Any, group: str, prefix: str) -> Iterator[str]:
    try:
        pages = client.get_paginator("describe_log_streams").paginate(logGroupName=group, logStreamNamePrefix=prefix)
        yield from (stream["logStreamName"] for page in pages for stream in page["logStreams"])
    except client.exceptions.ResourceNotFoundException:
        return


def _find(model: str, environment: str | None, endpoint: str | None, *, aws: bool) -> Retraining:
    workspace = Workspace.find(endpoint)
    settings = workspace.settings()
    pipelines = {name: each.pipeline for name, each in settings.ml.models.items() if each.pipeline is not None}
    pipeline = pipelines.get(model)
    if pipeline is None:
        raise UsageError(f"no model {model!r} with a pipeline; allowed: {', '.join(pipelines) or 'none'}")
    if environment not in {None, pipeline.environment}:
        raise UsageError(f"{model} is not trained in {environment!r}; allowed: {pipeline.environment}")
    clients: Any = OwnAws(role=settings.account_access_role) if aws else rehearsed_aws(workspace, settings)
    account = make_plan(settings).environments[pipeline.environment].account
    return Retraining(
        model=model,
        pipeline=pipeline,
        settings=settings,
        account_id=_account_id(settings, clients, account),
        clients=clients,
    )


def _account_id(settings: Settings, clients: Any, account: str) -> str:
    """The id of an account, from the configuration or from the organization."""
    configured = settings.accounts[account].id
    if configured:
        return configured
    pages = clients.client("organizations").get_paginator("list_accounts").paginate()
    identifier = next((entry["Id"] for page in pages for entry in page["Accounts"] if entry["Name"] == account), None)
    if identifier is None:
        raise UsageError(f"the account {account!r} does not exist: deploy the stack organization")
    return str(identifier)
