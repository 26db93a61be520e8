"""The preflight finds what AWS would refuse, and reads what it cannot see as unknown, never as clean."""

import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.errors import UsageError
from cli.preflight import expected as expected_of
from cli.preflight import require_addendum, require_open_accounts, stacks_with_phi
from cli.rehearsed_aws import RehearsedAws
from cli.workspace import Workspace
from inspection.preflight import Check, Expected, ExpectedAccount, passed, preflight
from rehearsal.cloud import Cloud, Credentials

ROOT = Path(__file__).parents[2]
MANAGEMENT, EAST, WEST = "123456789012", "us-east-1", "us-west-2"
PROD = ExpectedAccount(key="ml-prod", name="ml-prod", email="aws+ml-prod@hospital.example", id=None)
EXPECTED = Expected(
    management_account=MANAGEMENT, organization=None, regions=(EAST, WEST), accounts=(PROD,), adopted={}
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    shutil.copyfile(ROOT / "Pulumi.yaml", folder / "Pulumi.yaml")
    return folder


@pytest.fixture(scope="module")
def cloud(project: Path) -> Iterator[Cloud]:
    """An emulated AWS without an organization; each test leaves it as it was."""
    cloud = Cloud.start(project / ".rehearsal", regions=(EAST, WEST), management_account=MANAGEMENT)
    yield cloud
    cloud.stop()


@pytest.fixture(scope="module")
def aws(cloud: Cloud) -> RehearsedAws:
    return accessed(cloud)


@pytest.fixture(scope="module")
def existing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RehearsedAws, str, str]]:
    """An emulated AWS with an organization and an account: clients, and both ids."""
    cloud = Cloud.start(tmp_path_factory.mktemp("existing"), regions=(EAST, WEST), management_account=MANAGEMENT)
    aws = accessed(cloud)
    client = aws.client("organizations")
    organization = client.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    created = client.create_account(Email="aws+existing@hospital.example", AccountName="Existing")
    yield aws, organization, created["CreateAccountStatus"]["AccountId"]
    cloud.stop()


def accessed(cloud: Cloud) -> RehearsedAws:
    return RehearsedAws(
        cloud.endpoints(), management_account=MANAGEMENT, access_role="OrganizationAccountAccessRole", region=EAST
    )


def unresolved(expected: Expected, aws: Any) -> dict[str, Check]:
    return {check.name: check for check in preflight(expected, aws) if check.verdict != "ok"}


def test_new_management_account_can_be_deployed_to(aws: RehearsedAws) -> None:
    checks = preflight(EXPECTED, aws)
    assert passed(checks)
    assert {check.name for check in checks} >= {"credentials", "organization", "quota of accounts", f"region {WEST}"}


def test_credentials_of_another_account_are_named(aws: RehearsedAws) -> None:
    check = unresolved(dataclasses.replace(EXPECTED, management_account="999999999999"), aws)["credentials"]
    assert "Use credentials of the management account 999999999999" in check.remedy


def test_region_that_the_account_does_not_have_is_found(aws: RehearsedAws) -> None:
    checks = unresolved(dataclasses.replace(EXPECTED, regions=(EAST, "xx-north-9")), aws)
    assert checks["region xx-north-9"].found == "not a region of this partition"


def test_existing_organization_must_be_adopted(existing: tuple[RehearsedAws, str, str]) -> None:
    aws, organization, _ = existing
    assert f"Set organization.id to {organization}" in unresolved(EXPECTED, aws)["organization"].remedy
    assert passed(preflight(dataclasses.replace(EXPECTED, organization=organization), aws))


def test_organization_of_the_settings_must_exist(aws: RehearsedAws) -> None:
    check = unresolved(dataclasses.replace(EXPECTED, organization="o-aaaaaaaaaa"), aws)["organization"]
    assert "organization.id is o-aaaaaaaaaa. Remove it" in check.remedy


@pytest.mark.parametrize(
    ("account", "remedy"),
    [
        ({"email": "AWS+existing@hospital.example"}, "Set accounts.ml-prod.id to {id} to adopt it"),
        ({"name": "Existing"}, "Set accounts.ml-prod.id to {id} to adopt it"),
        ({"id": "{id}"}, "Set accounts.ml-prod.name to 'Existing'"),
        ({"id": "111111111111"}, "Correct accounts.ml-prod.id"),
        ({"id": "{id}", "name": "Existing"}, ""),
    ],
)
def test_existing_account_must_be_adopted_by_id_and_name(
    existing: tuple[RehearsedAws, str, str], account: dict[str, str], remedy: str
) -> None:
    aws, organization, created = existing
    values = {key: value.format(id=created) for key, value in account.items()}
    declared = dataclasses.replace(PROD, **values)
    checks = unresolved(dataclasses.replace(EXPECTED, organization=organization, accounts=(declared,)), aws)
    if not remedy:
        assert not checks
        return
    assert remedy.format(id=created) in checks["account ml-prod"].remedy


