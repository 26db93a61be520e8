"""Synthetic rows of a data set, from its schema alone: seeded, never fitted to rows of patients, standard library only.

Rows of one number belong to one invented person in every data set, so that data sets can be joined. A latent severity
per person makes measurements and outcomes depend on one another, so that a model has something to learn.
"""

import argparse
import csv
import io
import json
import math
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

SEED: Final = 20260101
MARK: Final = "SYN"
"""Beginning of every synthetic identifier: nobody takes one for a patient's."""
DEPENDENCE: Final = 0.6
"""Correlation of a number with the latent severity."""
EVENT_SHARE: Final = 0.2
"""Share of `true` in a column of booleans, about."""
NUMBERS: Final[Mapping[str, tuple[float, float]]] = {
    "int": (20.0, 8.0),
    "bigint": (2000.0, 600.0),
    "double": (50.0, 12.0),
}
"""Type -> mean and standard deviation of its numbers, which are never negative."""
CATEGORIES: Final[Mapping[str, Sequence[str]]] = {
    "age_band": ("18-44", "45-64", "65-79", "80-89", "90+"),
    "consent": ("yes", "no"),
    "response": ("complete", "partial", "stable", "progressive"),
    "sex": ("female", "male", "unknown"),
    "stage": ("I", "II", "III", "IV"),
}
"""Column of text -> its values, where the name of the column states what it holds."""
_GENERIC: Final = 4
"""Number of values of a category that has no other source."""
_PSEUDONYMS: Final = ("patient_key", "pseudonym")
_FIRST_DAY: Final = date(2024, 1, 1)
_DAYS: Final = 700


@dataclass(frozen=True, kw_only=True, slots=True)
class DataSet:
    """A data set of the production schema."""

    name: str
    bucket: str
    """Purpose of its bucket."""
    prefix: str
    """Prefix of its files."""
    columns: Mapping[str, str]
    """Column -> type of Glue's catalogue."""
    sensitivity: Mapping[str, str]
    """Column -> `identifier`, `phi` or `de-identified`."""
    values: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """Column -> values that row filters name; they occur."""


class SchemaError(ValueError):
    """The schema is not one of data sets; the message names what is wrong."""


def data_sets(document: str) -> list[DataSet]:
    """Reads data sets from JSON.

    Raises:
        SchemaError: not JSON, a missing key, or a type that has no generator.
    """
    try:
        entries: Any = json.loads(document)
        sets = [DataSet(**entry) for entry in entries]
    except (TypeError, ValueError) as error:
        raise SchemaError(f"the schema is not a list of data sets: {error}") from None
    for data_set in sets:
        for column, kind in data_set.columns.items():
            if kind not in TYPES:
                raise SchemaError(f"{data_set.name}.{column}: no type {kind!r}; allowed: {', '.join(sorted(TYPES))}")
    return sets


def rows(data_set: DataSet, count: int, seed: int = SEED) -> list[dict[str, str]]:
    """Synthetic rows.

    Args:
        data_set: the schema.
        count: number of rows, 1 or more.
        seed: of everything drawn; equal seeds give equal rows.

    Returns:
        Rows as texts, with a value for every column.

    Raises:
        ValueError: fewer than one row.
    """
    if count < 1:
        raise ValueError(f"rows: {count} is not allowed; allowed: 1 or more")
    return [_row(data_set, number, seed) for number in range(count)]


