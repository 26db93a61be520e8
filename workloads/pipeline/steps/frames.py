"""Reading and writing CSV files as pandas frames: every value a string until it was checked."""

import csv
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import pandas as pd

from workloads.pipeline.definitions import Definition
from workloads.pipeline.errors import INTEGRITY, StepError
from workloads.pipeline.plan import Job

PARTS: Final = ("train", "holdout")
"""Parts of the selected data; each is a file `.csv`, and `.npy` among the features."""
FEATURES: Final = "features.json"
"""Record of the features: rows, and SHA-256 of each file and of the file that it was made of."""


def read(file: Path) -> pd.DataFrame:
    """A CSV file with all values as strings; an empty value is an empty string.

    Raises:
        StepError: the file is missing, empty or not CSV; no value is repeated.
    """
    try:
        return parse(file, file.name)
    except FileNotFoundError:
        raise StepError(f"{file} does not exist.", action="Name an existing CSV file.") from None


def parse(content: Path | BinaryIO, name: str) -> pd.DataFrame:
    """The records of a file or of some bytes.

    Args:
        content: header and records.
        name: of the file, for messages.

    Raises:
        StepError: the content is empty or not CSV.
        FileNotFoundError: there is no such file.
    """
    try:
        frame = pd.read_csv(content, dtype="str", keep_default_na=False, na_filter=False, encoding="utf-8")
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError, ValueError):
        raise not_csv(name) from None
    if frame.empty:
        raise without_rows(name)
    return frame


def not_csv(name: str) -> StepError:
    """The refusal of a file that is not CSV."""
    return StepError(f"{name} is empty or not a CSV file in UTF-8 with a header.", action="Export the data again.")


def without_rows(name: str) -> StepError:
    """The refusal of a file without records."""
    return StepError(f"{name} has a header and no rows.", action="Check the extract: no encounter was exported.")


def require(frame: pd.DataFrame, columns: Sequence[str], name: str) -> None:
    """Checks that a frame has some columns.

    Raises:
        StepError: naming the missing columns.
    """
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise StepError(
            f"{name} has not the column(s) {', '.join(missing)}.",
            action=f"Export the data again with the columns {', '.join(columns)}.",
        )


def source(path: Path) -> Path:
    """A CSV file, or the only one of a folder (SageMaker's channels are folders)."""
    if path.is_file():
        return path
    files = sorted(path.glob("*.csv"))
    if len(files) != 1:
        raise StepError(
            f"{path} holds {len(files)} CSV files; one is needed.", action="Name the file with --raw or --data."
        )
    return files[0]


def write(frame: pd.DataFrame, file: Path) -> None:
    """Writes a frame; the same frame gives the same bytes.

    Carriage returns inside a value become line feeds: Python's writer quotes line feeds only, and readers would end the
    record at a carriage return.
    """
    with_line_feeds = frame.assign(**{name: _with_line_feeds(frame[name]) for name in frame.columns})
    with_line_feeds.to_csv(file, index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)


def _with_line_feeds(column: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(column) or not column.astype(str).str.contains("\r", regex=False).any():
        return column
    return column.map(lambda value: re.sub("\r\n?", "\n", value) if isinstance(value, str) else value)


def typed(frame: pd.DataFrame, model: Definition) -> pd.DataFrame:
    """The model's fields and target with numbers as floats, after validation.

    Raises:
        StepError: a column of numbers holds a value that is not a number.
    """
    columns: dict[str, Any] = {}
    for name, field in {**model.fields, model.target: model.target_field}.items():
        try:
            columns[name] = frame[name].astype(object) if field.values else pd.to_numeric(frame[name]).astype("float64")
        except ValueError:
            raise StepError(
                f"The column {name} holds a value that is not a number.", action="Run the step validate first."
            ) from None
    return pd.DataFrame(columns, index=frame.index)


def prepared(frame: pd.DataFrame, model: Definition) -> pd.DataFrame:
    """The frame that is validated: numbers as floats (NaN when a value is none), and the fractions of whole numbers."""
    columns: dict[str, Any] = {name: frame[name] for name in frame.columns}
    for name, field in {**model.fields, model.target: model.target_field}.items():
        if name not in frame.columns:
            continue
        if field.values:
            columns[name] = frame[name].astype(object).where(frame[name] != "", None)
            continue
        columns[name] = pd.to_numeric(frame[name], errors="coerce").astype("float64")
        if field.whole:
            columns[f"{name} fraction"] = columns[name] % 1
    return pd.DataFrame(columns)


def file_digest(file: Path) -> str:
    """SHA-256 of a file, which is not read into memory as a whole."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def model_frame(job: Job, part: str, model: Definition) -> pd.DataFrame:
    """Typed fields and target of a part of the selected data: the step features built them, or they are made now.

    Args:
        job: of a step that reads the step select, and features if the pipeline has it.
        part: `train` or `holdout`.
        model: definition.

    Raises:
        StepError: the features are missing or were altered, or the data has a value that is not a number.
    """
    folder = job.inputs.get("features")
    if folder is None:
        return typed(read(job.inputs["select"] / f"{part}.csv"), model)
    file = folder / f"{part}.npy"
    recorded = job.document("features", FEATURES)[part]
    if not file.is_file() or file_digest(file) != recorded["sha256"]:
        raise StepError(
            f"The features {file.name} are missing or were altered after they were built.",
            action="Run the step features again.",
            code=INTEGRITY,
        )
    columns: dict[str, Any] = {}
    table = np.load(file, mmap_mode="r", allow_pickle=False)
    for name, field in {**model.fields, model.target: model.target_field}.items():
        values = np.array(field.values, dtype=object)[table[name]] if field.values else np.array(table[name])
        columns[name] = pd.Series(values, dtype=object if field.values else "float64")
    return pd.DataFrame(columns)


def record_type(model: Definition) -> np.dtype[Any]:
    """The type of a record of features: a float per number, and per category its place among the allowed values."""
    fields = {**model.fields, model.target: model.target_field}
    return np.dtype([(name, "<i2" if field.values else "<f8") for name, field in fields.items()])


def records(frame: pd.DataFrame, model: Definition) -> np.ndarray[Any, Any]:
    """The records of a typed frame.

    Raises:
        StepError: a category is not in the definition.
    """
    table = np.empty(len(frame), dtype=record_type(model))
    for name, field in {**model.fields, model.target: model.target_field}.items():
        if not field.values:
            table[name] = frame[name]
            continue
        places = pd.Index(field.values).get_indexer(pd.Index(frame[name]))
        if (places < 0).any():
            raise StepError(
                f"The column {name} holds a category that is not in the definition.",
                action="Run the step validate first.",
            )
        table[name] = places
    return table


def mask(value: str) -> str:
    """The shape of a value without its content: each letter `a`, each digit `9`, at most twelve characters."""
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", value))[:12] if value else "(empty)"
