"""The MLflow server's settings, passwords and sign-in, without MLflow."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import boto3
import pytest
from flask import Flask, Response
from moto import mock_aws

from workloads.tracking import passwords, settings, users
from workloads.tracking.settings import TrackingError, TrackingSettings

ROOT = Path(__file__).parents[2]


def variables(folder: Path, **changes: str) -> Mapping[str, str]:
    sources = {user: str(folder / f"{user}.json") for user in ("mlflow-admin", "cardiology", "oncology")}
    return {
        "TRACKING_ADMINISTRATOR": "mlflow-admin",
        "TRACKING_ARTIFACTS": "s3://artifacts/mlflow",
        "TRACKING_FOLDER": str(folder / "server"),
        "TRACKING_HOST": "mlflow.staging.ml.internal",
        "TRACKING_USERS": json.dumps(sources),
        **changes,
    }


@pytest.fixture
def loaded(tmp_path: Path) -> TrackingSettings:
    for user in ("mlflow-admin", "cardiology", "oncology"):
        write_ring(tmp_path, user, f"{user}-1", f"{user}-2", f"{user}-3")
    return settings.load(variables(tmp_path))


def write_ring(folder: Path, user: str, *values: str) -> None:
    keys = [{"id": f"k{number}", "secret": value} for number, value in enumerate(values, start=1)]
    (folder / f"{user}.json").write_text(json.dumps({"keys": keys}), encoding="utf-8")


def answer(
    loaded: TrackingSettings, monkeypatch: pytest.MonkeyPatch, path: str, *, auth: tuple[str, str] | None, **body: str
) -> int:
    """Status of the refusal, or 200."""
    monkeypatch.setenv(users.CREDENTIALS, str(loaded.credentials))
    monkeypatch.setenv(users.ADMINISTRATOR, loaded.administrator)
    with Flask("test").test_request_context(f"/api/2.0/mlflow/{path}", method="POST", json=body, auth=auth):
        result = users.authenticate()
    return result.status_code if isinstance(result, Response) else 200


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"TRACKING_HOST": ""}, "TRACKING_HOST is not set"),
        ({"TRACKING_USERS": "[]"}, "TRACKING_USERS is list; allowed: a JSON dict"),
        ({"TRACKING_USERS": "{"}, "TRACKING_USERS is not JSON"),
        ({"TRACKING_USERS": '{"mlflow-admin": "x"}'}, "allowed: the ARN of a secret, or an absolute path"),
        ({"TRACKING_ADMINISTRATOR": "root"}, "the administrator 'root' has no password source"),
        ({"TRACKING_GRANTS": '[{"team": "oncology"}]'}, "entry 1 needs team, experiment and permission"),
        (
            {"TRACKING_GRANTS": '[{"team": "oncology", "experiment": "cardiology/x", "permission": "ALL"}]'},
            "one of READ, EDIT, MANAGE",
        ),
        ({"TRACKING_DATABASE_HOST": "db"}, "TRACKING_DATABASE is not set"),
    ],
)
def test_wrong_variables_are_refused_by_name(tmp_path: Path, changes: Mapping[str, str], message: str) -> None:
    with pytest.raises(TrackingError) as error:
        settings.load(variables(tmp_path, **changes))
    assert message in str(error.value)


def test_command_ends_with_one_message_for_a_wrong_variable(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "workloads.tracking", "migrate"],
        env={"PYTHONPATH": str(ROOT), "TRACKING_USERS": "{}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert (
        ended.stderr.strip()
        == "error: TRACKING_ADMINISTRATOR is not set; docs/tracking.md lists the variables of the server"
    )


def test_newest_two_passwords_are_accepted(loaded: TrackingSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    passwords.refresh(loaded)
    for value, status in (("oncology-1", 401), ("oncology-2", 200), ("oncology-3", 200), ("cardiology-3", 401)):
        assert answer(loaded, monkeypatch, "runs/create", auth=("oncology", value)) == status
    assert answer(loaded, monkeypatch, "runs/create", auth=None) == 401
    assert answer(loaded, monkeypatch, "runs/create", auth=("nobody", "x")) == 401


def test_rotation_is_read_without_a_restart(
    loaded: TrackingSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    passwords.refresh(loaded)
    assert answer(loaded, monkeypatch, "runs/create", auth=("oncology", "new")) == 401
    write_ring(tmp_path, "oncology", "oncology-3", "new")
    passwords.refresh(loaded)
    assert answer(loaded, monkeypatch, "runs/create", auth=("oncology", "new")) == 200


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("experiments/create", {"name": "oncology/response"}, 200),
        ("experiments/create", {"name": "cardiology/readmission"}, 403),
        ("experiments/create", {"name": "oncology"}, 403),
        ("experiments/create", {}, 403),
        ("experiments/update", {"new_name": "cardiology/x"}, 403),
        ("registered-models/create", {"name": "oncology.response"}, 200),
        ("registered-models/create", {"name": "oncology2.response"}, 403),
        ("registered-models/rename", {"name": "oncology.x", "new_name": "cardiology.x"}, 403),
    ],
)
def test_names_belong_to_the_team_they_begin_with(
    loaded: TrackingSettings, monkeypatch: pytest.MonkeyPatch, path: str, body: Mapping[str, str], status: int
) -> None:
    passwords.refresh(loaded)
    assert answer(loaded, monkeypatch, path, auth=("oncology", "oncology-3"), **body) == status
    assert answer(loaded, monkeypatch, path, auth=("mlflow-admin", "mlflow-admin-3"), **body) == 200


def test_source_that_cannot_be_read_keeps_the_files(loaded: TrackingSettings, tmp_path: Path) -> None:
    passwords.refresh(loaded)
    before = loaded.credentials.read_bytes()
    (tmp_path / "oncology.json").write_text('{"password": "topsecret"}')
    with pytest.raises(TrackingError) as error:
        passwords.refresh(loaded)
    assert "oncology.json has no password" in str(error.value)
    assert "topsecret" not in str(error.value)
    assert loaded.credentials.read_bytes() == before


def test_files_are_private_and_have_hashes_only(loaded: TrackingSettings) -> None:
    passwords.refresh(loaded)
    assert loaded.credentials.stat().st_mode & 0o077 == 0
    assert "oncology-3" not in loaded.credentials.read_text()


@mock_aws
def test_passwords_of_secrets_manager_and_rds(loaded: TrackingSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client = boto3.client("secretsmanager")
    ring = json.dumps({"keys": [{"id": "k1", "secret": "from-aws"}]})
    user = client.create_secret(Name="hipaa-ml/mlflow/oncology", SecretString=ring)["ARN"]
    database = client.create_secret(Name="rds", SecretString=json.dumps({"username": "mlflow", "password": "a:b\\c"}))
    on_aws = replace(
        loaded,
        users={**loaded.users, "oncology": user},
        database_host="db.example",
        database="mlflow",
        database_secret=database["ARN"],
    )
    passwords.refresh(on_aws)
    assert passwords.ring(user) == ["from-aws"]
    assert on_aws.passfile.read_text() == "db.example:5432:*:*:a\\:b\\\\c\n"
    assert passwords.database_user(on_aws) == "mlflow"
    assert "a:b" not in on_aws.database_uri
    assert "sslmode=verify-full" in on_aws.database_uri
