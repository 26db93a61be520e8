"""Data of the tests of the workloads, in blocks so small that every file has several; collected only beside Spark."""

import importlib.util

import pytest

SPARK = importlib.util.find_spec("pyspark") is not None and importlib.util.find_spec("great_expectations") is not None
collect_ignore_glob = [] if SPARK else ["test_*.py"]
if SPARK:
    from tests.workloads_ml.conftest import finished, names, readmission
    from workloads.pipeline.steps import blocks

    __all__ = ["finished", "names", "readmission"]

    @pytest.fixture(autouse=True)
    def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(blocks, "ROWS", 700)
