"""The files that a Dockerfile copies are all that the programs of the image import."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workloads.conftest import ROOT

PROGRAM = "/opt/program/"


def build(dockerfile: str, target: Path) -> None:
    """Copies what the Dockerfile copies below `/opt/program`."""
    text = (ROOT / dockerfile).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        words = [word for word in shlex.split(line, comments=True) if not word.startswith("--")]
        if words[:1] != ["COPY"] or not words[-1].startswith(PROGRAM):
            continue
        *sources, destination = words[1:]
        for source in sources:
            path = target / destination.removeprefix(PROGRAM)
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, path, ignore=shutil.ignore_patterns("__pycache__"))
                continue
            path = path / Path(source).name if destination.endswith("/") else path
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / source, path)


def run(program: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", *words],
        cwd=program,
        env={**os.environ, "PYTHONPATH": str(program), "MODEL_SHA256": "0" * 64},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize(
    ("dockerfile", "words", "code", "message"),
    [
        ("workloads/Dockerfile", ("workloads.serving", "serve", "--model", "."), 3, "model.skops does not exist"),
        ("workloads/Dockerfile", ("workloads.readmission.train", "--ml", "."), 1, "0 CSV files"),
        ("workloads/pipeline/Dockerfile", ("workloads.pipeline", "run", "--help"), 0, "--serving-image-digest"),
        ("workloads/pipeline/Dockerfile", ("workloads.monitoring.baseline", "--help"), 0, "--model-sha256"),
        (
            "workloads/pipeline/Dockerfile.spark",
            ("workloads.pipeline.spark_job", "train"),
            2,
            "allowed: validate, scan, features",
        ),
        ("workloads/pipeline/Dockerfile.spark", ("workloads.pipeline", "run", "--help"), 0, "--engine"),
        (
            "workloads/monitoring/Dockerfile",
            ("workloads.monitoring", "--model", "readmission"),
            1,
            "endpoint_name is not set",
        ),
        ("workloads/monitoring/Dockerfile", ("workloads.monitoring.baseline", "--help"), 0, "--model-sha256"),
    ],
)
def test_programs_of_an_image_import_only_what_it_has(
    dockerfile: str, words: tuple[str, ...], code: int, message: str, tmp_path: Path
) -> None:
    build(dockerfile, tmp_path)
    finished = run(tmp_path, *words)
    assert finished.returncode == code, finished.stderr
    assert message in finished.stdout + finished.stderr
    assert "Traceback" not in finished.stderr


def test_missing_file_of_an_image_is_noticed(tmp_path: Path) -> None:
    build("workloads/Dockerfile", tmp_path)
    (tmp_path / "workloads" / "pipeline" / "estimators.py").unlink()
    finished = run(tmp_path, "workloads.serving", "--help")
    assert finished.returncode == 1
    assert "cannot import name 'estimators'" in finished.stderr
