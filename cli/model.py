"""`zone model`: lists, approves, promotes, rolls back and invokes models."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from botocore.exceptions import ClientError
from rich.table import Table
from rich.text import Text

from cli import model_comparison, model_health, model_image, model_pull_request, settings_file
from cli.errors import UsageError, console
from cli.model_access import Access
from cli.model_context import (
    access_of,
    environment_of,
    group_of,
    model_of,
    packages_of,
    place_of,
    released_version,
    summary_of,
    write_release,
)
from cli.options import JsonDocument
from cli.promotion import packages as registry
from cli.promotion import promote as promotion
from cli.promotion import release_file
from cli.promotion.packages import Packages, refused
from cli.workspace import Workspace
from zone.settings import Settings

app = typer.Typer(
    help="List, approve, promote, roll back and invoke models.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
Name = Annotated[str, typer.Argument(metavar="MODEL", help="A model of Pulumi.yaml, hipaa-ml:ml.")]
Version = Annotated[str, typer.Argument(metavar="VERSION", help="A version of `zone model list`.")]
Where = Annotated[str | None, typer.Option("--in", metavar="ENV", help="Environment. Default: the model's first.")]
Person = Annotated[
    str | None, typer.Option("--as", metavar="USER", help="Emulated AWS: the user that acts, of Pulumi.yaml.")
]
Profile = Annotated[
    str | None, typer.Option(metavar="NAME", help="AWS: profile of the AWS CLI. Without: the emulated AWS.")
]
Accounts = Annotated[
    list[str] | None, typer.Option("--account", metavar="ENV=ID", help="AWS: account of an environment.")
]
MfaCode = Annotated[str | None, typer.Option(metavar="CODE", help="AWS: code of the MFA device of an IAM user.")]
Reason = Annotated[str, typer.Option(help="Reason of the decision; it is recorded.")]
PullRequest = Annotated[
    bool, typer.Option("--open-pull-request", help="Commit Pulumi.yaml on a branch and open a pull request with gh.")
]


@app.command("list")
def list_models(
    model: Annotated[str | None, typer.Argument(metavar="MODEL", help="Only this model.")] = None,
    profile: Profile = None,
    account: Accounts = None,
    as_json: JsonDocument = False,
) -> None:
    """List the versions of models in every environment, and which is released."""
    workspace = Workspace.find()
    settings = workspace.settings()
    names = [model] if model else list(settings.ml.models)
    access = access_of(workspace, settings, profile, account, None, None, settings.ml.promoters)
    rows: list[dict[str, Any]] = []
    for name in names:
        for environment in model_of(settings, name).environments:
            released = released_version(settings, name, environment)
            rows.extend(
                {
                    "model": name,
                    "environment": environment,
                    **summary_of(package),
                    "released": package.version == released,
                }
                for package in packages_of(access, settings, name, environment).all()
            )
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("model", "environment", "version", "status", "released", "author", "registered"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        cells = ("model", "environment", "version", "status", "released", "author", "created")
        table.add_row(*(Text("yes" if row[cell] is True else str(row[cell] or "")) for cell in cells))
    console.print(table)
    if not rows:
        console.print("No version is registered. `make retrain` or the pipeline of a model registers versions.")


@app.command()
def show(
    model: Name,
    version: Version,
    where: Where = None,
    profile: Profile = None,
    account: Accounts = None,
    as_json: JsonDocument = False,
) -> None:
    """Show a version: status, author, metrics, data version, commit and digests."""
    settings, environment, access = _reading(model, where, profile, account)
    package = packages_of(access, settings, model, environment).get(version)
    document = {"model": model, "environment": environment, **asdict(package), "metrics": dict(package.metrics)}
    if as_json:
        typer.echo(json.dumps(document, indent=2))
        return
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for key in ("model", "environment", "version", "status", "note", "created", "description", "arn"):
        table.add_row(key, Text(str(document[key])))
    for key, value in sorted(package.properties.items()):
        table.add_row(key, Text(value))
    console.print(table)


@app.command()
def health(
    model: Name,
    where: Where = None,
    profile: Profile = None,
    account: Accounts = None,
    as_json: JsonDocument = False,
) -> None:
    """Show endpoint, monitor, figures and alarms. Exit code 1: needs attention; 3: not known."""
    settings, environment, access = _reading(model, where, profile, account)
    read = model_health.health_of(access, settings, model, environment)
    if as_json:
        typer.echo(json.dumps(model_health.document(read), indent=2, default=str))
    else:
        model_health.display(read)
    raise typer.Exit(model_health.EXIT_CODES[read.state])


@app.command()
def compare(
    model: Name,
    where: Where = None,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write the report as HTML.")] = None,
    person: Person = None,
    profile: Profile = None,
    account: Accounts = None,
    mfa_code: MfaCode = None,
    as_json: JsonDocument = False,
) -> None:
    """Compare the shadow variant with the served version. Exit code 1: it performs worse; 3: not known."""
    workspace = Workspace.find()
    settings = workspace.settings()
    environment = environment_of(settings, model, where)
    access = access_of(workspace, settings, profile, account, mfa_code, person, settings.ml.promoters)
    compared = model_comparison.read(access, settings, model, environment)
    if output is not None:
        output.write_text(compared.page, encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(compared.document, indent=2))
    else:
        model_comparison.display(compared)
        if output is not None:
            console.print(f"report: {output}", soft_wrap=True)
    raise typer.Exit(model_comparison.exit_code(compared))


@app.command()
def approve(
    model: Name,
    version: Version,
    where: Where = None,
    reason: Reason = "",
    person: Person = None,
    profile: Profile = None,
    account: Accounts = None,
    mfa_code: MfaCode = None,
) -> None:
    """Approve a version. IAM denies it to the version's author. Exit code 3: denied."""
    _decide(model, version, where, registry.APPROVED, reason, (person, profile, account, mfa_code))


