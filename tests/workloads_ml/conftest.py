"""Synthetic data, a names model and finished steps, made once; collected only in the workloads environment."""

import contextlib
import importlib.util
import io
import json
import os
import socket
import subprocess
import sys
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
