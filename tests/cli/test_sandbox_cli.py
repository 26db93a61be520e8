"""`zone sandbox`: entries of Pulumi.yaml with every comment kept, times, and mistakes that change nothing."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from cli import main as command_line
from cli.errors import UsageError
from cli.sandbox import app
from cli.sandbox_file import edited
from zone.settings.sandboxes import TIME

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "Pulumi.yaml").read_text(encoding="utf-8")
ENTRY = {"account": "sandbox", "model": "readmission", "expires_at": "2026-12-24T18:00:00Z"}


def test_entry_is_added_replaced_and_removed_and_all_else_stays() -> None:
    added = edited(TEXT, "alice", ENTRY)
    assert added.startswith(TEXT.rstrip("\n"))
    both = edited(added, "bob", {**ENTRY, "budget_usd": 5, "instance_types": ["ml.m5.large"]})
    assert yaml.safe_load(both)["config"]["hipaa-ml:sandboxes"]["value"]["bob"]["budget_usd"] == 5
    changed = edited(both, "alice", {**ENTRY, "expires_at": "2027-01-01T00:00:00Z"})
    assert changed == both.replace('expires_at: "2026-12-24', 'expires_at: "2027-01-01', 1).replace(
        "2027-01-01T18", "2027-01-01T00", 1
    )
    assert edited(edited(changed, "alice", None), "bob", None) == TEXT
    assert edited(TEXT, "nobody", None) == TEXT


def test_comments_beside_the_entries_stay() -> None:
    text = edited(TEXT, "alice", ENTRY).replace("      alice:", "      # for the seminar\n      alice:")
    text += "      # behind the last\n"
    changed = edited(text, "bob", ENTRY)
    assert "# for the seminar" in changed
    assert "# behind the last" in edited(changed, "alice", None)


@pytest.mark.parametrize(
    "text", ["config: {a: 1}\n", "config: [\n", 'config:\n  "hipaa-ml:sandboxes": {value: {a: 1}}\n']
)
def test_file_that_cannot_be_edited_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"Pulumi\.yaml"):
        edited(text, "alice", ENTRY)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def zone(*words: str) -> tuple[str, object]:
    result = CliRunner().invoke(app, list(words))
    return result.output, result.exception


def test_create_writes_configuration_only(project: Path) -> None:
    output, error = zone("create", "alice", "--model", "readmission", "--hours", "72", "--configuration-only")
    assert error is None, output
    entry = yaml.safe_load((project / "Pulumi.yaml").read_text())["config"]["hipaa-ml:sandboxes"]["value"]["alice"]
    hours = datetime.strptime(entry["expires_at"], TIME).replace(tzinfo=UTC) - datetime.now(UTC)
    assert timedelta(hours=71.9) < hours <= timedelta(hours=72)
    assert entry["account"] == "sandbox"
    assert "USD in 72 hours" in " ".join(output.split())
    before = (project / "Pulumi.yaml").read_text()
    _, error = zone("create", "bob", "--model", "readmission", "--configuration-only")
    assert "Every sandbox account holds a sandbox (sandbox: alice)" in str(error)
    _, error = zone("create", "alice", "--model", "readmission", "--configuration-only")
    assert "There is a sandbox 'alice' already" in str(error)
    assert (project / "Pulumi.yaml").read_text() == before
    assert zone("extend", "alice", "--hours", "24", "--configuration-only")[1] is None
    listed = json.loads(zone("list", "--json")[0])["sandboxes"]
    assert [(sandbox["state"], sandbox["hours_left"]) for sandbox in listed] == [("not deployed", 96.0)]
    _, error = zone("extend", "alice", "--hours", "700", "--configuration-only")
    assert "allowed: at most 624" in str(error)
    assert zone("destroy", "alice", "--configuration-only")[1] is None
    assert (project / "Pulumi.yaml").read_text() == TEXT


def test_expired_sandbox_is_listed_as_expired(project: Path) -> None:
    expired = {**ENTRY, "expires_at": "2026-01-01T00:00:00Z"}
    (project / "Pulumi.yaml").write_text(edited(TEXT, "old", expired), encoding="utf-8")
    [sandbox] = json.loads(zone("list", "--json")[0])["sandboxes"]
    assert (sandbox["state"], sandbox["hours_left"]) == ("expired", 0.0)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("create", "A_b", "--model", "readmission"), "sandboxes.A_b: 'A_b' is not allowed; allowed: 2 to 20"),
        (("create", "prod", "--model", "readmission"), "'prod' is the name of an environment"),
        (("create", "alice", "--model", "readmision"), "did you mean 'readmission'?"),
        (("create", "alice", "--model", "readmission", "--account", "ml-prod"), "allowed: sandbox"),
        (
            ("create", "alice", "--model", "readmission", "--hours", "721"),
            "--hours 721 is not allowed; allowed",
        ),
        (("create", "alice", "--model", "readmission", "--budget-usd", "0"), "budget_usd"),
        (("extend", "alice", "--hours", "1"), "There is no sandbox 'alice'. Sandboxes: none"),
        (("destroy", "alice"), "There is no sandbox 'alice'"),
    ],
)
def test_mistake_names_what_is_allowed_and_changes_nothing(project: Path, words: tuple[str, ...], message: str) -> None:
    _, error = zone(*words)
    assert isinstance(error, UsageError)
    assert message in str(error)
    assert (project / "Pulumi.yaml").read_text(encoding="utf-8") == TEXT


def test_command_is_listed() -> None:
    assert "sandbox" in command_line.COMMANDS
