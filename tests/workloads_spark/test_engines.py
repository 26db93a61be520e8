"""Both engines give the same verdicts, messages and features, on good data and on every kind of fault."""

import csv
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from py4j.protocol import Py4JNetworkError

from tests.workloads_ml.conftest import Finished, load, process, step
from tests.workloads_ml.test_scan import PLANTED
from workloads.pipeline.definitions import NOTE, PATIENT, ZIP3, Definition, definition
from workloads.pipeline.errors import INTEGRITY, REJECTED, StepError
from workloads.pipeline.plan import Job
from workloads.pipeline.steps import blocks, frames, scan, scan_spark, spark
from workloads.pipeline.steps.findings import Hit, distinct
from workloads.pipeline.steps.recognizers import KINDS

Change = Callable[[pd.DataFrame, Definition], pd.DataFrame]
ENGINES = ("pandas", "spark")
SECRETS = ("Walter", "Jane Roe", "94110", "abc-17", "31.05.2026")


def selected(finished: Finished, folder: Path, change: Change | None = None) -> Path:
    """The selected data of a finished run, with a change of its training data."""
    folder.mkdir()
    for part in frames.PARTS:
        frame = frames.read(finished["select"] / f"{part}.csv")
        if part == "train" and change is not None:
            frame = change(frame, definition(finished.model))
        # With quotation marks, a value may end with a carriage return.
        frame.to_csv(folder / f"{part}.csv", index=False, lineterminator="\n", quoting=csv.QUOTE_ALL)
    return folder


def outcomes(name: str, model: str, inputs: Mapping[str, Path], folder: Path) -> dict[str, tuple[Any, Any]]:
    """Engine -> what a step reports or refuses, and the document that it writes."""
    document = {"validate": "validation.json", "scan": "scan.json"}[name]
    results: dict[str, tuple[Any, Any]] = {}
    for engine in ENGINES:
        output = folder / engine
        try:
            outcome: Any = step(name, model, dict(inputs), output, engine=engine)
        except StepError as error:
            outcome = (error.reason, error.action, error.code)
        written = output / document
        results[engine] = outcome, load(written) if written.exists() else None
    return results


def every_fault(frame: pd.DataFrame, model: Definition) -> pd.DataFrame:
    """Each kind of fault in each column that can have it, in rows of their own."""
    row = 0
    for name, field in {**model.fields, model.target: model.target_field}.items():
        wrong = ["Walter", ""] if field.values else ["abc-17", "", "NaN", "inf", "1e9", "-1"]
        for value in [*wrong, *(["40.5"] if field.whole else [])]:
            frame.loc[row, name] = value
            row += 1
    for column, values in {
        PATIENT: ["Jane Roe", "k1:0", ""],
        ZIP3: ["94110", "9\u0664\u0661", "941\r", "941\n", "941\u2028"],
        "admission_date": ["31.05.2026", "\u0662026-05-31", "2026-05-31\r"],
    }.items():
        for value in values:
            frame.loc[row, column] = value
            row += 1
    assert row < len(frame) - 100
    return frame


def equal_labels(frame: pd.DataFrame, model: Definition) -> pd.DataFrame:
    return frame.assign(**{model.target: "1"})


def awkward_notes(frame: pd.DataFrame, _model: Definition) -> pd.DataFrame:
    """Line feeds, quotes and commas, which a record that is cut at the wrong place would break."""
    frame.loc[::97, NOTE] = 'stable, "no pain"\nno complaint, ""rest""\r\nseen'
    return frame


TABLES: dict[str, Change] = {
    "duplicates": lambda frame, _: pd.concat([frame, frame.iloc[[5, 900]]]),
    "few rows": lambda frame, _: frame.head(20),
    "a missing column": lambda frame, _: frame.drop(columns="sex"),
    "equal labels": equal_labels,
}


@pytest.mark.parametrize("name", ["validate", "scan"])
def test_good_data_passes_alike(name: str, finished: Finished, names: Path, tmp_path: Path) -> None:
    inputs = {"select": selected(finished, tmp_path / "select", awkward_notes)}
    if name == "scan":
        inputs["names_model"] = names
    results = outcomes(name, finished.model, inputs, tmp_path)
    assert isinstance(results["pandas"][0], dict), results["pandas"][0]
    assert results["spark"] == results["pandas"]


