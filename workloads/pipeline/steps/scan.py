"""Scans the selected data for PHI: every column, every distinct value; one finding stops the run."""

import re
import sys
from collections import Counter
from typing import Any, Final

import pandas as pd

from workloads.pipeline.definitions import DATES, NOTE, PATIENT, PATIENT_PATTERN, Definition
from workloads.pipeline.errors import StepError
from workloads.pipeline.plan import Job
from workloads.pipeline.steps import command, frames
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


def run(_model: Definition, job: Job) -> dict[str, Any]:
    """Writes `scan.json`: kinds and rows of findings in each column, without values.

    Raises:
        StepError: PHI was found.
    """
    recognizers = Recognizers(job.inputs.get("names_model"))
    report: dict[str, Any] = {}
    values = 0
    for name in ("train.csv", "holdout.csv"):
        frame = frames.read(job.inputs["select"] / name)
        values += frame.size
        for column, spans in find(frame, recognizers).items():
            kinds = Counter(finding.kind for _, finding in spans)
            rows = sorted({row + 2 for row, _ in spans})
            report[f"{name} {column}"] = {
                "kinds": dict(sorted(kinds.items())),
                "rows": rows[:SHOWN],
                "values": len(rows),
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
