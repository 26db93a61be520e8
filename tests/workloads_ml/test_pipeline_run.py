"""The orchestrator: resumable after kills, one run at a time, bad input ends with a message and changes nothing."""

import fcntl
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from tests.workloads_ml.conftest import ROOT, Finished, TrackingServer, cli, environment, load
from workloads.pipeline import versions

KILLS = int(os.environ.get("PIPELINE_KILLS", "6"))
"""Kills of the run that is killed at random moments: 50 in the record of docs/retraining.md."""


def arguments(source: Finished, names: Path, output: Path, *extra: str) -> list[str]:
    return [
        "workloads.pipeline", "run", "readmission", "--data", str(source["raw.csv"]),
        "--keys", str(source["keys.json"]),
        "--names-model", str(names), "--output", str(output), "--resamples", "50", "--commit", "abc", *extra,
    ]  # fmt: skip


@pytest.fixture(scope="module")
def first(readmission: Finished, names: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("run")
    answer = cli(*arguments(readmission, names, output))
    assert answer.returncode == 0, answer.stderr
    assert "Package 1 of readmission: PendingManualApproval" in answer.stdout
    assert Path(answer.stdout.splitlines()[-1].removeprefix("Report: ")).is_file()
    return output


def test_same_inputs_register_once_and_reuse_every_step(first: Path, readmission: Finished, names: Path) -> None:
    answer = cli(*arguments(readmission, names, first))
    assert "was registered before" in answer.stdout
    assert answer.stdout.count("unchanged, reused") == 7
    assert len(list((first / "registry" / "readmission").glob("[0-9]*"))) == 1


def test_package_holds_lineage_and_baselines(first: Path) -> None:
    package = load(first / "registry" / "readmission" / "1" / "package.json")
    assert package["status"] == "PendingManualApproval"
    assert package["lineage"]["commit"] == "abc"
    assert len(package["lineage"]["data_version"]) == 12
    assert package["baselines"]["fields"]["sex"]["shares"]


def test_run_killed_at_random_moments_ends_with_the_same_package(
    first: Path, readmission: Finished, names: Path, tmp_path: Path
) -> None:
    moments = random.Random(3)
    command = [sys.executable, "-m", *arguments(readmission, names, tmp_path / "out")]
    kills = 0
    while kills < KILLS:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            out, _ = process.communicate(timeout=moments.uniform(0.1, 10))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            kills += 1
            continue
        assert process.returncode == 0, out
        shutil.rmtree(tmp_path / "out" / "steps")  # complete: the remaining kills hit a new run with the same registry
    answer = cli(*arguments(readmission, names, tmp_path / "out"))
    assert answer.returncode == 0, answer.stderr
    [package] = sorted((tmp_path / "out" / "registry" / "readmission").glob("[0-9]*"))
    killed, whole = load(package / "package.json"), load(first / "registry" / "readmission" / "1" / "package.json")
    assert killed == whole
    resumed, uninterrupted = outputs(tmp_path / "out"), outputs(first)
    # The step register says whether its version is new: it is not, where an earlier attempt registered the version.
    assert resumed.pop("register")
    assert uninterrupted.pop("register")
    assert resumed == uninterrupted
    assert not list((tmp_path / "out" / "steps").glob("*.part"))


def outputs(run: Path) -> dict[str, object]:
    """Step -> SHA-256 of its output, without the validation, whose Data Docs have the time."""
    digests = {load(record)["step"]: load(record)["digest"] for record in (run / "steps").glob("*/step.json")}
    assert digests.pop("validate")
    return digests


def test_second_run_on_the_same_folder_is_refused(readmission: Finished, names: Path, tmp_path: Path) -> None:
    with (tmp_path / "run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        answer = cli(*arguments(readmission, names, tmp_path))
    assert answer.returncode == 5
    assert "Another run uses" in answer.stderr


def test_altered_output_of_a_step_is_made_again(
    first: Path, readmission: Finished, names: Path, tmp_path: Path
) -> None:
    shutil.copytree(first, tmp_path / "out")
    [train] = (tmp_path / "out" / "steps").glob("train-*")
    (train / "model.skops").write_bytes(b"x")
    answer = cli(*arguments(readmission, names, tmp_path / "out"))
    assert answer.returncode == 0, answer.stderr
    assert "was registered before" in answer.stdout


def broken(readmission: Finished, folder: Path, change: Any) -> Path:
    """A copy of the de-identified version with changed files and a manifest that fits them."""
    shutil.copytree(readmission["deidentify"], folder)
    frame = pd.read_csv(folder / "encounters.csv", dtype="str", keep_default_na=False)
    names = ["encounters.csv"]
    for name, part in change(frame).items():
        part.to_csv(folder / name, index=False)
        names = sorted({*names, name})
    old = load(folder / "manifest.json")
    version = versions.describe(folder, names, model="readmission", schema_hash=str(old["schema_hash"]), notes={})
    (folder / "manifest.json").write_text(version.text())
    return folder


@pytest.mark.parametrize(
    ("change", "step", "message"),
    [
        (lambda frame: {"encounters.csv": frame.head(0)}, "select", "a header and no rows"),
        (lambda frame: {"encounters.csv": frame.head(1)}, "select", "too few"),
        (lambda frame: {"encounters.csv": frame.drop(columns="sex")}, "select", "has not the column(s) sex"),
        (lambda frame: {"encounters.csv": frame.assign(sodium_mmol_l="nan")}, "validate", "not be null"),
        (lambda frame: {"encounters.csv": frame.assign(sex="new")}, "validate", "be in set"),
        (lambda frame: {"encounters.csv": frame.assign(readmitted_30d="0")}, "validate", "column mean"),
        (lambda frame: {"encounters.csv": frame.assign(note="Call 415-555-2671")}, "scan", "PHI was found"),
        (lambda frame: {"encounters.csv": frame, "holdout.csv": frame.head(30)}, "select", "Leakage"),
    ],
)
def test_bad_data_stops_the_run_and_registers_nothing(
    change: Any, step: str, message: str, readmission: Finished, names: Path, tmp_path: Path
) -> None:
    data = broken(readmission, tmp_path / "data", change)
    answer = cli(
        "workloads.pipeline", "run", "readmission", "--data", data, "--names-model", names,
        "--output", tmp_path / "out",
    )  # fmt: skip
    assert answer.returncode == 3, answer.stderr
    assert f"Step {step} stopped" in answer.stderr
    assert message in answer.stderr
    assert "Nothing was registered" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not list((tmp_path / "out").glob("registry/**/package.json"))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / "encounters.csv").unlink(), "does not exist"),
        (lambda folder: (folder / "encounters.csv").open("a").write("x"), "was altered"),
        (lambda folder: (folder / "manifest.json").write_text("{}"), "not a manifest"),
        (
            lambda folder: (folder / "manifest.json").write_text(
                (folder / "manifest.json").read_text().replace('"model": "readmission"', '"model": "other"')
            ),
            "was altered",
        ),
    ],
)
def test_tampered_or_deleted_version_stops_the_run(
    damage: Any, message: str, readmission: Finished, names: Path, tmp_path: Path
) -> None:
    shutil.copytree(readmission["deidentify"], tmp_path / "data")
    damage(tmp_path / "data")
    answer = cli(
        "workloads.pipeline", "run", "readmission", "--data", tmp_path / "data", "--names-model", names,
        "--output", tmp_path / "out",
    )  # fmt: skip
    assert answer.returncode == 4, answer.stderr
    assert message in answer.stderr
    assert "Traceback" not in answer.stderr