def test_every_kind_of_fault_in_every_column_is_refused_alike(finished: Finished, tmp_path: Path) -> None:
    inputs = {"select": selected(finished, tmp_path / "select", every_fault)}
    results = outcomes("validate", finished.model, inputs, tmp_path)
    assert results["spark"] == results["pandas"]
    (_, _, code), document = results["spark"]
    assert code == REJECTED
    failed = {(failure["column"], failure["rule"].split(" (")[0]) for failure in document["failures"]["train.csv"]}
    model = definition(finished.model)
    for name, field in {**model.fields, model.target: model.target_field}.items():
        assert (name, "column values to not be null") in failed
        assert (name, f"column values to be {'in set' if field.values else 'between'}") in failed
        assert ((name, "must be a whole number") in failed) is field.whole
    assert {(column, "column values to match regex") for column in (PATIENT, ZIP3, "admission_date")} <= failed
    texts = [file.read_text(errors="ignore") for file in (tmp_path / "spark").rglob("*") if file.is_file()]
    assert texts
    assert not any(secret in text for text in texts for secret in SECRETS), "a value of the data was written"


@pytest.mark.parametrize("name", TABLES)
def test_fault_of_the_whole_table_is_refused_alike(name: str, readmission: Finished, tmp_path: Path) -> None:
    inputs = {"select": selected(readmission, tmp_path / "select", TABLES[name])}
    results = outcomes("validate", "readmission", inputs, tmp_path)
    assert results["spark"] == results["pandas"]
    assert results["spark"][0][2] == REJECTED


def test_labels_that_teach_nothing_are_refused_alike(finished: Finished, tmp_path: Path) -> None:
    if definition(finished.model).kind != "regression":
        pytest.skip("a classification is refused by its mean, as a fault of the whole table")
    inputs = {"select": selected(finished, tmp_path / "select", equal_labels)}
    results = outcomes("validate", finished.model, inputs, tmp_path)
    assert results["spark"] == results["pandas"]
    assert "too few distinct values" in results["spark"][0][0]


def planted(frame: pd.DataFrame, _model: Definition) -> pd.DataFrame:
    """Each form of each kind of PHI in each column, in rows of their own; the first columns have theirs twice."""
    row = 0
    for column in frame.columns:
        for kind in KINDS:
            for value in PLANTED[kind]:
                text = f"Spoke to daughter {value} by telephone." if column == NOTE and kind == "PERSON" else value
                frame.loc[row, column] = text
                row += 1
    frame.loc[len(frame) - 1, frame.columns[5]] = PLANTED["SSN"][0]
    return frame


def test_phi_of_every_kind_in_every_column_is_found_alike(finished: Finished, names: Path, tmp_path: Path) -> None:
    inputs = {"select": selected(finished, tmp_path / "select", planted), "names_model": names}
    results = outcomes("scan", finished.model, inputs, tmp_path)
    assert results["spark"] == results["pandas"]
    findings = results["spark"][1]["findings"]
    columns = frames.read(inputs["select"] / "train.csv").columns
    assert set(findings) == {f"train.csv {column}" for column in columns}
    for column in columns:
        missed = set(KINDS) - set(findings[f"train.csv {column}"]["kinds"])
        assert not missed, (column, missed)
        assert findings[f"train.csv {column}"]["values"] >= 2 * len(KINDS), column
    written = json.dumps(results["spark"])
    assert not any(value in written for values in PLANTED.values() for value in values if len(value) > 8)


def test_findings_are_the_same_one_by_one(readmission: Finished, names: Path, tmp_path: Path) -> None:
    file = selected(readmission, tmp_path / "select", planted) / "train.csv"
    assert len(blocks.of_file(file)) > 2
    assert scan_spark.search(file, names) == scan.on_pandas(file, names)


