"""What the commands of `zone model` share: model, environment, access, and the release that is written."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import typer

from cli import model_pull_request
from cli.errors import UsageError, console
from cli.model_access import Access, ProfileAccess, RehearsedAccess
from cli.model_trust import trust_of
from cli.promotion import promote as promotion
from cli.promotion import release_file
from cli.promotion.artifacts import Bucket
from cli.promotion.images import Repository
from cli.promotion.packages import Package, Packages
from cli.workspace import Workspace
from zone.settings import Settings
from zone.settings.ml import Model


def access_of(
    workspace: Workspace,
    settings: Settings,
    profile: str | None,
    accounts: list[str] | None,
    mfa_code: str | None,
    person: str | None,
    people: list[str],
) -> Access:
    """The access of a command: AWS when a profile is named, else the emulated AWS.

    `people` are the ARNs whose first user acts in the emulated AWS when no person is named.
    """
    if profile is not None:
        return ProfileAccess(settings, profile, _pairs(accounts or []), mfa_code)
    users = [arn.rpartition("/")[2] for arn in people if ":user/" in arn]
    if person is None:
        person = users[0] if users else "nobody"
    return RehearsedAccess(workspace=workspace, settings=settings, person=person)


def _pairs(texts: list[str]) -> Mapping[str, str]:
    pairs = {environment: account for environment, _, account in (text.partition("=") for text in texts)}
    for environment, account in pairs.items():
        if len(account) != 12 or not account.isdigit():  # noqa: PLR2004 - digits of an account ID
            raise UsageError(f"--account {environment}={account}: allowed is ENV=ID, with an ID of 12 digits")
    return pairs


def model_of(settings: Settings, model: str) -> Model:
    """The settings of a model. Raises UsageError if there is none."""
    if model not in settings.ml.models:
        allowed = ", ".join(settings.ml.models) or "none"
        raise UsageError(f"There is no model {model!r}. Models of Pulumi.yaml, hipaa-ml:ml: {allowed}")
    return settings.ml.models[model]


def environment_of(settings: Settings, model: str, where: str | None) -> str:
    """The environment of an option, or the first of the model. Raises UsageError if the model is not served there."""
    environments = model_of(settings, model).environments
    first = next((name for name in promotion.ORDER if name in environments), environments[0])
    if where is not None and where not in environments:
        raise UsageError(f"{model} is not served in {where!r}. Environments of {model}: {', '.join(environments)}")
    return where or first


def released_version(settings: Settings, model: str, environment: str) -> str | None:
    """Version of the current release in an environment; None without a release."""
    release = settings.ml.served_in(environment)[model].release
    return release.version if release else None


def group_of(settings: Settings, model: str) -> str:
    """Name of the model package group."""
    return f"{settings.name_prefix}-{model}"


def packages_of(access: Access, settings: Settings, model: str, environment: str) -> Packages:
    """The packages of a model, for reading."""
    return Packages(access.reader(environment), group_of(settings, model), model, environment)


def place_of(
    access: Access, workspace: Workspace, settings: Settings, model: str, environment: str
) -> promotion.Environment:
    """The packages, artifacts and images of a model in an environment, as the role that promotes."""
    role, prefix = settings.zone.promotion_role, settings.name_prefix
    bucket = f"{prefix}-artifacts-{access.account(environment)}-{settings.regions.primary}"
    return promotion.Environment(
        name=environment,
        packages=Packages(access.client("sagemaker", environment, role), group_of(settings, model), model, environment),
        bucket=Bucket(client=access.client("s3", environment, role), name=bucket),
        repository=Repository(client=access.client("ecr", environment, role), name=f"{prefix}/{model}"),
        trust=trust_of(access, workspace, settings, environment),
    )


def summary_of(package: Package) -> Mapping[str, Any]:
    """What a list shows of a package."""
    return {
        "version": package.version,
        "status": package.status,
        "author": package.author,
        "created": package.created,
        "arn": package.arn,
    }


def write_release(
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
            f"stacks/Pulumi.ml-{environment}.yaml overrides the release of {model}. Remove it there. "
            "Nothing was changed."
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
