"""Builds the features of the selected data on Apache Spark: the model's fields and target, typed, as an array.

Pipelines on pandas have no such step: train and evaluate read the selected data by the same function, `frames.typed`.
"""

import functools
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workloads.pipeline.definitions import Definition
from workloads.pipeline.plan import Job
from workloads.pipeline.steps import blocks, command, frames, spark


def run(model: Definition, job: Job) -> dict[str, Any]:
    """Writes `train.npy`, `holdout.npy` and `features.json`, with the rows in the order of the selected data.

    Raises:
        StepError: a file is missing, or holds a value that is not a number or a category that is not in the definition.
    """
    document: dict[str, Any] = {}
    for part in frames.PARTS:
        source, file = job.inputs["select"] / f"{part}.csv", job.output / f"{part}.npy"
        document[part] = {
            "rows": _write(blocks.of_file(source), model, file),
            "source_sha256": frames.file_digest(source),
            "sha256": frames.file_digest(file),
        }
    job.write(frames.FEATURES, document)
    return {f"{part}_rows": entry["rows"] for part, entry in document.items()}


def _write(parts: list[blocks.Block], model: Definition, file: Path) -> int:
    """Writes the features of some blocks; this process holds those of a few blocks at a time."""
    rows = sum(part.rows for part in parts)
    made = spark.mapped(parts, functools.partial(_records, model), "content binary")
    with spark.stopping(), file.open("wb") as written:
        header = {"descr": frames.record_type(model).descr, "fortran_order": False, "shape": (rows,)}
        np.lib.format.write_array_header_2_0(written, header)
        for row in made.toLocalIterator(prefetchPartitions=True):
            written.write(row.content)
    return rows


def _records(model: Definition, frame: pd.DataFrame) -> pd.DataFrame:
    """The features of a block, as the bytes of its records."""
    return pd.DataFrame({"content": [frames.records(frames.typed(frame, model), model).tobytes()]})


if __name__ == "__main__":
    sys.exit(command.main("features"))
