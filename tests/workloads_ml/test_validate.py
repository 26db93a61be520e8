"""Bad data stops at validation with column, rule, count and masked examples; Data Docs hold no values."""

import importlib.util
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.workloads_ml.conftest import Finished, step
from workloads.pipeline.definitions import definition
from workloads.pipeline.errors import StepError


def selected(finished: Finished, folder: Path, change: Any) -> None:
    folder.mkdir()
    for name in ("train.csv", "holdout.csv"):
        frame = pd.read_csv(finished["select"] / name, dtype="str", keep_default_na=False)
        (change(frame) if name == "train.csv" else frame).to_csv(folder / name, index=False)


def put(column: str, value: str, rows: int = 2) -> Any:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame.loc[frame.index[:rows], column] = value
        return frame

    return change


def test_good_data_passes_and_writes_data_docs(finished: Finished, tmp_path: Path) -> None:
    summary = step("validate", finished.model, {"select": finished["select"]}, tmp_path)
    assert (tmp_path / str(summary["data_docs"])).is_file()


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        (put("sex", "Walter"), ["sex: column values to be in set", "2 value(s)", "rows 2, 3", "shaped aaaaaa"]),
        (put("age_years", "17"), ["age_years: column values to be between", "2 value(s)", "shaped 99"]),
        (put("sodium_mmol_l", "NaN"), ["sodium_mmol_l: column values to not be null", "shaped aaa"]),
        (put("creatinine_mg_dl", ""), ["creatinine_mg_dl", "(empty)"]),
        (put("age_years", "40.5"), ["age_years: must be a whole number"]),
        (put("patient_key", "Jane Roe"), ["patient_key: column values to match regex", "shaped aaaa aaa"]),
        (put("zip3", "94110"), ["zip3: column values to match regex"]),
        (put("readmitted_30d", "0", 10**6), ["readmitted_30d: column mean to be between"]),
        (lambda frame: frame.head(20), ["table: table row count to be between"]),
        (lambda frame: frame.drop(columns="sex"), ["table: table columns to match ordered list"]),
        (lambda frame: pd.concat([frame, frame.head(3)]), ["compound columns to be unique"]),
    ],
)  # fmt: skip
def test_failure_names_column_rule_count_and_masked_examples(
    readmission: Finished, tmp_path: Path, change: Any, parts: list[str]
) -> None:
    selected(readmission, tmp_path / "select", change)
    with pytest.raises(StepError) as error:
        step("validate", "readmission", {"select": tmp_path / "select"}, tmp_path / "out")
    for part in parts:
        assert part in error.value.reason
    texts = [
        error.value.reason,
        *(file.read_text(errors="ignore") for file in (tmp_path / "out").rglob("*") if file.is_file()),
    ]
    assert not any(planted in text for text in texts for planted in ("Walter", "Jane Roe", "94110"))


def test_equal_labels_are_refused_in_a_regression(tmp_path: Path, finished: Finished) -> None:
    if definition(finished.model).kind != "regression":
        pytest.skip("a classification is refused by its mean")
    selected(finished, tmp_path / "select", put("length_of_stay_days", "3", 10**6))
    with pytest.raises(StepError, match="too few distinct values"):
        step("validate", finished.model, {"select": tmp_path / "select"}, tmp_path / "out")


@pytest.mark.skipif(importlib.util.find_spec("pyspark") is not None, reason="this environment has PySpark")
def test_engine_that_the_environment_lacks_is_refused(readmission: Finished, tmp_path: Path) -> None:
    for name in ("validate", "scan", "features"):
        with pytest.raises(StepError, match="needs PySpark, which this environment does not have") as error:
            step(name, "readmission", {"select": readmission["select"]}, tmp_path / name, engine="spark")
        assert ".venv-spark" in error.value.action
