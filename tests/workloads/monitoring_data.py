"""Synthetic records, captures and outcomes of the readmission model, with planted changes."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from workloads.monitoring.baseline import Baseline, make
from workloads.monitoring.window import Record, Window, window
from workloads.pipeline.definitions import READMISSION
from workloads.readmission import cohort, model
from workloads.readmission.schema import CATEGORIES, FIELDS, NUMBERS

Change = Callable[[dict[str, Any]], dict[str, Any]]
ENDPOINT = "readmission-staging"


@cache
def fitted() -> Any:
    return model.train(cohort.generate(20_000, 1), 1).fitted.pipeline


def rows(count: int, seed: int) -> tuple[list[dict[str, Any]], list[float]]:
    data = cohort.generate(count, seed)
    numbers = [float(outcome) for outcome in data.readmitted]
    return [_row(values) for values in data.table.tolist()], numbers


def _row(values: list[Any]) -> dict[str, Any]:
    row = dict(zip(FIELDS, values, strict=True))
    return {**row, "age_years": min(float(row["age_years"]), 90.0)}


def predicted(drawn: Sequence[Mapping[str, Any]]) -> list[float | None]:
    """The answers of the server; None for a request that it refuses."""
    valid = [index for index, fields in enumerate(drawn) if _valid(fields)]
    answers: list[float | None] = [None] * len(drawn)
    if valid:
        table = np.array([[drawn[index][name] for name in FIELDS] for index in valid], dtype=object)
        for index, risk in zip(valid, fitted().predict_proba(table)[:, 1], strict=True):
            answers[index] = float(risk)
    return answers


def _valid(fields: Mapping[str, Any]) -> bool:
    numbers = all(
        isinstance(fields.get(name), int | float) and number.least <= fields[name] <= number.most
        for name, number in NUMBERS.items()
    )
    return numbers and all(fields.get(name) in category.values for name, category in CATEGORIES.items())


def records(count: int, seed: int, change: Change | None = None) -> list[Record]:
    drawn, _ = rows(count, seed)
    changed = [change(row) if change else row for row in drawn]
    return [
        Record(fields=row, prediction=risk, identifier=f"k1:{seed:08x}{index:024x}/0", time=moment(index))
        for index, (row, risk) in enumerate(zip(changed, predicted(changed), strict=True))
    ]


def moment(index: int) -> str:
    return f"2026-03-01T{index % 24:02d}:{index % 60:02d}:00Z"


@cache
def baseline() -> Baseline:
    _, outcomes = rows(3000, 2)
    return make(READMISSION, "1", window(READMISSION, records(3000, 2)), np.array(outcomes))


def data(count: int, seed: int, change: Change | None = None) -> Window:
    return window(READMISSION, records(count, seed, change))


def write_captures(folder: Path, day: date, rows_of_day: list[dict[str, Any]], pseudonyms: list[str]) -> None:
    """One capture file, as SageMaker writes them, with one request per record."""
    target = folder / ENDPOINT / "AllTraffic" / day.strftime("%Y/%m/%d/12")
    target.mkdir(parents=True, exist_ok=True)
    with (target / "12-00-000-capture.jsonl").open("w", encoding="utf-8") as text:
        risks = predicted(rows_of_day)
        for number, (fields, risk, identity) in enumerate(zip(rows_of_day, risks, pseudonyms, strict=True)):
            text.write(json.dumps(capture(fields, risk, day, number, identity)) + "\n")


def capture(fields: Mapping[str, Any], risk: float | None, day: date, number: int, identity: str) -> dict[str, Any]:
    answer = {"error": {"problems": ["refused"]}} if risk is None else {"predictions": [{"risk": risk}]}
    kind = "application/json"
    return {
        "captureData": {
            "endpointInput": {
                "observedContentType": kind,
                "mode": "INPUT",
                "data": json.dumps({"instances": [fields]}),
                "encoding": "JSON",
            },
            "endpointOutput": {
                "observedContentType": kind,
                "mode": "OUTPUT",
                "data": json.dumps(answer),
                "encoding": "JSON",
            },
        },
        "eventMetadata": {
            "eventId": f"event-{number}",
            "inferenceId": identity,
            "inferenceTime": f"{day}T12:{number // 60 % 60:02d}:{number % 60:02d}Z",
        },
        "eventVersion": "0",
    }


def days(last: date, count: int) -> Iterator[date]:
    return (last - timedelta(days=before) for before in reversed(range(count)))


def write_labels(file: Path, outcomes: Mapping[str, float]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        json.dumps(
            {
                "groundTruthData": {"data": str(int(value)), "encoding": "CSV"},
                "eventMetadata": {"inferenceId": identity},
                "eventVersion": "0",
            }
        )
        for identity, value in outcomes.items()
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
