"""`zone model`: lists, approves, promotes, rolls back and invokes models."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from botocore.exceptions import ClientError
from rich.table import Table
from rich.text import Text

from cli import model_pull_request
from cli.errors import UsageError, console
from cli.model_access import Access, ProfileAccess, RehearsedAccess
from cli.options import JsonDocument
from cli.promotion import packages as registry
from cli.promotion import promote as promotion
from cli.promotion import release_file
from cli.promotion.artifacts import Bucket
from cli.promotion.images import Repository
from cli.promotion.packages import Package, Packages, refused
from cli.workspace import Workspace
from zone.settings import Settings
from zone.settings.ml import Model

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
    access = _access(workspace, settings, profile, account, None, None, settings.ml.promoters)
    rows: list[dict[str, Any]] = []
    for name in names:
        for environment in _model(settings, name).environments:
            released = _released(settings, name, environment)
            for package in _packages(access, settings, name, environment).all():
                rows.append(
                    {
                        "model": name,
                        "environment": environment,
                        **_summary(package),
                        "released": package.version == released,
                    }
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
    workspace = Workspace.find()
    settings = workspace.settings()
    environment = _environment(settings, model, where)
    access = _access(workspace, settings, profile, account, None, None, settings.ml.promoters)
    package = _packages(access, settings, model, environment).get(version)
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
def approve(  # noqa: PLR0917 - options of a command
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
def reject(  # noqa: PLR0917 - options of a command
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
def promote(  # noqa: PLR0917 - options of a command
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
    before = promotion.source_of(model, _model(settings, model).environments, to)
    if pull_request:
        model_pull_request.require_tools(workspace.root)
    access = _access(workspace, settings, profile, account, mfa_code, person, settings.ml.promoters)
    source = _place(access, settings, model, before)
    target = source if before == to else _place(access, settings, model, to)
    try:
        promoted = promotion.promote(model, source, target, version, lambda line: console.print(line, soft_wrap=True))
    except ClientError as error:
        raise refused(f"copy {model} from {before} to {to}", error) from None
    _write(workspace, model, to, promoted.release, "Promote", pull_request=pull_request)


@app.command()
def rollback(  # noqa: PLR0917 - options of a command
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
    environment = _environment(settings, model, where)
    if pull_request:
        model_pull_request.require_tools(workspace.root)
    access = _access(workspace, settings, profile, account, mfa_code, person, settings.ml.promoters)
    try:
        promoted = promotion.previous(
            model, _place(access, settings, model, environment), _released(settings, model, environment)
        )
    except ClientError as error:
        raise refused(f"read the release of {model} in {environment}", error) from None
    _write(workspace, model, environment, promoted.release, "Roll back", pull_request=pull_request)


@app.command()
def invoke(  # noqa: PLR0917 - options of a command
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
    environment = _environment(settings, model, where)
    body = file.read_bytes()
    try:
        json.loads(body)
    except ValueError as error:
        raise UsageError(f"{file}: not JSON: {error}") from None
    access = _access(workspace, settings, profile, account, mfa_code, person, settings.ml.promoters)
    client = access.client("sagemaker-runtime", environment, settings.zone.promotion_role)
    name = f"{model}-{environment}"
    try:
        answer = client.invoke_endpoint(EndpointName=name, ContentType="application/json", Body=body)
    except ClientError as error:
        raise refused(f"invoke {name}", error) from None
    typer.echo(answer["Body"].read().decode())


def _decide(  # noqa: PLR0917 - one of each
    model: str,
    version: str,
    where: str | None,
    status: str,
    reason: str,
    who: tuple[str | None, str | None, list[str] | None, str | None],
) -> None:
    workspace = Workspace.find()
    settings = workspace.settings()
    environment = _environment(settings, model, where)
    person, profile, account, mfa_code = who
    access = _access(workspace, settings, profile, account, mfa_code, person, settings.ml.approvers)
    client = access.client("sagemaker", environment, settings.zone.approver_role)
    packages = Packages(client, _group(settings, model), model, environment)
    decided = packages.decide(version, status, reason or f"{status} by {access.person}")
    console.print(f"Version {decided.version} of {model} in {environment}: {decided.status}", soft_wrap=True)


def _access(  # noqa: PLR0917 - one of each
    workspace: Workspace,
    settings: Settings,
    profile: str | None,
    accounts: list[str] | None,
    mfa_code: str | None,
    person: str | None,
    people: list[str],
) -> Access:
    if profile is not None:
        return ProfileAccess(settings, profile, _pairs(accounts or []), mfa_code)
    users = [arn.rpartition("/")[2] for arn in people if ":user/" in arn]
    if person is None:
        person = users[0] if users else "nobody"
    return RehearsedAccess(workspace=workspace, settings=settings, person=person)


def _pairs(texts: list[str]) -> Mapping[str, str]:
    pairs = dict(text.partition("=")[::2] for text in texts)
    for environment, account in pairs.items():
        if len(account) != 12 or not account.isdigit():  # noqa: PLR2004 - digits of an account ID
            raise UsageError(f"--account {environment}={account}: allowed is ENV=ID, with an ID of 12 digits")
    return pairs


def _model(settings: Settings, model: str) -> Model:
    if model not in settings.ml.models:
        allowed = ", ".join(settings.ml.models) or "none"
        raise UsageError(f"There is no model {model!r}. Models of Pulumi.yaml, hipaa-ml:ml: {allowed}")
    return settings.ml.models[model]


def _environment(settings: Settings, model: str, where: str | None) -> str:
    environments = _model(settings, model).environments
    first = next((name for name in promotion.ORDER if name in environments), environments[0])
    if where is not None and where not in environments:
        raise UsageError(f"{model} is not served in {where!r}. Environments of {model}: {', '.join(environments)}")
    return where or first


def _released(settings: Settings, model: str, environment: str) -> str | None:
    release = settings.ml.served_in(environment)[model].release
    return release.version if release else None


def _group(settings: Settings, model: str) -> str:
    return f"{settings.name_prefix}-{model}"


def _packages(access: Access, settings: Settings, model: str, environment: str) -> Packages:
    return Packages(access.reader(environment), _group(settings, model), model, environment)


def _place(access: Access, settings: Settings, model: str, environment: str) -> promotion.Environment:
    role, prefix = settings.zone.promotion_role, settings.name_prefix
    bucket = f"{prefix}-artifacts-{access.account(environment)}-{settings.regions.primary}"
    return promotion.Environment(
        name=environment,
        packages=Packages(access.client("sagemaker", environment, role), _group(settings, model), model, environment),
        bucket=Bucket(client=access.client("s3", environment, role), name=bucket),
        repository=Repository(client=access.client("ecr", environment, role), name=f"{prefix}/{model}"),
    )


def _summary(package: Package) -> Mapping[str, Any]:
    return {
        "version": package.version,
        "status": package.status,
        "author": package.author,
        "created": package.created,
        "arn": package.arn,
    }


def _write(  # noqa: PLR0917 - one of each
    workspace: Workspace,
    model: str,
    environment: str,
    release: release_file.Release,
    verb: str,
    *,
    pull_request: bool,
) -> None:
    """Writes the release, and checks that the settings of the stack have it."""
    file = workspace.root / "Pulumi.yaml"
    before = file.read_text(encoding="utf-8")
    path = ("config", "hipaa-ml:ml", "value", "models", model)
    after = release_file.edited(before, path, environment, release)
    if after == before:
        console.print(f"Pulumi.yaml has version {release.version} of {model} in {environment} already.")
        return
    release_file.write(file, after)
    effective = workspace.settings(f"ml-{environment}").ml.served_in(environment)[model].release
    if effective is None or effective.model_dump() != asdict(release):
        release_file.write(file, before)
        raise UsageError(
            f"stacks/Pulumi.ml-{environment}.yaml overrides the release of {model}. Remove it there; nothing was changed."
        )
    title = f"ml: {verb.lower()} {model} to version {release.version} in {environment}"
    if pull_request:
        branch = f"release/{model}-{release.version}-{environment}-{verb.lower().replace(' ', '-')}"
        console.print(
            model_pull_request.open_pull_request(workspace.root, branch, title, f"Written by `zone model {verb}`.")
        )
        return
    typer.echo(release_file.difference(before, after), nl=False)
    console.print(
        f"\nPulumi.yaml is changed. Commit it on a branch and open a pull request ({title}); "
        f"when it is merged, the stack ml-{environment} deploys the release.",
        soft_wrap=True,
    )
