"""Scans the selected data for PHI: every column, every distinct value; one finding stops the run."""

import sys
from collections import Counter
from pathlib import Path
from typing import Any, Final

from workloads.pipeline.definitions import Definition
from workloads.pipeline.errors import StepError
from workloads.pipeline.plan import PANDAS, Job
from workloads.pipeline.steps import blocks, command, frames
from workloads.pipeline.steps.findings import Hit, distinct, of_block
from workloads.pipeline.steps.recognizers import Recognizers

SHOWN: Final = 5


def on_pandas(file: Path, names_model: Path | None) -> tuple[list[str], int, list[Hit]]:
    """Columns, number of records, and findings of a file."""
    recognizers = Recognizers(names_model)
    frame = frames.read(file)
    hits = [hit for block in blocks.of_frame(frame) for hit in of_block(block, recognizers)]
    return list(frame.columns), len(frame), hits


def run(_model: Definition, job: Job) -> dict[str, Any]:
    """Writes `scan.json`: kinds and rows of findings in each column, without values.

    Raises:
        StepError: PHI was found.
    """
    search = on_pandas
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