def test_missing_artifact_of_the_champion_is_named(
    first: Path, readmission: Finished, names: Path, tmp_path: Path
) -> None:
    shutil.copytree(first, tmp_path / "out")
    approve = cli("workloads.pipeline", "approve", "readmission", "1", "--registry", tmp_path / "out" / "registry")
    assert approve.returncode == 0, approve.stderr
    again = cli(*arguments(readmission, names, tmp_path / "out"))
    assert "Not registered: the gain of auroc" in again.stdout, again.stderr
    (tmp_path / "out" / "registry" / "readmission" / "1" / "model.skops").unlink()
    answer = cli(*arguments(readmission, names, tmp_path / "out"))
    assert answer.returncode == 4
    assert "The champion (package 1 of readmission) cannot be read" in answer.stderr


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (["run", "nothing", "--data", ".", "--output", "OUT"], "There is no model 'nothing'"),
        (["run", "readmission", "--data", "missing.csv", "--output", "OUT"], "missing.csv does not exist"),
        (["run", "readmission", "--data", "README.md", "--output", "OUT"], "no key file was named"),
        (["approve", "readmission", "9", "--registry", "OUT"], "does not exist"),
    ],
)
def test_wrong_options_end_with_a_message(change: Any, message: str, tmp_path: Path) -> None:
    answer = cli("workloads.pipeline", *(str(tmp_path / "out") if part == "OUT" else part for part in change))
    assert answer.returncode in {2, 4}
    assert message in answer.stderr
    assert "Traceback" not in answer.stderr


