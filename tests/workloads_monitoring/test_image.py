"""The image of the monitors without Docker: its lock is this environment, its files are those of the Dockerfile."""

import json
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from packaging.requirements import Requirement

from tests.workloads.test_images import build
from tests.workloads.test_monitoring_job import environment, prepare

ROOT = Path(__file__).parents[2]
DOCKERFILE = "workloads/monitoring/Dockerfile"


def job(program: Path, ml: Path) -> subprocess.CompletedProcess[str]:
    """Runs the entry point as the container does: with the files of the image, in the environment of its lock."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "workloads.monitoring", "--model", "readmission", "--ml", str(ml)],
        cwd=program,
        env={**os.environ, **environment(), "PYTHONPATH": str(program)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def test_environment_is_the_lock_of_the_image() -> None:
    lock = (ROOT / "workloads/monitoring/requirements.lock").read_text(encoding="utf-8")
    lines = re.findall(r"^[a-z].*==[^\\\n]+", lock, flags=re.MULTILINE)
    requirements = [requirement for line in lines if _applies(requirement := Requirement(line.strip()))]
    assert {"evidently", "numpy", "pandas", "scipy"} <= {requirement.name for requirement in requirements}
    installed = {requirement.name: version(requirement.name) for requirement in requirements}
    assert [str(r) for r in requirements if not r.specifier.contains(installed[r.name], prereleases=True)] == []


def _applies(requirement: Requirement) -> bool:
    """Return whether the lock installs a package in this interpreter."""
    return requirement.marker is None or requirement.marker.evaluate()


def test_job_of_the_image_writes_its_results(tmp_path: Path) -> None:
    build(DOCKERFILE, tmp_path / "image")
    prepare(tmp_path / "ml")
    finished = job(tmp_path / "image", tmp_path / "ml")
    assert finished.returncode == 0, finished.stderr
    results = tmp_path / "ml/processing/output"
    assert json.loads((results / "decision.json").read_text(encoding="utf-8"))["weekly"] is True
    assert (results / "evidently.html").stat().st_size > 10_000


def test_missing_file_of_the_image_is_noticed(tmp_path: Path) -> None:
    build(DOCKERFILE, tmp_path / "image")
    (tmp_path / "image/workloads/pipeline/definitions.py").unlink()
    finished = job(tmp_path / "image", tmp_path / "ml")
    assert finished.returncode == 1
    assert "workloads.pipeline.definitions" in finished.stderr
