"""The MLflow server, started by its entry point: one permission per team and experiment, rotation, and upgrades."""

import json
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException, RestException
from requests import HTTPError

from tests.workloads_ml.conftest import PATIENCE, PYTHON_OF_THE_SERVER, ROOT, TrackingServer, environment

OLD_REVISION = "5b0e9adcef9c"
"""A schema of MLflow 2: later tables, for example those of models that are logged, are missing in it."""
OLD_SCHEMA = f"""
import sys
from alembic import command
from mlflow.store.db import utils
from mlflow.store.tracking.dbmodels.initial_models import Base
engine = utils.create_sqlalchemy_engine_with_retry(sys.argv[1])
Base.metadata.create_all(engine)
config = utils._get_alembic_config(sys.argv[1])
with engine.begin() as connection:
    config.attributes["connection"] = connection
    command.upgrade(config, {OLD_REVISION!r})
"""

SignIn = Callable[..., MlflowClient]
pytestmark = pytest.mark.timeout(2400)


@pytest.fixture(scope="module")
def served(tracking_server: TrackingServer) -> Iterator[TrackingServer]:
    with tracking_server.serving():
        yield tracking_server


@pytest.fixture
def sign_in(served: TrackingServer, monkeypatch: pytest.MonkeyPatch) -> SignIn:
    def client(user: str, password: str | None = None) -> MlflowClient:
        for name, value in served.signed_in(user, password or f"{user}-1").items():
            monkeypatch.setenv(name, value)
        return MlflowClient(tracking_uri=served.address)

    return client


def test_another_teams_experiment_is_refused_until_it_is_granted(sign_in: SignIn, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("report")
    owner = sign_in("cardiology")
    private, shared = (owner.create_experiment(f"cardiology/{name}") for name in ("private", "shared"))
    runs = {identifier: owner.create_run(identifier).info.run_id for identifier in (private, shared)}
    for run in runs.values():
        owner.log_metric(run, "auroc", 0.8)
        owner.log_artifact(run, str(tmp_path / "report.html"))
    other = sign_in("oncology")
    deadline = time.monotonic() + PATIENCE
    while not other.search_experiments():
        assert time.monotonic() < deadline, "the grant is not applied"
        time.sleep(0.5)
    assert [experiment.name for experiment in other.search_experiments()] == ["cardiology/shared"]
    assert other.get_run(runs[shared]).data.metrics == {"auroc": 0.8}
    assert Path(other.download_artifacts(runs[shared], "report.html", str(tmp_path / "."))).read_text() == "report"
    refused = [
        lambda: other.create_run(shared),
        lambda: other.log_metric(runs[shared], "auroc", 1.0),
        lambda: other.get_experiment(private),
        lambda: other.get_run(runs[private]),
        lambda: other.log_artifact(runs[private], str(tmp_path / "report.html")),
        lambda: other.download_artifacts(runs[private], "report.html", str(tmp_path)),
    ]
    for call in refused:
        with pytest.raises((MlflowException, HTTPError), match=r"403|Permission denied"):
            call()


def test_names_of_another_team_are_refused(sign_in: SignIn) -> None:
    client = sign_in("oncology")
    for call in (
        lambda: client.create_experiment("cardiology/taken"),
        lambda: client.create_experiment("taken"),
        lambda: client.create_registered_model("cardiology.taken"),
    ):
        with pytest.raises(RestException, match="allowed: names that begin with oncology"):
            call()
    own = client.create_experiment("oncology/own")
    with pytest.raises(RestException, match="allowed: names that begin with oncology/"):
        client.rename_experiment(own, "cardiology/taken")
    assert sign_in("mlflow-admin").create_experiment("cardiology/by-the-administrator")


def test_rotated_password_is_accepted_beside_the_one_before(served: TrackingServer, sign_in: SignIn) -> None:
    with pytest.raises(RestException, match="UNAUTHENTICATED"):
        sign_in("oncology", "wrong").search_experiments()
    served.passwords("oncology", "oncology-1", "oncology-2", "oncology-3")
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            sign_in("oncology", "oncology-3").search_experiments()
            break
        except RestException:
            assert time.monotonic() < deadline, "the new password is not read"
            time.sleep(0.5)
    sign_in("oncology", "oncology-2").search_experiments()
    with pytest.raises(RestException, match="UNAUTHENTICATED"):
        sign_in("oncology", "oncology-1").search_experiments()
    served.passwords("oncology", "oncology-1")


def test_files_with_passwords_are_private_and_hold_no_password(served: TrackingServer) -> None:
    credentials = served.root / "server" / "credentials.json"
    assert credentials.stat().st_mode & 0o077 == 0
    texts = [file.read_text(errors="replace") for file in served.root.rglob("*") if file.is_file()]
    assert not [text for text in texts if "cardiology-1" in text and '"keys"' not in text]


def test_database_of_an_older_version_is_upgraded(tracking_server: TrackingServer, tmp_path: Path) -> None:
    server = TrackingServer(tmp_path, 1)
    for user in ("mlflow-admin", "cardiology", "oncology"):
        server.passwords(user, f"{user}-1")
    (tmp_path / "server").mkdir()
    database = tmp_path / "server" / "mlflow.db"
    made = subprocess.run(
        [PYTHON_OF_THE_SERVER, "-c", OLD_SCHEMA, f"sqlite:///{database}"],
        env=environment(), cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert revision(database) == OLD_REVISION
    for _ in range(2):
        answer = server.run("migrate")
        assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout.splitlines()[-1])["users"] == 0
    assert revision(database) == revision(tracking_server.root / "server" / "mlflow.db") != OLD_REVISION


def revision(database: Path) -> str:
    with sqlite3.connect(database) as connection:
        return connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
