"""Reading and writing CSV files as pandas frames: every value a string until it was checked."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from workloads.pipeline.definitions import Definition
from workloads.pipeline.errors import StepError


def read(file: Path) -> pd.DataFrame:
    """A CSV file with all values as strings; an empty value is an empty string.

    Raises:
        StepError: the file is missing, empty or not CSV; no value is repeated.
    """
    try:
        frame = pd.read_csv(file, dtype="str", keep_default_na=False, na_filter=False, encoding="utf-8")
    except FileNotFoundError:
        raise StepError(f"{file} does not exist.", action="Name an existing CSV file.") from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError, ValueError):
        raise StepError(
            f"{file.name} is empty or not a CSV file in UTF-8 with a header.", action="Export the data again."
        ) from None
    if frame.empty:
        raise StepError(
            f"{file.name} has a header and no rows.", action="Check the extract: no encounter was exported."
        )
    return frame


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
    """Writes a frame; the same frame gives the same bytes."""
    frame.to_csv(file, index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)


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


def mask(value: str) -> str:
    """The shape of a value without its content: each letter `a`, each digit `9`, at most twelve characters."""
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", value))[:12] if value else "(empty)"
