"""Builds the features of the selected data on Apache Spark: the model's fields and target, typed, as Parquet.

Pipelines on pandas have no such step: train and evaluate read the selected data by the same function, `frames.typed`.
"""

import functools
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workloads.pipeline.definitions import Definition
from workloads.pipeline.plan import Job
from workloads.pipeline.steps import blocks, command, frames, spark


def run(model: Definition, job: Job) -> dict[str, Any]:
    """Writes `train.parquet`, `holdout.parquet` and `features.json`, with the rows in the order of the selected data.

    Raises:
        StepError: a file is missing or holds a value that is not a number.
    """
    document: dict[str, Any] = {}
    for name in frames.PARTS:
        source = job.inputs["select"] / f"{name}.csv"
        file = job.output / f"{name}.parquet"
        document[name] = {
            "rows": _write(blocks.of_file(source), model, file),
            "source_sha256": frames.file_digest(source),
            "sha256": frames.file_digest(file),
        }
    job.write(frames.FEATURES, document)
    return {f"{name}_rows": entry["rows"] for name, entry in document.items()}


def _write(parts: list[blocks.Block], model: Definition, file: Path) -> int:
    """Writes the features of some blocks; this process holds those of a few blocks at a time."""
    rows = 0
    made = spark.mapped(parts, functools.partial(_serialised, model), "content binary")
    with spark.stopping(), pq.ParquetWriter(file, _schema(model)) as writer:
        for row in made.toLocalIterator(prefetchPartitions=True):
            table = pa.ipc.open_stream(bytes(row.content)).read_all()
            writer.write_table(table)
            rows += table.num_rows
    return rows


def _serialised(model: Definition, frame: pd.DataFrame) -> pd.DataFrame:
    """The features of a block, as one value in the stream format of Arrow."""
    table = pa.Table.from_pandas(frames.typed(frame, model), schema=_schema(model), preserve_index=False)
    content = pa.BufferOutputStream()
    with pa.ipc.new_stream(content, table.schema) as writer:
        writer.write_table(table)
    return pd.DataFrame({"content": [content.getvalue().to_pybytes()]})


def _schema(model: Definition) -> pa.Schema:
    fields = {**model.fields, model.target: model.target_field}
    return pa.schema([(name, pa.string() if field.values else pa.float64()) for name, field in fields.items()])


if __name__ == "__main__":
    sys.exit(command.main("features"))
