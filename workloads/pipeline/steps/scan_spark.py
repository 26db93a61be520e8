"""The scan for PHI on Apache Spark: Presidio on each block, by `mapInPandas`."""

import functools
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from workloads.pipeline.steps import blocks, spark
from workloads.pipeline.steps.findings import Hit, of_block
from workloads.pipeline.steps.recognizers import Recognizers

_SCHEMA = "column string, row long, kind string, value string"


def search(file: Path, names_model: Path | None) -> tuple[list[str], int, list[Hit]]:
    """Columns, number of records, and findings of a file.

    Raises:
        StepError: the file is not CSV, or there is no names model.
    """
    parts = blocks.of_file(file)
    columns = list(parts[0].read().columns)
    hits = spark.mapped(parts, functools.partial(_hits, names_model), _SCHEMA)
    return columns, sum(part.rows for part in parts), [Hit(**row.asDict()) for row in spark.collected(hits)]


def _hits(names_model: Path | None, frame: pd.DataFrame) -> pd.DataFrame:
    hits = [asdict(hit) for hit in of_block(frame, _recognizers(names_model))]
    return pd.DataFrame(hits, columns=["column", "row", "kind", "value"]).astype({"row": "int64"})


@functools.lru_cache(maxsize=1)
def _recognizers(names_model: Path | None) -> Recognizers:
    """The recognizers of a worker, which are loaded once."""
    return Recognizers(names_model)
