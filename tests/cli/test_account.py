"""Accounts are added, moved, suspended, closed and reopened within AWS's limits; comments of Pulumi.yaml stay."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from cli import account as commands
from cli.declared import declared_zone
from cli.errors import UsageError
from cli.main import app
from cli.settings_file import changed
from cli.workspace import Workspace
from operations import accounts
from operations.errors import OperationError
from zone.settings import SettingsError

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 29, tzinfo=UTC)


class Organization:
    """Organizations, CloudTrail and Account Management of an organization, with its limits."""

    def __init__(self, statuses: dict[str, str], closed: dict[str, datetime] | None = None) -> None:
        self.statuses, self.closed = statuses, closed
        self.names: dict[str, str] = {}

    def client(self, service: str, *, account: str | None = None, region: str | None = None) -> Any:
        del service, account, region
        return self

    def can_paginate(self, operation: str) -> bool:
        del operation
        return False

    def list_accounts(self) -> Any:
        return {"Accounts": [{"Id": number, "Status": status} for number, status in self.statuses.items()]}

    def lookup_events(self, *, StartTime: datetime, EndTime: datetime, **more: Any) -> Any:  # noqa: N803 - AWS's names
        del more
        if self.closed is None:
            raise ClientError({"Error": {"Code": "NotImplemented", "Message": ""}}, "LookupEvents")
        return {
            "Events": [
                {"EventTime": time, "Resources": [{"ResourceName": number}]}
                for number, time in self.closed.items()
                if StartTime <= time <= EndTime
            ]
        }

    def close_account(self, *, AccountId: str) -> None:  # noqa: N803 - AWS's name
        self.statuses[AccountId] = "SUSPENDED"

    def put_account_name(self, *, AccountId: str, AccountName: str) -> None:  # noqa: N803 - AWS's names
        self.names[AccountId] = AccountName


@pytest.mark.parametrize(("members", "allowed"), [(0, 10), (10, 10), (109, 10), (110, 11), (500, 50), (20_000, 1000)])
def test_closures_are_ten_percent_between_ten_and_a_thousand(members: int, allowed: int) -> None:
    assert accounts.closures_allowed(members) == allowed


def test_the_eleventh_closure_within_thirty_days_is_refused() -> None:
    numbers = [f"{number:012d}" for number in range(20)]
    closed = {number: NOW - timedelta(days=day) for day, number in enumerate(numbers[:10], start=1)}
    organization = Organization(dict.fromkeys(numbers, "ACTIVE"), closed)
    with pytest.raises(OperationError, match="allows 10 closures within 30 days, and 10 accounts were closed"):
        accounts.close(organization, numbers[15], NOW)
    assert organization.statuses[numbers[15]] == "ACTIVE"
    accounts.close(organization, numbers[15], NOW + timedelta(days=21))
    assert organization.statuses[numbers[15]] == "SUSPENDED"
    with pytest.raises(OperationError, match="is SUSPENDED already"):
        accounts.close(organization, numbers[15], NOW + timedelta(days=21))
    with pytest.raises(OperationError, match="not in the organization"):
        accounts.close(organization, "9" * 12, NOW)


def test_without_an_event_history_every_closed_account_counts() -> None:
    limit = accounts.closures(Organization({"1": "SUSPENDED", "2": "ACTIVE"}), NOW)
    assert (limit.count, limit.left, limit.exact) == (1, 9, False)


def test_account_is_reopened_within_ninety_days_only() -> None:
    closed = {"1": NOW - timedelta(days=89), "2": NOW - timedelta(days=91)}
    organization = Organization({"1": "SUSPENDED", "2": "SUSPENDED", "3": "ACTIVE"}, closed)
    assert accounts.reopenable(organization, "1", NOW) == "SUSPENDED"
    assert accounts.reopenable(organization, "3", NOW) == "ACTIVE"
    with pytest.raises(OperationError, match="more than 90 days ago"):
        accounts.reopenable(organization, "2", NOW)
    with pytest.raises(OperationError, match="Vend a new account"):
        accounts.reopenable(organization, "4", NOW)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "Pulumi.yaml"
    file.write_text((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return file


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["account", *words])
    assert result.exit_code == 0, f"{result.output} {result.exception}"
    return " ".join(result.output.split())


def refused(project: Path, *words: str) -> str:
    before, written = project.read_text(encoding="utf-8"), project.stat().st_mtime_ns
    result = CliRunner().invoke(app, ["account", *words])
    assert result.exit_code != 0, result.output
    assert project.stat().st_mtime_ns == written, "the file was written, even if with what it contained"
    assert project.read_text(encoding="utf-8") == before
    return str(result.exception)


def comments(text: str) -> list[str]:
    return re.findall(r"#.*", text)


def values(project: Path) -> Any:
    return yaml.safe_load(project.read_text(encoding="utf-8"))["config"]


VEND = ("vend", "ml-qa", "--email", "aws+ml-qa@hospital.example", "--ou", "Workloads/ML-Dev")


def test_vending_adds_account_and_network_and_names_the_stacks(project: Path) -> None:
    before = project.read_text(encoding="utf-8")
    output = run(*VEND, "--network", "us-east-1=10.64.0.0/16", "--segment", "dev", "--monthly-usd", "900")
    assert "Next: zone up organization baseline-ml-qa" in output
    assert "network-us-east-1" in output
    assert values(project)["hipaa-ml:accounts"]["value"]["ml-qa"] == {
        "email": "aws+ml-qa@hospital.example",
        "ou": "Workloads/ML-Dev",
        "monthly_usd": 900,
        "networks": {"us-east-1": "10.64.0.0/16"},
    }
    assert values(project)["hipaa-ml:network"]["value"]["segments"]["dev"]["accounts"] == ["ml-dev", "ml-qa"]
    assert comments(project.read_text(encoding="utf-8")) == comments(before)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("vend", "ml-dev", "--email", "x@y.example", "--ou", "Sandbox"), "has an account 'ml-dev' already"),
        (("vend", "ml-qa", "--email", "aws+ml-dev@hospital.example", "--ou", "Sandbox"), "No changes were made"),
        (("vend", "ml-qa", "--email", "x@y.example", "--ou", "Nowhere"), "No changes were made"),
        ((*VEND, "--network", "us-east-1=10.48.0.0/16", "--segment", "dev"), "No changes were made"),
        ((*VEND, "--network", "us-east-1"), "Give both --network and --segment"),
        ((*VEND, "--network", "x", "--segment", "dev"), "is not REGION=CIDR"),
        ((*VEND, "--network", "us-east-1=10.64.0.0/16", "--segment", "moon"), "allowed: shared, prod, staging, dev"),
        (("move", "ml-dev", "Nowhere"), "No changes were made"),
        (("move", "nobody", "Sandbox"), "Pulumi.yaml has no account 'nobody'"),
        (("close", "ml-dev"), "ml-dev is active; this needs an account that is suspended"),
        (("reopen", "ml-dev"), "this needs an account that is closed"),
        (("suspend", "log-archive"), "No changes were made"),
    ],
)
def test_mistakes_leave_the_file_as_it_is(project: Path, words: tuple[str, ...], message: str) -> None:
    assert message in refused(project, *words)


def test_sixth_account_in_creation_waits(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_pending", lambda settings, ids: ["a", "b", "c", "d", "e"])
    assert "AWS creates 5 accounts at a time" in refused(project, *VEND)
    monkeypatch.setattr(commands, "_pending", lambda settings, ids: ["a", "b", "c", "d"])
    run(*VEND)


def test_life_of_an_account(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    organization = Organization({"123123123123": "ACTIVE"}, {})
    monkeypatch.setattr(commands, "_aws", lambda workspace, settings, target: organization)
    before = comments(project.read_text(encoding="utf-8"))
    run(*VEND, "--network", "us-east-1=10.64.0.0/16", "--segment", "dev", "--id", "123123123123")
    assert "may never reach one another" in refused(project, "move", "ml-qa", "Workloads/ML-Staging")
    assert "Add --execute" in run("rename", "ml-qa", "Quality")
    run("rename", "ml-qa", "Quality", "--execute")
    assert organization.names == {"123123123123": "Quality"}
    run("suspend", "ml-qa")
    entry = values(project)["hipaa-ml:accounts"]["value"]["ml-qa"]
    assert (entry["ou"], entry["state"], entry["name"]) == ("Suspended", "suspended", "Quality")
    assert "networks" not in entry
    assert values(project)["hipaa-ml:network"]["value"]["segments"]["dev"]["accounts"] == ["ml-dev"]
    assert "10 of 10 closures are left" in run("close", "ml-qa")
    assert organization.statuses["123123123123"] == "ACTIVE"
    run("close", "ml-qa", "--execute")
    assert organization.statuses["123123123123"] == "SUSPENDED"
    assert values(project)["hipaa-ml:accounts"]["value"]["ml-qa"]["state"] == "closed"
    audited = declared_zone(Workspace.find().settings(), {}).accounts
    assert "ml-qa" not in {account.name for account in audited}
    organization.closed = {"123123123123": datetime.now(UTC) - timedelta(days=1)}
    unconfirmed = CliRunner().invoke(app, ["account", "reopen", "ml-qa"])
    assert unconfirmed.exit_code == 1
    assert "ask AWS Support" in " ".join(unconfirmed.output.split())
    organization.statuses["123123123123"] = "ACTIVE"
    run("reopen", "ml-qa")
    run("resume", "ml-qa", "Sandbox")
    assert "Next: zone up organization baseline-ml-qa" in run("move", "ml-qa", "Workloads/ML-Dev")
    assert values(project)["hipaa-ml:accounts"]["value"]["ml-qa"]["state"] == "active"
    assert comments(project.read_text(encoding="utf-8")) == before
    assert '"closures_left": 9' in run("list", "--target", "aws", "--json")


TEAMS = ("config", "hipaa-ml:data", "value", "teams")


def test_team_is_added_by_an_edit_and_one_that_owns_data_cannot_be_removed(project: Path) -> None:
    text = project.read_text(encoding="utf-8")
    added = changed(text, (*TEAMS, "radiology"), {"project": "triage"})
    project.write_text(added, encoding="utf-8")
    assert set(Workspace.find().settings().data.teams) == {"cardiology", "oncology", "radiology"}
    project.write_text(changed(added, (*TEAMS, "radiology"), None), encoding="utf-8")
    assert set(Workspace.find().settings().data.teams) == {"cardiology", "oncology"}
    project.write_text(changed(text, (*TEAMS, "oncology"), None), encoding="utf-8")
    with pytest.raises(SettingsError, match="oncology"):
        Workspace.find().settings()


TEXT = """\
config:
  a: # first
    value:
      x: 1 # one
      # before y
      y: {k: [p], m: 2}
      z:
        q: [r] # list
  # the end