@app.command()
def reject(
    model: Name,
    version: Version,
    where: Where = None,
    reason: Reason = "",
    person: Person = None,
    profile: Profile = None,
    account: Accounts = None,
    mfa_code: MfaCode = None,
) -> None:
    """Reject a version; it is never promoted and no rollback returns to it."""
    _decide(model, version, where, registry.REJECTED, reason, (person, profile, account, mfa_code))


@app.command()
def promote(
    model: Name,
    to: Annotated[str, typer.Option("--to", metavar="ENV", help="Environment that receives the version.")],
    version: Annotated[str | None, typer.Option(help="Default: the newest approved version.")] = None,
    pull_request: PullRequest = False,
    person: Person = None,
    profile: Profile = None,
    account: Accounts = None,
    mfa_code: MfaCode = None,
) -> None:
    """Copy an approved version to an environment, and write its release into Pulumi.yaml.

    The artifact and the image are copied by digest from the environment before. Exit codes: 2 unknown model, version or
    environment; 3 not approved or denied; 4 an artifact or image is missing or altered. Pulumi.yaml is then unchanged.
    """
    workspace = Workspace.find()
    settings = workspace.settings()
    before = promotion.source_of(model, model_of(settings, model).environments, to)
    if pull_request:
        model_pull_request.require_tools(workspace.root)
    access = access_of(workspace, settings, profile, account, mfa_code, person, settings.ml.promoters)
    source = place_of(access, workspace, settings, model, before)
    target = source if before == to else place_of(access, workspace, settings, model, to)
    try:
        promoted = promotion.promote(model, source, target, version, lambda line: console.print(line, soft_wrap=True))
    except ClientError as error:
        raise refused(f"copy {model} from {before} to {to}", error) from None
    write_release(workspace, model, to, promoted.release, "Promote", pull_request=pull_request)


