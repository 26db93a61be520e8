"""A pipeline with `engine: spark` in the emulated AWS: its jobs run PySpark, and the run ends as one on pandas does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from components.ml.pipeline_plan import SPARK, STEPS, steps
from tests.end_to_end.laboratory import Laboratory
from tests.end_to_end.test_e2e_pipeline import PYTHON, changed, replace_raw, workloads
from tests.workloads.conftest import ROOT

SPARK_PYTHON = ROOT / ".venv-spark" / "bin" / "python"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.xdist_group("pipeline"),
    pytest.mark.skipif(not PYTHON.exists(), reason=f"{PYTHON} does not exist: run `make test-workloads` first"),
    pytest.mark.skipif(not SPARK_PYTHON.exists(), reason=f"{SPARK_PYTHON} does not exist: run `make test-spark` first"),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw data, keys and a names model."""
    folder = tmp_path_factory.mktemp("data")
    workloads("workloads.pipeline.steps.names_model", str(folder / "names_model"))
    words = [str(folder / "raw.csv"), "--keys", str(folder / "keys.json"), "--encounters", "3000"]
    workloads("workloads.pipeline.synthetic", "readmission", *words)
    return folder


@pytest.fixture
def laboratory(tmp_path: Path, data: Path) -> Iterator[Laboratory]:
    account = Laboratory(tmp_path / "state", SPARK)
    account.upload((data / "raw.csv").read_bytes(), data / "names_model", (data / "keys.json").read_text())
    yield account
    account.close()


def test_run_on_spark_registers_a_version_and_refuses_bad_data(laboratory: Laboratory, data: Path) -> None:
    good = laboratory.run()
    assert (good.status, good.cause) == ("SUCCEEDED", "")
    assert good.jobs == {step.name: "Completed" for step in steps(SPARK)}
    assert set(good.jobs) - {step.name for step in STEPS} == {"features"}
    [package] = laboratory.packages()
    assert package["ModelApprovalStatus"] == "PendingManualApproval"

    replace_raw(laboratory, changed(data, out_of_range))
    bad = laboratory.run()
    assert bad.status == "FAILED"
    assert bad.jobs["validate"] == "Failed"
    assert "scan" not in bad.jobs
    assert bad.cause.startswith("Step validate stopped. Validation of train.csv failed: sodium_mmol_l: ")
    assert not laboratory.locked()


def out_of_range(row: dict[str, str], number: int) -> None:
    """A value in every tenth row that no patient has."""
    if number % 10 == 0:
        row["sodium_mmol_l"] = "999"
