"""Payloads in JSON and CSV, checked field by field. An error names field and row and what is allowed, never a value.

What a client sent is patient data: it must not come back in an answer that somebody logs.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from workloads.pipeline.definitions import Definition, Field

JSON: Final = "application/json"
CSV: Final = "text/csv"
MOST_ENCOUNTERS: Final = 1000
"""Maximum number of instances per request: about 20 ms of work."""
MOST_BYTES: Final = 6 * 2**20
"""Maximum size of a request body in bytes: SageMaker allows 25 MB, 1,000 encounters need 0.4 MB."""
MOST_PROBLEMS: Final = 20
"""Maximum number of problems that a response lists."""


class PayloadError(Exception):
    """A payload that cannot be scored; `status` is the HTTP status, `problems` say where and what is allowed."""

    def __init__(self, status: int, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.status = status
        self.problems = problems


def parse(model: Definition, content_type: str, body: bytes) -> np.ndarray[Any, Any]:
    """A table of encounters: rows by fields, in the order of the model's fields.

    Args:
        model: definition of the served model.
        content_type: of the request.
        body: of the request.

    Raises:
        PayloadError: 400 malformed or not allowed, 413 too many encounters, 415 another content type.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in (JSON, CSV):
        raise PayloadError(415, f"content type not supported; allowed: {JSON}, {CSV}")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PayloadError(400, "the body is not UTF-8") from None
    rows = _from_json(text) if kind == JSON else _from_csv(model, text)
    if not rows:
        raise PayloadError(400, "no encounters")
    if len(rows) > MOST_ENCOUNTERS:
        raise PayloadError(413, f"{len(rows)} encounters; allowed: at most {MOST_ENCOUNTERS} in one request")
    problems: list[str] = []
    table = np.empty((len(rows), len(model.fields)), dtype=object)
    for number, row in enumerate(rows):
        table[number] = _checked(model, number, row, problems)
    if problems:
        raise PayloadError(400, *listed(problems))
    return table


def listed(problems: Sequence[str]) -> Sequence[str]:
    """The first `MOST_PROBLEMS` problems, and how many more there are."""
    more = len(problems) - MOST_PROBLEMS
    return [*problems[:MOST_PROBLEMS], *([f"and {more} more"] if more > 0 else [])]


def _from_json(text: str) -> Sequence[Any]:
    try:
        document = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise PayloadError(400, "the body is not JSON (NaN and Infinity are not either)") from None
    if isinstance(document, dict) and set(document) == {"instances"}:
        document = document["instances"]
    if not isinstance(document, list):
        raise PayloadError(400, 'allowed: {"instances": [{field: value, …}, …]}, or the list alone')
    return document


def _no_constant(_name: str) -> float:
    raise ValueError("not JSON")


def _from_csv(model: Definition, text: str) -> Sequence[Any]:
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        raise PayloadError(400, "the body is not CSV") from None
    if not lines or sorted(lines[0]) != sorted(model.fields):
        raise PayloadError(400, f"the first line must name every field once: {','.join(model.fields)}")
    header = lines[0]
    for number, line in enumerate(lines[1:]):
        if len(line) != len(header):
            raise PayloadError(400, f"row {number}: {len(line)} values; the header has {len(header)}")
    return [{name: _number(model, name, value) for name, value in zip(header, line, strict=True)} for line in lines[1:]]


def _number(model: Definition, name: str, text: str) -> Any:
    if model.fields[name].values:
        return text
    try:
        return float(text)
    except ValueError:
        return text


def _checked(model: Definition, number: int, row: Any, problems: list[str]) -> list[Any]:
    if not isinstance(row, Mapping):
        problems.append(f"row {number}: must be an object of field: value")
        return [None] * len(model.fields)
    unknown = len(set(row) - set(model.fields))
    if unknown:
        # Not by name: a misplaced value may stand where a name should.
        problems.append(f"row {number}: {unknown} unknown field(s); allowed: {', '.join(model.fields)}")
    return [_value(number, name, field, row.get(name), problems) for name, field in model.fields.items()]


def _value(number: int, name: str, field: Field, value: Any, problems: list[str]) -> Any:
    if field.values:
        allowed = field.values
        if not isinstance(value, str) or value not in allowed:
            problems.append(f"row {number}: {name} {_state(value)}; allowed: {', '.join(allowed)}")
        return value
    maximum = field.maximum if field.input_maximum is None else field.input_maximum
    if _is_number(value) and field.minimum <= value <= maximum and (not field.whole or float(value).is_integer()):
        return float(value)
    kind = "whole number" if field.whole else "number"
    allowed = f"a {kind} from {field.minimum:g} to {maximum:g} ({field.unit})"
    problems.append(f"row {number}: {name} {_state(value)}; allowed: {allowed}")
    return None


def _is_number(value: Any) -> bool:
    """Whether a value is a number; NaN is one, and is in no range."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _state(value: Any) -> str:
    return "is missing" if value is None else "is not allowed"
