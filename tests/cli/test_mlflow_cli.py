"""`zone mlflow open` says what it does, and what is missing."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.errors import UsageError
from cli.mlflow import app, session_command

ROOT = Path(__file__).parents[2]


def refused(monkeypatch: pytest.MonkeyPatch, *words: str, root: Path = ROOT) -> str:
    monkeypatch.chdir(root)
    result = CliRunner().invoke(app, ["open", *words])
    assert result.exit_code != 0
    assert isinstance(result.exception, UsageError), result.output
    return str(result.exception)


def zone_with(tmp_path: Path, old: str, new: str) -> Path:
    """A project whose reference configuration is changed."""
    text = (ROOT / "Pulumi.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "Pulumi.yaml").write_text(text.replace(old, new), encoding="utf-8")
    (tmp_path / "stacks").mkdir()
    return tmp_path


def test_environment_without_a_server_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(monkeypatch, "--in", "dev") == "no MLflow server in 'dev'; allowed: staging"


def test_production_takes_no_session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = "        environments: [staging]\n        certificate_authority"
    root = zone_with(tmp_path, old, old.replace("staging", "prod"))
    assert "control M9 denies sessions" in refused(monkeypatch, "--aws", root=root)


def test_missing_programs_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    message = refused(monkeypatch, "--aws")
    assert "not on PATH: aws (" in message
    assert "session-manager-plugin (" in message


def test_server_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    root = zone_with(tmp_path, "cardiology/readmission, permission: READ", "cardiology/readmission, permission: EDIT")
    assert ".venv-mlflow/bin/python does not exist" in refused(monkeypatch, root=root)


def test_session_forwards_a_port_to_the_load_balancer() -> None:
    words = session_command("i-0123456789abcdef0", "mlflow.staging.ml.internal", 8443)
    assert list(words[:5]) == ["aws", "ssm", "start-session", "--target", "i-0123456789abcdef0"]
    assert json.loads(words[-1]) == {
        "host": ["mlflow.staging.ml.internal"],
        "portNumber": ["443"],
        "localPortNumber": ["8443"],
    }