def test_quotas_are_compared_with_what_the_zone_needs(cloud: Cloud, aws: RehearsedAws) -> None:
    many = tuple(dataclasses.replace(PROD, key=f"a{n}", name=f"a{n}", email=f"a{n}@h.example") for n in range(10))
    large = dataclasses.replace(EXPECTED, accounts=many, executions=105)
    checks = unresolved(large, aws)
    assert checks["quota of accounts"].found == "10; 11 needed, 1 of them exist"
    assert checks[f"quota of Lambda executions in {WEST}"].verdict == "warning"
    cloud.raise_quota("accounts", EAST, 11)
    for region in (EAST, WEST):
        cloud.raise_quota("executions", region, 105)
    assert not unresolved(large, aws)
    cloud.raise_quota("accounts", EAST, 10)


def test_terminated_addendum_stops_stacks_with_patient_data_alone(
    cloud: Cloud, aws: RehearsedAws, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    workspace = Workspace.find()
    require_addendum(workspace, ["organization", "data-prod"])
    cloud.set_addendum(active=False)
    assert unresolved(EXPECTED, aws)["Business Associate Addendum"].verdict == "failed"
    assert unresolved(dataclasses.replace(EXPECTED, holds_phi=False), aws)["Business Associate Addendum"].verdict == (
        "warning"
    )
    require_addendum(workspace, ["organization", "data-dev", "ml-dev"])
    for stack in ("data-prod", "ml-staging", "recovery-prod"):
        with pytest.raises(UsageError, match=f"{stack} may hold patients' data.*AWS Artifact, Agreements"):
            require_addendum(workspace, ["organization", stack])
    cloud.set_addendum(active=True)


@pytest.mark.parametrize(
    ("service", "singleton"), [("config", "config-role"), ("access-analyzer", "access-analyzer-role")]
)
def test_existing_service_linked_role_must_be_adopted(aws: RehearsedAws, service: str, singleton: str) -> None:
    adopting = dataclasses.replace(EXPECTED, adopted={"management": [singleton]})
    name = f"{singleton} of management"
    assert "Remove" in unresolved(adopting, aws)[name].remedy
    created = aws.client("iam").create_service_linked_role(AWSServiceName=f"{service}.amazonaws.com")
    role = created["Role"]["RoleName"]
    assert unresolved(EXPECTED, aws)[name].remedy == f"Add {singleton} to adopt.management."
    assert not unresolved(adopting, aws)
    aws.client("iam").delete_role(RoleName=role)


def test_existing_github_provider_must_be_adopted(aws: RehearsedAws) -> None:
    iam = aws.client("iam")
    created = iam.create_open_id_connect_provider(
        Url="https://token.actions.githubusercontent.com", ClientIDList=["sts.amazonaws.com"], ThumbprintList=["a" * 40]
    )
    assert "github-provider of management" in unresolved(EXPECTED, aws)
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=created["OpenIDConnectProviderArn"])


def test_principal_without_rights_makes_the_result_incomplete(cloud: Cloud, aws: RehearsedAws) -> None:
    iam = aws.client("iam")
    iam.create_user(UserName="reader")
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    reader = accessed(cloud)
    credentials = Credentials.of(key)
    reader._credentials[MANAGEMENT] = credentials  # pyright: ignore[reportPrivateUsage]
    checks = unresolved(EXPECTED, reader)
    assert {check.verdict for check in checks.values()} == {"unknown"}
    assert "not authorized to perform: artifact:ListCustomerAgreements" in checks["Business Associate Addendum"].found
    assert not passed(list(checks.values()))


def test_settings_of_the_reference_zone_are_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    expected = expected_of(Workspace.find().settings())
    assert "ml-prod" in {account.key for account in expected.accounts}
    assert expected.holds_phi
    assert stacks_with_phi(Workspace.find().settings()) >= {"data-prod", "ml-staging", "recovery-prod"}


def test_closed_account_stops_the_deployment_of_the_organization(
    existing: tuple[RehearsedAws, str, str], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Creating it again would fail half-way, since its e-mail address stays taken."""
    monkeypatch.chdir(project)
    settings = Workspace.find().settings()
    aws = existing[0]
    email = settings.accounts["ml-prod"].email
    created = aws.client("organizations").create_account(Email=email.upper(), AccountName="old name")
    number = created["CreateAccountStatus"]["AccountId"]
    require_open_accounts(settings, aws, ["organization"])
    aws.client("organizations").close_account(AccountId=number)
    with pytest.raises(
        UsageError, match=rf"account ml-prod: {number} is SUSPENDED.*accounts\.ml-prod\.state to closed"
    ):
        require_open_accounts(settings, aws, ["organization"])
    require_open_accounts(settings, aws, ["audit"])
    check = next(check for check in preflight(expected_of(settings), aws) if check.name == "account ml-prod")
    assert (check.verdict, check.found) == ("failed", f"{number} is SUSPENDED")
    values = settings.model_copy(
        update={
            "accounts": {
                **settings.accounts,
                "ml-prod": settings.accounts["ml-prod"].model_copy(update={"state": "closed"}),
            }
        }
    )
    require_open_accounts(values, aws, ["organization"])
