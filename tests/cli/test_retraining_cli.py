"""`zone pipeline` refuses what is not configured, by name and with what is allowed."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.errors import UsageError
from cli.retraining import app

ROOT = Path(__file__).parents[2]


def refused(monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code != 0
    assert isinstance(result.exception, UsageError), result.output
    return str(result.exception)


@pytest.mark.parametrize("command", ["run", "status", "logs"])
def test_model_without_a_pipeline_is_refused(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    assert refused(monkeypatch, command, "sepsis") == (
        "no model 'sepsis' with a pipeline; allowed: readmission, length-of-stay"
    )


def test_another_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    message = refused(monkeypatch, "run", "readmission", "--environment", "prod")
    assert message == "readmission is not trained in 'prod'; allowed: staging"


def test_data_that_is_no_s3_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "--data 'raw.csv' is not an S3 address" in refused(monkeypatch, "run", "readmission", "--data", "raw.csv")