@app.command()
def rollback(
    model: Name,
    where: Annotated[str, typer.Option("--in", metavar="ENV", help="Environment that returns to the release before.")],
    pull_request: PullRequest = False,
    person: Person = None,
    profile: Profile = None,
    account: Accounts = None,
    mfa_code: MfaCode = None,
) -> None:
    """Restore the release before the current one from the registry, and write it into Pulumi.yaml.

    Rejected versions are skipped. Exit codes as for `promote`.
    """
    workspace = Workspace.find()
    settings = workspace.settings()
    environment = environment_of(settings, model, where)
    if pull_request:
        model_pull_request.require_tools(workspace.root)
    access = access_of(workspace, settings, profile, account, mfa_code, person, settings.ml.promoters)
    try:
        promoted = promotion.previous(
            model,
            place_of(access, workspace, settings, model, environment),
            released_version(settings, model, environment),
        )
    except ClientError as error:
        raise refused(f"read the release of {model} in {environment}", error) from None
    write_release(workspace, model, environment, promoted.release, "Roll back", pull_request=pull_request)


@app.command()
def invoke(
    model: Name,
    where: Annotated[str, typer.Option("--in", metavar="ENV", help="Environment of the endpoint.")],
    file: Annotated[Path, typer.Option(metavar="FILE", help="Request body, JSON, without patients' data in tests.")],
    person: Person = None,
    profile: Profile = None,
    account: Accounts = None,
    mfa_code: MfaCode = None,
) -> None:
    """Send a request to the endpoint of a model and print the response."""
    workspace = Workspace.find()
    settings = workspace.settings()
    environment = environment_of(settings, model, where)
    body = file.read_bytes()
    try:
        json.loads(body)
    except ValueError as error:
        raise UsageError(f"{file}: not JSON: {error}") from None
    access = access_of(workspace, settings, profile, account, mfa_code, person, settings.ml.promoters)
    client = access.client("sagemaker-runtime", environment, settings.zone.promotion_role)
    name = f"{model}-{environment}"
    try:
        answer = client.invoke_endpoint(EndpointName=name, ContentType="application/json", Body=body)
    except ClientError as error:
        raise refused(f"invoke {name}", error) from None
    typer.echo(answer["Body"].read().decode())


@app.command()
def image(model: Name, where: Where = None) -> None:
    """Push the inference server as the model's image, in the rehearsal.

    The emulated SageMaker runs the inference server of this checkout in its place. The digest is written into
    Pulumi.yaml, for the versions that the pipeline registers next. On AWS: `docker push` and the same key.
    """
    workspace = Workspace.find()
    settings = workspace.settings()
    environment = environment_of(settings, model, where)
    pipeline = model_of(settings, model).pipeline
    if pipeline is None or pipeline.environment != environment:
        raise UsageError(f"{model} has no pipeline in {environment}, so its release names the image")
    access = access_of(workspace, settings, None, None, None, None, settings.ml.promoters)
    digest = model_image.push(workspace, settings, model, access.account(environment))
    file = workspace.root / "Pulumi.yaml"
    before = file.read_text(encoding="utf-8")
    path = ("config", "hipaa-ml:ml", "value", "models", model, "pipeline", "serving_image_digest")
    after = settings_file.changed(before, path, digest)
    workspace.settings(project_text=after)
    release_file.write(file, after)
    console.print(f"{settings.name_prefix}/{model}@{digest}", soft_wrap=True)
    typer.echo(release_file.difference(before, after), nl=False)


def _reading(
    model: str, where: str | None, profile: str | None, account: list[str] | None
) -> tuple[Settings, str, Access]:
    """Settings, environment and access of a command that reads one model in one environment."""
    workspace = Workspace.find()
    settings = workspace.settings()
    environment = environment_of(settings, model, where)
    return settings, environment, access_of(workspace, settings, profile, account, None, None, settings.ml.promoters)


def _decide(
    model: str,
    version: str,
    where: str | None,
    status: str,
    reason: str,
    who: tuple[str | None, str | None, list[str] | None, str | None],
) -> None:
    workspace = Workspace.find()
    settings = workspace.settings()
    environment = environment_of(settings, model, where)
    person, profile, account, mfa_code = who
    access = access_of(workspace, settings, profile, account, mfa_code, person, settings.ml.approvers)
    client = access.client("sagemaker", environment, settings.zone.approver_role)
    packages = Packages(client, group_of(settings, model), model, environment)
    decided = packages.decide(version, status, reason or f"{status} by {access.person}")
    console.print(f"Version {decided.version} of {model} in {environment}: {decided.status}", soft_wrap=True)
