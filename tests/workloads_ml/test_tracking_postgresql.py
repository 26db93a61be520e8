"""The MLflow server with PostgreSQL over TLS, as on RDS: migration, upgrade, the lock of migrations, and serving."""

import json
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from tests.workloads_ml import postgresql
from tests.workloads_ml.conftest import PATIENCE, PYTHON_OF_THE_SERVER, ROOT, TrackingServer, environment, port
from tests.workloads_ml.postgresql import DATABASE, HOST, PASSWORD, USER, PostgreSql
from tests.workloads_ml.test_tracking import OLD_REVISION, OLD_SCHEMA

pytestmark = pytest.mark.timeout(2400)
INSTALLED = postgresql.installed_with(PYTHON_OF_THE_SERVER)
REVISION = "SELECT version_num FROM alembic_version"


@dataclass(frozen=True)
class DatabaseServer(TrackingServer):
    """The MLflow server with a database of PostgreSQL."""

    certificates: Path

    def variables(self) -> dict[str, str]:
        return super().variables() | {
            "TRACKING_CERTIFICATES": str(self.certificates),
            "TRACKING_DATABASE": DATABASE,
            "TRACKING_DATABASE_HOST": HOST,
            "TRACKING_DATABASE_SECRET": str(self.root / "database.json"),
        }


@pytest.fixture
def database() -> Iterator[tuple[PostgreSql, Path]]:
    if INSTALLED is None:
        pytest.skip("PostgreSQL is not in MLflow's environment: make test-workloads")
    with postgresql.serving(INSTALLED) as running:
        yield running


@pytest.fixture
def server(database: tuple[PostgreSql, Path], tmp_path: Path) -> DatabaseServer:
    made = DatabaseServer(tmp_path, port(), database[1])
    for user in ("mlflow-admin", "cardiology", "oncology"):
        made.passwords(user, f"{user}-1")
    (tmp_path / "database.json").write_text(json.dumps({"username": USER, "password": PASSWORD}))
    return made


def migrate(server: DatabaseServer) -> dict[str, object]:
    answer = server.run("migrate")
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout.splitlines()[-1])


def test_empty_database_is_migrated_once_by_two_tasks_and_serves(
    database: tuple[PostgreSql, Path], server: DatabaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[dict[str, object]] = []
    threads = [threading.Thread(target=lambda: answers.append(migrate(server))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(int(str(answer["users"])) for answer in answers) == [0, 3], "the second one finds nothing to do"
    assert database[0].query("SELECT count(*) FROM users") == "3"
    with server.serving():
        for name, value in server.signed_in("cardiology", "cardiology-1").items():
            monkeypatch.setenv(name, value)
        client = MlflowClient(tracking_uri=server.address)
        experiment = client.create_experiment("cardiology/readmission")
        run = client.create_run(experiment).info.run_id
        client.log_metric(run, "auroc", 0.8)
        assert database[0].query("SELECT value FROM metrics") == "0.8"
        for name, value in server.signed_in("oncology", "oncology-1").items():
            monkeypatch.setenv(name, value)
        with pytest.raises(MlflowException, match="403"):
            MlflowClient(tracking_uri=server.address).get_run(run)


def test_database_of_an_older_version_is_upgraded(
    database: tuple[PostgreSql, Path], server: DatabaseServer, tmp_path: Path
) -> None:
    uri = f"postgresql+psycopg2://{HOST}:5432/{DATABASE}?sslmode=verify-full&sslrootcert={database[1]}"
    (tmp_path / "pgpass").write_text(f"*:*:*:*:{PASSWORD}\n")
    (tmp_path / "pgpass").chmod(0o600)
    made = subprocess.run(
        [PYTHON_OF_THE_SERVER, "-c", OLD_SCHEMA, uri],
        env=environment() | {"PGUSER": USER, "PGPASSFILE": str(tmp_path / "pgpass")},
        cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert database[0].query(REVISION) == OLD_REVISION
    database[0].query("INSERT INTO experiments (name, lifecycle_stage) VALUES ('cardiology/kept', 'active')")
    migrate(server)
    newest = database[0].query(REVISION)
    assert newest != OLD_REVISION
    assert migrate(server)["users"] == 0
    assert database[0].query(REVISION) == newest
    assert database[0].query("SELECT count(*) FROM experiments WHERE name = 'cardiology/kept'") == "1"


def test_connection_that_is_not_verified_or_has_a_wrong_password_is_refused(
    database: tuple[PostgreSql, Path], server: DatabaseServer, tmp_path: Path
) -> None:
    (tmp_path / "database.json").write_text(json.dumps({"username": USER, "password": "wrong"}))
    answer = server.run("migrate")
    assert answer.returncode == 2
    assert f"error: the database {HOST} refuses the connection: " in answer.stderr
    assert "password authentication failed" in answer.stderr
    assert PASSWORD not in answer.stderr
    (tmp_path / "database.json").write_text(json.dumps({"username": USER, "password": PASSWORD}))
    with postgresql.other_certificate() as other:
        answer = DatabaseServer(tmp_path, 1, other).run("migrate")
    assert answer.returncode == 2
    assert "certificate verify failed" in answer.stderr
    assert database[0].query("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "0"