def text(data_set: DataSet, count: int, seed: int = SEED) -> str:
    """The rows as CSV with a header."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, fieldnames=list(data_set.columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows(data_set, count, seed))
    return buffer.getvalue()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Person:
    """What the values of a row depend on."""

    number: int
    severity: float
    """Latent severity, standard normal."""
    chance: random.Random


def _row(data_set: DataSet, number: int, seed: int) -> dict[str, str]:
    severity = random.Random(f"{seed}/person/{number}").gauss(0.0, 1.0)  # noqa: S311 - reproducible, no secret
    row: dict[str, str] = {}
    for column, kind in data_set.columns.items():
        chance = random.Random(f"{seed}/{data_set.name}/{column}/{number}")  # noqa: S311 - reproducible, no secret
        person = _Person(number=number, severity=severity, chance=chance)
        if kind == "string":
            row[column] = _string(person, column, data_set)
        else:
            row[column] = TYPES[kind](person, kind, data_set.sensitivity.get(column, "phi"))
    return row


def _string(person: _Person, column: str, data_set: DataSet) -> str:
    if data_set.sensitivity.get(column) == "identifier":
        return f"{MARK}{person.number:07d}"
    if column in _PSEUDONYMS:
        return f"k0:{random.Random(f'pseudonym/{person.number}').getrandbits(128):032x}"  # noqa: S311 - invented
    known = CATEGORIES.get(column)
    named = list(data_set.values.get(column, ()))
    values = [*(known or ()), *(value for value in named if value not in (known or ()))]
    if known is None:
        values += [f"{column}-{number}" for number in range(1, _GENERIC + 1)]
    # Severe cases are in later categories more often.
    position = 0.5 + 0.2 * person.severity + 0.3 * person.chance.gauss(0.0, 1.0)
    return values[min(max(int(position * len(values)), 0), len(values) - 1)]


def _number(person: _Person, kind: str, _sensitivity: str) -> str:
    mean, deviation = NUMBERS[kind]
    noise = math.sqrt(1 - DEPENDENCE**2) * person.chance.gauss(0.0, 1.0)
    value = max(mean + deviation * (DEPENDENCE * person.severity + noise), 0.0)
    return f"{value:.2f}" if kind == "double" else str(round(value))


def _boolean(person: _Person, _kind: str, _sensitivity: str) -> str:
    odds = math.log(EVENT_SHARE / (1 - EVENT_SHARE)) + person.severity
    return "true" if person.chance.random() < 1 / (1 + math.exp(-odds)) else "false"


def _date(person: _Person, _kind: str, sensitivity: str) -> str:
    if sensitivity == "identifier":  # a date of birth: older people are more severe cases
        years = min(max(62 + 14 * (DEPENDENCE * person.severity + 0.8 * person.chance.gauss(0.0, 1.0)), 18), 95)
        return (_FIRST_DAY - timedelta(days=int(years * 365.25))).isoformat()
    return (_FIRST_DAY + timedelta(days=person.chance.randrange(_DAYS))).isoformat()


def _timestamp(person: _Person, _kind: str, _sensitivity: str) -> str:
    start = datetime(_FIRST_DAY.year, _FIRST_DAY.month, _FIRST_DAY.day, tzinfo=UTC)
    return f"{start + timedelta(minutes=person.chance.randrange(_DAYS * 24 * 60)):%Y-%m-%d %H:%M:%S}"


def _never(_person: _Person, _kind: str, _sensitivity: str) -> str:
    raise AssertionError("texts are drawn by their column")


TYPES: Final = {
    "string": _never,
    "int": _number,
    "bigint": _number,
    "double": _number,
    "boolean": _boolean,
    "date": _date,
    "timestamp": _timestamp,
}
"""Type of Glue's catalogue -> the function that draws its values."""


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m workloads.sandbox.generator --schema FILE --output DIR`: writes a CSV file per data set."""
    parser = argparse.ArgumentParser(prog="generator", description="Write synthetic rows of data sets as CSV.")
    parser.add_argument("--schema", type=Path, required=True, help="JSON file with a list of data sets")
    parser.add_argument("--output", type=Path, required=True, help="folder that the files are written to")
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args(arguments)
    try:
        texts = {
            data_set.name: text(data_set, options.rows, options.seed)
            for data_set in data_sets(options.schema.read_text(encoding="utf-8"))
        }
        options.output.mkdir(parents=True, exist_ok=True)
        for name, content in texts.items():
            (options.output / f"{name}.csv").write_text(content, encoding="utf-8")
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{len(texts)} data sets of {options.rows} rows -> {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
