"""Scans the selected data for PHI: every column, every distinct value; one finding stops the run."""

import hashlib
import re
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from workloads.pipeline.definitions import DATES, NOTE, PATIENT, PATIENT_PATTERN, Definition
from workloads.pipeline.errors import StepError
from workloads.pipeline.plan import PANDAS, Job
from workloads.pipeline.steps import blocks, command, frames
from workloads.pipeline.steps.recognizers import Finding, Recognizers

SHOWN: Final = 5
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


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


def _on_pandas(file: Path, names_model: Path | None) -> tuple[list[str], int, list[Hit]]:
    recognizers = Recognizers(names_model)
    frame = frames.read(file)
    hits = [hit for block in blocks.of_frame(frame) for hit in of_block(block, recognizers)]
    return list(frame.columns), len(frame), hits


def run(_model: Definition, job: Job) -> dict[str, Any]:
    """Writes `scan.json`: kinds and rows of findings in each column, without values.

    Raises:
        StepError: PHI was found.
    """
    search = _on_pandas
    if job.settings.engine != PANDAS:
        from workloads.pipeline.steps import scan_spark  # noqa: PLC0415 - environments without Spark have pandas only

        search = scan_spark.search
    report: dict[str, Any] = {}
    values = 0
    for part in frames.PARTS:
        name = f"{part}.csv"
        columns, rows, hits = search(job.inputs["select"] / name, job.inputs.get("names_model"))
        values += rows * len(columns)
        first = distinct(hits)
        for column in columns:
            own = [hit for hit in first if hit.column == column]
            if own:
                numbers = sorted({hit.row + 2 for hit in own})
                report[f"{name} {column}"] = {
                    "kinds": dict(sorted(Counter(hit.kind for hit in own).items())),
                    "rows": numbers[:SHOWN],
                    "values": len(numbers),
                }
    job.write("scan.json", {"findings": report, "values": values})
    if report:
        sentences = [
            f"{place}: {', '.join(entry['kinds'])} in {entry['values']} value(s), "
            f"row(s) {', '.join(map(str, entry['rows']))}"
            for place, entry in report.items()
        ]
        raise StepError(
            f"PHI was found in {'; '.join(sentences[:SHOWN])}.",
            action="Treat the data version as PHI: remove it from the de-identified bucket, correct the rule in "
            "`deidentify`, and inform the privacy officer. Nothing was trained.",
        )
    return {"findings": 0, "values": values}


if __name__ == "__main__":
    sys.exit(command.main("scan"))