def test_dvc_repro_runs_the_same_steps(tmp_path: Path) -> None:
    dvc = ROOT / ".venv-dvc" / "bin" / "dvc"
    if not dvc.exists():
        pytest.skip("DVC's environment is not set up: make test-workloads")
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copy(ROOT / "workloads" / "pipeline" / "dvc" / name, tmp_path)
    parameters = (tmp_path / "params.yaml").read_text().replace("encounters: 5000", "encounters: 2000")
    (tmp_path / "params.yaml").write_text(parameters)
    variables = environment()
    variables["PATH"] = f"{Path(sys.executable).parent}:{variables['PATH']}"
    commands = (
        (("init", "--no-scm", "--quiet"), ""),
        (("repro",), "Running stage 'evaluate'"),
        (("repro",), "up to date"),
    )
    for command, expected in commands:
        answer = subprocess.run(
            [dvc, *command], cwd=tmp_path, env=variables, capture_output=True, text=True, check=False
        )
        assert answer.returncode == 0, answer.stdout + answer.stderr
        assert expected in answer.stdout
    assert (tmp_path / "evaluate" / "report.html").is_file()


def test_run_goes_on_without_mlflow_and_syncs_later(
    readmission: Finished,
    names: Path,
    first: Path,
    tracking_server: TrackingServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Without the record of the first run, whose experiment is not one of a team.
    shutil.copytree(first, tmp_path / "out", ignore=shutil.ignore_patterns("track-*"))
    for name, value in tracking_server.signed_in("cardiology", "cardiology-1").items():
        monkeypatch.setenv(name, value)
    tracking = ["--tracking-uri", tracking_server.address, "--experiment", "cardiology/readmission"]
    answer = cli(*arguments(readmission, names, tmp_path / "out", *tracking))
    assert answer.returncode == 0, answer.stderr
    assert "the record is kept" in answer.stderr
    sync = ["workloads.pipeline", "sync", "--output", str(tmp_path / "out"), *tracking[:2]]
    assert cli(*sync).returncode == 6
    with tracking_server.serving():
        answer = cli(*sync)
        assert answer.returncode == 0, answer.stderr
        assert "record(s) logged, 0 pending" in answer.stdout
        assert "0 record(s) logged, 0 pending" in cli(*sync).stdout
        client = MlflowClient(tracking_uri=tracking_server.address)
        experiment = client.get_experiment_by_name("cardiology/readmission")
        for run in client.search_runs([experiment.experiment_id]):
            assert run.data.metrics["auroc"] > 0.6
            assert run.data.tags["commit"] == "abc"
            assert {file.path for file in client.list_artifacts(run.info.run_id)} >= {"report.html", "model_card.md"}
        answer = cli(*arguments(readmission, names, tmp_path / "out", *tracking, "--image-digest", "sha256:1"))
        assert answer.returncode == 0, answer.stderr
        packages = sorted((tmp_path / "out" / "registry" / "readmission").glob("[0-9]*/package.json"))
        assert json.loads(packages[-1].read_text())["lineage"]["mlflow"]["run_id"]
        for name, value in tracking_server.signed_in("oncology", "oncology-1").items():
            monkeypatch.setenv(name, value)
        other = MlflowClient(tracking_uri=tracking_server.address)
        with pytest.raises(MlflowException, match="403"):
            other.get_experiment(experiment.experiment_id)
        with pytest.raises(MlflowException, match="403"):
            other.create_run(experiment.experiment_id)
