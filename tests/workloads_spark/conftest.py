"""Data of the tests of the workloads, in blocks so small that every file has several; collected only beside Spark."""

import importlib.util
from pathlib import Path

import pytest

SPARK = importlib.util.find_spec("pyspark") is not None and importlib.util.find_spec("great_expectations") is not None
collect_ignore_glob = [] if SPARK else ["test_*.py"]
if SPARK:
    from tests.workloads_ml import conftest
    from tests.workloads_ml.conftest import Finished
    from workloads.pipeline.steps import blocks, names_model

    @pytest.fixture(scope="session")
    def names(tmp_path_factory: pytest.TempPathFactory) -> Path:
        folder = tmp_path_factory.mktemp("names") / "model"
        names_model.train(folder)
        return folder

    @pytest.fixture(scope="session", params=["readmission", "length_of_stay"])
    def finished(request: pytest.FixtureRequest, names: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
        return conftest.prepare(request.param, names, tmp_path_factory.mktemp(request.param))

    @pytest.fixture(scope="session")
    def readmission(names: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
        return conftest.prepare("readmission", names, tmp_path_factory.mktemp("single"))

    @pytest.fixture(autouse=True)
    def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(blocks, "ROWS", 700)