def test_repeated_value_counts_once_wherever_its_blocks_are() -> None:
    hits = [Hit(column="sex", row=row, kind="SSN", value=value) for row, value in ((900, "a"), (3, "a"), (4, "b"))]
    assert [hit.row for hit in distinct(hits)] == [3, 4]


def test_features_are_those_of_pandas_bit_for_bit(finished: Finished, tmp_path: Path) -> None:
    model = definition(finished.model)
    inputs = {"select": finished["select"], "features": tmp_path / "features"}
    step("features", finished.model, {"select": finished["select"]}, tmp_path / "features", engine="spark")
    for part in frames.PARTS:
        expected = frames.model_frame(Job(inputs={"select": finished["select"]}, output=tmp_path), part, model)
        built = frames.model_frame(Job(inputs=inputs, output=tmp_path), part, model)
        pd.testing.assert_frame_equal(built, expected, check_exact=True)
    step("train", finished.model, inputs, tmp_path / "train")
    assert (tmp_path / "train" / "model.skops").read_bytes() == (finished["train"] / "model.skops").read_bytes()
    step("evaluate", finished.model, {**inputs, "train": tmp_path / "train"}, tmp_path / "evaluate", resamples=100)
    assert load(tmp_path / "evaluate" / "evaluation.json") == load(finished["evaluate"] / "evaluation.json")
    _refuses_other_features(finished, inputs, tmp_path)


def _refuses_other_features(finished: Finished, inputs: Mapping[str, Path], folder: Path) -> None:
    """Features that were altered, that are missing, or that were built from another holdout."""
    altered = folder / "altered"
    shutil.copytree(inputs["features"], altered)
    content = bytearray((altered / "train.npy").read_bytes())
    content[-1] ^= 1
    (altered / "train.npy").write_bytes(content)
    document = load(altered / frames.FEATURES)
    document["holdout"]["source_sha256"] = "0" * 64
    (altered / frames.FEATURES).write_text(json.dumps(document))
    with pytest.raises(StepError, match=r"train\.npy are missing or were altered") as error:
        step("train", finished.model, {**inputs, "features": altered}, folder / "out")
    assert error.value.code == INTEGRITY
    with pytest.raises(StepError, match="holdout was altered"):
        step("evaluate", finished.model, {**inputs, "features": altered, "train": folder / "train"}, folder / "out")
    (altered / "train.npy").unlink()
    with pytest.raises(StepError, match="are missing"):
        step("train", finished.model, {**inputs, "features": altered}, folder / "out")


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("age_years", "abc-17", "The column age_years holds a value that is not a number."),
        ("sex", "Walter", "The column sex holds a category that is not in the definition."),
    ],
)
def test_worker_that_refuses_data_names_column_and_no_value(
    column: str, value: str, message: str, readmission: Finished, tmp_path: Path
) -> None:
    def change(frame: pd.DataFrame, _model: Definition) -> pd.DataFrame:
        frame.loc[len(frame) - 1, column] = value
        return frame

    inputs = {"select": selected(readmission, tmp_path / "select", change)}
    with pytest.raises(StepError) as error:
        step("features", "readmission", inputs, tmp_path / "features", engine="spark")
    assert (error.value.reason, error.value.action) == (message, "Run the step validate first.")


NO_TABLES: dict[str, bytes] = {
    "nothing": b"",
    "a header only": b"patient_key,age_years\n",
    "a quotation that does not end": b'patient_key,age_years\nk1,"4',
    "bytes that are not UTF-8": b"patient_key,age_years\nk1,\xff\n",
    "too many values in a record": b"patient_key,age_years\nk1,4\nk1,4,5\n",
}


@pytest.mark.parametrize("name", ["validate", "scan"])
@pytest.mark.parametrize("content", NO_TABLES.values(), ids=list(NO_TABLES))
def test_file_that_is_no_table_is_refused_alike(
    name: str, content: bytes, readmission: Finished, names: Path, tmp_path: Path
) -> None:
    select = selected(readmission, tmp_path / "select")
    (select / "train.csv").write_bytes(content)
    inputs = {"select": select, **({"names_model": names} if name == "scan" else {})}
    results = outcomes(name, "readmission", inputs, tmp_path)
    assert results["spark"] == results["pandas"]
    assert results["spark"][0][0].startswith("train.csv ")


