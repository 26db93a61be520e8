"""Findings of PHI in a block of records, for both engines: a value is known by its digest only."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pandas as pd

from workloads.pipeline.definitions import DATES, NOTE, PATIENT, PATIENT_PATTERN
from workloads.pipeline.steps.recognizers import Finding, Recognizers

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def find(frame: pd.DataFrame, recognizers: Recognizers) -> dict[str, list[tuple[int, Finding]]]:
    """Findings of each column, with the row of the value's first occurrence (0 for the first record)."""
    findings: dict[str, list[tuple[int, Finding]]] = {}
    for column in frame.columns:
        first = frame[column].drop_duplicates()
        values = [
            (row, str(value)) for row, value in zip(first.index, first, strict=True) if not _expected(column, value)
        ]
        texts = [value for _, value in values]
        if not texts:
            continue
        spans = recognizers.find_in_text(texts) if column == NOTE else recognizers.find_in_column(texts)
        if spans:
            findings[column] = [(int(values[finding.index][0]), finding) for finding in spans]
    return findings


def _expected(column: str, value: str) -> bool:
    """Values whose form alone proves that they are what the column holds: pseudonyms, shifted dates, nothing."""
    if not value:
        return True
    if column == PATIENT:
        return re.fullmatch(PATIENT_PATTERN, value) is not None
    return column in DATES and _DATE.fullmatch(value) is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A finding in a value, which is known by its digest only."""

    column: str
    row: int
    """Number of the record, from 0."""
    kind: str
    value: str


def of_block(frame: pd.DataFrame, recognizers: Recognizers) -> list[Hit]:
    """The findings in a block of records."""
    return [
        Hit(column=column, row=row, kind=finding.kind, value=_digest(str(frame[column].loc[row])))
        for column, findings in find(frame, recognizers).items()
        for row, finding in findings
    ]


def _digest(value: str) -> str:
    return hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def distinct(hits: Iterable[Hit]) -> list[Hit]:
    """The findings in the first occurrence of each value of a column."""
    hits = list(hits)
    first: dict[tuple[str, str], int] = {}
    for hit in hits:
        place = (hit.column, hit.value)
        first[place] = min(first.get(place, hit.row), hit.row)
    return [hit for hit in hits if first[hit.column, hit.value] == hit.row]
