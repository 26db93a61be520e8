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


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    file = tmp_path / "encounters.csv"
    file.write_text("encounter_id\n1\n", encoding="utf-8")
    return file


def test_upload_to_a_model_without_a_pipeline_is_refused(monkeypatch: pytest.MonkeyPatch, raw: Path) -> None:
    assert "no model 'sepsis' with a pipeline" in refused(monkeypatch, "upload", "sepsis", "--data", str(raw))


@pytest.mark.parametrize("name", ["missing.csv", "empty.csv", "notes.txt", "."])
def test_upload_of_what_is_no_data_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "notes.txt").write_text("text", encoding="utf-8")
    message = refused(monkeypatch, "upload", "readmission", "--data", str(tmp_path / name))
    assert message.endswith("a CSV file with raw data is needed, such as encounters.csv")


def test_upload_of_a_folder_that_is_no_names_model_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, raw: Path
) -> None:
    words = ("upload", "readmission", "--data", str(raw), "--names-model", str(tmp_path))
    assert "the folder of a spaCy model with meta.json is needed" in refused(monkeypatch, *words)


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