"""


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("config", "a", "value", "x"), 7),
        (("config", "a", "value", "x"), None),
        (("config", "a", "value", "new"), {"e": "a@b.c", "n": {"us": "10.0.0.0/8"}}),
        (("config", "a", "value", "y", "k"), ["p", "0123"]),
        (("config", "a", "value", "y", "new"), "no"),
        (("config", "a", "value", "z", "q"), ["r", "s: t"]),
        (("config", "a", "value", "z", "state"), "closed"),
        (("config", "a", "value", "z"), {"q": "w"}),
        (("config", "a", "value", "absent"), None),
    ],
)
def test_one_value_changes_and_nothing_else(path: tuple[str, ...], value: Any) -> None:
    expected = yaml.safe_load(TEXT)
    parent = expected
    for key in path[:-1]:
        parent = parent[key]
    if value is None:
        parent.pop(path[-1], None)
    else:
        parent[path[-1]] = value
    result = changed(TEXT, path, value)
    assert yaml.safe_load(result) == expected
    assert set(comments(TEXT)) - {"# one", "# list"} <= set(comments(result))


@given(value=st.text(max_size=30))
def test_any_text_is_written_so_that_it_is_read_again(value: str) -> None:
    try:
        result = changed(TEXT, ("config", "a", "value", "z", "q"), value)
    except UsageError:
        return
    assert yaml.safe_load(result)["config"]["a"]["value"]["z"]["q"] == value


def test_file_that_is_no_yaml_or_lacks_the_key_is_refused() -> None:
    for text in ("a: [", "config: {}\n", "config: 3\n"):
        with pytest.raises(UsageError):
            changed(text, ("config", "a", "value", "x"), 1)