def test_block_of_full_size_reaches_spark(
    readmission: Finished, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """pandas reads a large block in pieces, and keeps its text in several chunks."""
    monkeypatch.setattr(blocks, "ROWS", 50_000)
    part = frames.read(readmission["select"] / "train.csv")
    frames.write(pd.concat([part] * (60_000 // len(part) + 1)).head(60_000), tmp_path / "all.csv")
    parts = blocks.of_file(tmp_path / "all.csv")
    schema = ", ".join(f"`{name}` string" for name in part.columns)
    assert [block.rows for block in parts] == [50_000, 10_000]
    assert spark.mapped(parts, lambda frame: frame, schema).count() == 60_000


def test_scan_without_a_names_model_is_refused_alike(readmission: Finished, tmp_path: Path) -> None:
    results = outcomes("scan", "readmission", {"select": readmission["select"]}, tmp_path)
    assert results["spark"] == results["pandas"]
    assert "no names model was given" in results["spark"][0][0]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_blocks_are_the_file_whatever_its_values(ending: str, tmp_path: Path) -> None:
    generator = np.random.Generator(np.random.PCG64(8))
    pieces = ["a", "0", ",", '"', "\n", " ", "é"]
    texts = ["".join(generator.choice(pieces, generator.integers(6))) for _ in range(4000)]
    frame = pd.DataFrame({"row": [str(row) for row in range(4000)], "text": texts})
    frame.to_csv(tmp_path / "all.csv", index=False, lineterminator=ending)
    parts = blocks.of_file(tmp_path / "all.csv")
    assert [part.rows for part in parts] == [700] * 5 + [500]
    joined = pd.concat([part.read() for part in parts])
    pd.testing.assert_frame_equal(joined, frames.read(tmp_path / "all.csv"))


def test_block_with_another_number_of_records_is_refused(tmp_path: Path) -> None:
    (tmp_path / "all.csv").write_text("row,text\n1,a\n2,b\rc\n")
    [part] = blocks.of_file(tmp_path / "all.csv")
    with pytest.raises(StepError, match=r"all.csv has 3 records in the range of lines that holds 2"):
        part.read()


def test_program_of_a_job_leaves_its_message(readmission: Finished, names: Path, tmp_path: Path) -> None:
    """The entry point of a job, in its own process and with SageMaker's folders."""
    for folder in ("output", "processing/output", "processing/input"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    selected(readmission, tmp_path / "processing" / "input" / "select", _phi_in_the_last_row)
    shutil.copytree(names, tmp_path / "processing" / "input" / "names_model")
    words = ["scan", "--model", "readmission", "--engine", "spark", "--ml", tmp_path]
    finished = process("workloads.pipeline.spark_job", *words, timeout=500)
    assert finished.returncode == REJECTED, finished.stderr
    message = (tmp_path / "output" / "message").read_text()
    assert message.startswith("Step scan stopped. PHI was found in train.csv diagnosis_group: SSN in 1 value(s)")
    assert "6789" not in message


def _phi_in_the_last_row(frame: pd.DataFrame, _model: Definition) -> pd.DataFrame:
    frame.loc[len(frame) - 1, "diagnosis_group"] = "123-45-6789"
    return frame


def test_program_of_a_job_refuses_other_steps() -> None:
    refused = process("workloads.pipeline.spark_job", "train", "--model", "readmission")
    assert refused.returncode == 2
    assert "allowed: validate, scan, features" in refused.stderr


@pytest.mark.parametrize("ended", [Py4JNetworkError("Error while sending"), ConnectionRefusedError(111, "refused")])
def test_java_process_that_ended_is_named_with_the_variable_of_its_memory(ended: Exception) -> None:
    class Frame:
        """A frame of a Java process that ended."""

        def collect(self) -> None:
            raise ended

    with pytest.raises(StepError, match=r"The Java process of Spark ended\.") as raised:
        spark.collected(Frame())
    assert spark.MEMORY in raised.value.action
