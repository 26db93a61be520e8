"""Records of a period: the inputs of a model by field, its predictions, and what identifies a record."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from workloads.monitoring.errors import MonitorError
from workloads.monitoring.shift import Array
from workloads.pipeline.definitions import Definition

TOP_CODED: Final[Mapping[str, tuple[float, float]]] = {"age_years": (90.0, 110.0)}
"""Field -> value of the top category and highest plausible value. 45 CFR 164.514(b)(2)(i)(C): ages over 89 are one
category; a higher value than plausible stays as it is and is out of range."""
ABSENT: Final = ""
"""A missing value of a category; NaN for a number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """Records in order of time."""

    columns: Mapping[str, Array]
    """Field -> numbers, or values of a category."""
    wrong_type: Mapping[str, int]
    """Field -> values that are present and not of the field's type; they count as neither missing nor out of range."""
    unknown_fields: int
    """Records with a field that the model does not have."""
    prediction: Array
    """NaN where the server refused the request."""
    identifiers: Sequence[str]
    """Inference identifier with the position in the request, or empty."""
    times: Sequence[str]
    """ISO 8601, UTC."""

    def __len__(self) -> int:
        return len(self.prediction)

    def selected(self, mask: Array) -> "Window":
        """The records of a mask."""
        kept: list[int] = np.flatnonzero(mask).tolist()
        return Window(
            columns={name: column[kept] for name, column in self.columns.items()},
            wrong_type=self.wrong_type if len(kept) == len(self) else dict.fromkeys(self.wrong_type, 0),
            unknown_fields=self.unknown_fields if len(kept) == len(self) else 0,
            prediction=self.prediction[kept],
            identifiers=[self.identifiers[index] for index in kept],
            times=[self.times[index] for index in kept],
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One record as it was captured."""

    fields: Mapping[str, Any]
    prediction: float | None
    identifier: str
    time: str
    model: str = ""
    """SHA-256 of the model that answered; empty when the server refused the request, or answered in CSV."""


def window(model: Definition, records: Sequence[Record]) -> Window:
    """The records as columns, typed and top-coded."""
    wrong = dict.fromkeys(model.fields, 0)
    columns: dict[str, Array] = {}
    for name, field in model.fields.items():
        values = [record.fields.get(name) for record in records]
        if field.values:
            typed = [value if isinstance(value, str) else ABSENT for value in values]
            wrong[name] = sum(value is not None and not isinstance(value, str) for value in values)
            columns[name] = np.array(typed, dtype=object)
            continue
        wrong[name] = sum(value is not None and not _is_number(value) for value in values)
        numbers = np.array([_number(value) for value in values], dtype=float)
        if name in TOP_CODED:
            top, plausible = TOP_CODED[name]
            numbers = np.where((numbers > top) & (numbers <= plausible), top, numbers)
        columns[name] = numbers
    known = set(model.fields)
    return Window(
        columns=columns,
        wrong_type=wrong,
        unknown_fields=sum(not known.issuperset(record.fields) for record in records),
        prediction=np.array([np.nan if r.prediction is None else r.prediction for r in records], dtype=float),
        identifiers=[record.identifier for record in records],
        times=[record.time for record in records],
    )


def _number(value: Any) -> float:
    return float(value) if _is_number(value) else float("nan")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def records(data: Window) -> list[Record]:
    """The records of a window, the inverse of `window`."""
    rows: list[Record] = []
    for index in range(len(data)):
        fields = {name: column[index] for name, column in data.columns.items()}
        prediction = float(data.prediction[index])
        rows.append(
            Record(
                fields={n: v for n, v in fields.items() if v != ABSENT and v == v},  # noqa: PLR0124 - NaN is missing
                prediction=None if np.isnan(prediction) else prediction,
                identifier=data.identifiers[index],
                time=data.times[index],
            )
        )
    return rows


def write(file: Path, rows: Sequence[Record]) -> None:
    """Writes records as JSON lines."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as text:
        for record in rows:
            document = {"fields": dict(record.fields), "id": record.identifier, "time": record.time}
            text.write(json.dumps({**document, "prediction": record.prediction, "model": record.model}) + "\n")


def read(file: Path) -> list[Record]:
    """Reads what `write` wrote.

    Raises:
        MonitorError: naming file and line.
    """
    rows: list[Record] = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            document: Any = json.loads(line)
            rows.append(
                Record(
                    fields=dict(document["fields"]),
                    prediction=None if document["prediction"] is None else float(document["prediction"]),
                    identifier=str(document["id"]),
                    time=str(document["time"]),
                    model=str(document.get("model", "")),
                )
            )
        except (ValueError, KeyError, TypeError):
            raise MonitorError(f"{file.name}, line {number}: not a record that a monitor has written") from None
    return rows
