"""Synthetic data, a names model and finished steps, made once; collected only in the workloads environment."""

import contextlib
import importlib.util
import io
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

HEAVY = importlib.util.find_spec("great_expectations") is not None and importlib.util.find_spec("spacy") is not None
collect_ignore_glob = [] if HEAVY else ["test_*.py"]
ROOT = Path(__file__).parents[2]
ENCOUNTERS = 3000
if HEAVY:
    from workloads.pipeline import plan, synthetic
    from workloads.pipeline.__main__ import main
    from workloads.pipeline.definitions import definition
    from workloads.pipeline.pseudonyms import document
    from workloads.pipeline.steps import command, names_model


@dataclass(frozen=True)
class Finished:
    """Folders of the inputs and of steps that ran once."""

    root: Path
    model: str

    def __getitem__(self, name: str) -> Path:
        return self.root / name


def environment() -> dict[str, str]:
    return {**os.environ, **command.TELEMETRY_OFF, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def cli(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs the orchestrator's command line in this process: imports are paid once, an exception fails the test."""
    module, *rest = map(str, arguments)
    assert module == "workloads.pipeline"
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(rest)
    return subprocess.CompletedProcess(rest, code, out.getvalue(), err.getvalue())


def process(*arguments: str | Path, timeout: int = 300) -> subprocess.CompletedProcess[str]:
    """Runs a command line as its own process."""
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=timeout, check=False,
    )  # fmt: skip


def step(name: str, model: str, inputs: dict[str, Path], output: Path, **settings: object) -> dict[str, object]:
    output.mkdir(parents=True, exist_ok=True)
    job = plan.Job(inputs=inputs, output=output, settings=plan.Settings(**settings))
    return command.execute(plan.BY_NAME[name], model, job)


def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="session")
def names(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("names") / "model"
    names_model.train(folder)
    return folder


@pytest.fixture(scope="session", params=["readmission", "length_of_stay"])
def finished(request: pytest.FixtureRequest, names: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return prepare(request.param, names, tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="session")
def readmission(names: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return prepare("readmission", names, tmp_path_factory.mktemp("single"))


def prepare(model: str, names: Path, root: Path) -> Finished:
    synthetic.write(synthetic.encounters(definition(model), ENCOUNTERS, 5), root / "raw.csv")
    (root / "keys.json").write_text(document({"k1": b"1" * 32}))
    inputs = {"raw": root / "raw.csv", "keys": root / "keys.json", "names_model": names}
    step("deidentify", model, inputs, root / "deidentify")
    step("select", model, {"deidentify": root / "deidentify"}, root / "select")
    step("train", model, {"select": root / "select"}, root / "train")
    step("evaluate", model, {"select": root / "select", "train": root / "train"}, root / "evaluate", resamples=100)
    return Finished(root, model)


def load(file: Path) -> dict[str, object]:
    return json.loads(file.read_text())


PYTHON_OF_THE_SERVER = ROOT / ".venv-mlflow" / "bin" / "python"
PATIENCE = 600
"""Seconds until a server must answer; it takes ten of them on an idle machine."""


@dataclass(frozen=True)
class TrackingServer:
    """The MLflow server of the zone, started by its entry point with SQLite and passwords in files."""

    root: Path
    number: int

    @property
    def address(self) -> str:
        return f"https://localhost:{self.number}"

    @property
    def certificate(self) -> Path:
        return self.root / "server" / "certificate.pem"

    def variables(self) -> dict[str, str]:
        users = {user: str(self.root / f"{user}.json") for user in ("mlflow-admin", "cardiology", "oncology")}
        grant = {"team": "oncology", "experiment": "cardiology/shared", "permission": "READ"}
        return environment() | {
            "TRACKING_ADMINISTRATOR": "mlflow-admin",
            "TRACKING_ARTIFACTS": str(self.root / "artifacts"),
            "TRACKING_FOLDER": str(self.root / "server"),
            "TRACKING_GRANTS": json.dumps([grant]),
            "TRACKING_HOST": "mlflow.staging.ml.internal",
            "TRACKING_USERS": json.dumps(users),
        }

    def passwords(self, user: str, *passwords: str) -> None:
        keys = [{"id": f"k{index}", "secret": password} for index, password in enumerate(passwords, start=1)]
        (self.root / f"{user}.json").write_text(json.dumps({"keys": keys}))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PYTHON_OF_THE_SERVER, "-m", "workloads.tracking", *arguments],
            env=self.variables(), capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        """Serves until the block ends; the passwords are read again every second."""
        log = (self.root / "server.log").open("w")
        words = ["serve", "--address", "127.0.0.1", "--port", str(self.number), "--interval", "1"]
        server = subprocess.Popen(
            [PYTHON_OF_THE_SERVER, "-m", "workloads.tracking", *words],
            env=self.variables(), stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            deadline = time.monotonic() + PATIENCE
            while not self._healthy():
                running = server.poll() is None and time.monotonic() < deadline
                assert running, (self.root / "server.log").read_text()
                time.sleep(0.2)
            yield
        finally:
            server.terminate()
            try:
                assert server.wait(PATIENCE) == 0
            finally:
                log.close()
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(server.pid, signal.SIGKILL)

    def _healthy(self) -> bool:
        try:
            context = ssl.create_default_context(cafile=self.certificate)
            with urllib.request.urlopen(f"{self.address}/health", timeout=10, context=context):
                return True
        except OSError:
            return False

    def signed_in(self, user: str, password: str) -> dict[str, str]:
        """The variables of a client."""
        return {
            "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
            "MLFLOW_TRACKING_PASSWORD": password,
            "MLFLOW_TRACKING_SERVER_CERT_PATH": str(self.certificate),
            "MLFLOW_TRACKING_USERNAME": user,
        }


@pytest.fixture(scope="session")
def tracking_server(tmp_path_factory: pytest.TempPathFactory) -> TrackingServer:
    """A server whose database is migrated; it does not run yet."""
    if not PYTHON_OF_THE_SERVER.exists():
        pytest.skip("MLflow's environment is not set up: make test-workloads")
    server = TrackingServer(tmp_path_factory.mktemp("tracking"), port())
    for user in ("mlflow-admin", "cardiology", "oncology"):
        server.passwords(user, f"{user}-1")
    answer = server.run("migrate")
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout.splitlines()[-1]) == {
        "migrated": True, "users": 3, "given": 0, "taken": 0, "waiting": 1,
    }  # fmt: skip
    return server
