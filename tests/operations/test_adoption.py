"""`zone adopt`: what exists is adopted under the printed configuration, and nothing is written."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from cli.main import app
from cli.rehearsed_aws import RehearsedAws
from operations.adoption import adoption
from operations.adoption_model import Part
from tests.operations.conftest import EAST, ROOT
from zone.settings import Settings, settings_from_files


def settings(project: Path) -> Settings:
    return settings_from_files(project, "organization")


def of(parts: list[Part], kind: str) -> dict[str, Part]:
    return {part.name: part for part in parts if part.kind == kind}


@pytest.fixture(scope="module")
def existing(aws: RehearsedAws, project: Path) -> dict[str, str]:
    """An organization with an OU, two accounts, trusted access, a recorder, a detector and administrators."""
    assert {part.outcome for part in adoption(settings(project), aws)} == {"create"}
    client = aws.client("organizations")
    organization = client.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    root = client.list_roots()["Roots"][0]["Id"]
    security = client.create_organizational_unit(ParentId=root, Name="Security")["OrganizationalUnit"]["Id"]
    client.create_organizational_unit(ParentId=root, Name="HIS")

    def create(name: str, email: str) -> str:
        return str(client.create_account(Email=email, AccountName=name)["CreateAccountStatus"]["AccountId"])

    archive = create("Log Archive", "aws+log-archive@hospital.example")
    tooling = create("security-tooling", "other@hospital.example")
    create("legacy", "legacy@hospital.example")
    client.move_account(AccountId=archive, SourceParentId=root, DestinationParentId=security)
    for service in ("stacksets.cloudformation.amazonaws.com", "guardduty.amazonaws.com", "config.amazonaws.com"):
        client.enable_aws_service_access(ServicePrincipal=service)
    client.register_delegated_administrator(AccountId=tooling, ServicePrincipal="guardduty.amazonaws.com")
    client.register_delegated_administrator(AccountId=archive, ServicePrincipal="config.amazonaws.com")
    detector = aws.client("guardduty", account=tooling, region=EAST).create_detector(Enable=True)["DetectorId"]
    aws.client("iam").create_service_linked_role(AWSServiceName="config.amazonaws.com")
    recorder = {"name": "default", "roleARN": f"arn:aws:iam::{archive}:role/recorder"}
    aws.client("config", account=archive, region=EAST).put_configuration_recorder(ConfigurationRecorder=recorder)
    return {
        "organization": organization,
        "security": security,
        "archive": archive,
        "tooling": tooling,
        "detector": detector,
    }


@pytest.fixture
def parts(existing: dict[str, str], aws: RehearsedAws, project: Path) -> list[Part]:
    del existing
    return adoption(settings(project), aws)


def test_organization_and_ous_are_adopted_by_id(parts: list[Part], existing: dict[str, str]) -> None:
    assert of(parts, "organization")["organization"].configuration == {("organization", "id"): existing["organization"]}
    units = of(parts, "OU")
    assert units["Security"].configuration == {("organizational_unit_ids", "Security"): existing["security"]}
    assert (units["Workloads"].outcome, units["HIS"].outcome) == ("create", "keep")


def test_accounts_are_found_by_email_or_name(parts: list[Part], existing: dict[str, str]) -> None:
    accounts = of(parts, "account")
    assert accounts["log-archive"].outcome == "adopt"
    assert accounts["log-archive"].configuration == {
        ("accounts", "log-archive", "id"): existing["archive"],
        ("accounts", "log-archive", "name"): "Log Archive",
    }
    assert (accounts["security-tooling"].outcome, accounts["security-tooling"].remedy) == (
        "change",
        "It is moved to Security",
    )
    assert (accounts["ml-prod"].outcome, accounts["legacy"].outcome) == ("create", "keep")
    [excluded] = accounts["legacy"].configuration[("security", "excluded_account_ids")]
    assert accounts["legacy"].found.startswith(excluded), "an account without recorder makes conformance packs fail"


def test_services_are_compared_with_the_settings(parts: list[Part], existing: dict[str, str]) -> None:
    assert "stacksets.cloudformation.amazonaws.com" in of(parts, "trusted access")
    administrators = of(parts, "administrator")
    assert administrators["guardduty.amazonaws.com"].outcome == "adopt"
    assert administrators["config.amazonaws.com"].outcome == "conflict"
    assert "accounts.security-tooling.administers names config" in administrators["config.amazonaws.com"].remedy
    assert of(parts, "detector")[EAST].configuration == {("security", "detectors", EAST): existing["detector"]}
    assert of(parts, "recorder")[f"log-archive, {EAST}"].outcome == "conflict"
    assert of(parts, "singleton")["config-role of management"].configuration == {
        ("adopt", "management"): ["config-role"]
    }


def merge(into: dict[str, Any], values: dict[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, dict):
            merge(into.setdefault(key, {}), value)
        else:
            into[key] = value


def test_printed_configuration_is_valid_and_leaves_nothing_to_set(
    existing: dict[str, str], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del existing
    monkeypatch.chdir(project)
    before = (project / "Pulumi.yaml").read_bytes()
    result = CliRunner().invoke(app, ["adopt", "--json"])
    assert result.exit_code == 1, result.output
    document = json.loads(result.output)
    assert document["ok"] is False
    assert (project / "Pulumi.yaml").read_bytes() == before

    text = CliRunner().invoke(app, ["adopt"]).output
    printed = yaml.safe_load(text.partition("nothing was written:\n")[2].rpartition("\n\n")[0])
    assert printed == document["configuration"]
    content = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))
    merge(content["config"], printed)
    (project / "Pulumi.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    try:
        again = json.loads(CliRunner().invoke(app, ["adopt", "--json"]).output)
    finally:
        (project / "Pulumi.yaml").write_bytes(before)
    assert again["configuration"] == {}
