"""Validation on Apache Spark: the suite of `validate`, evaluated by Great Expectations' Spark engine.

A first pass decides every expectation and counts, in few aggregations. Only for those that failed, a second pass reads
the numbers of the first rows. Examples are masked as on pandas.
"""

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import great_expectations as gx
import pandas as pd

from workloads.pipeline.definitions import Definition
from workloads.pipeline.steps import blocks, frames, spark
from workloads.pipeline.steps.validation import UNIX_LINES, Result, evaluate

ROW: Final = "row number"
"""Column with the number of the record, from 0."""
# No value is read: with a limit of 0, Spark answers the query for examples without a job.
_COUNTS: Final = {"result_format": "BASIC", "partial_unexpected_count": 0, "exclude_unexpected_values": True}
# The first ones of the rows that are read are named.
_ROWS: Final = {
    "result_format": "SUMMARY",
    "unexpected_index_column_names": [ROW],
    "partial_unexpected_count": 10_000,
    "exclude_unexpected_values": True,
}


def for_java(expectations: Sequence[Any]) -> list[Any]:
    """The expectations with regular expressions that Java reads as Python does."""
    for expectation in expectations:
        if getattr(expectation, "regex", None):
            expectation.regex = UNIX_LINES + expectation.regex
    return list(expectations)


class SparkCheck:
    """A selected file on Spark.

    Args:
        file: CSV file.
        model: definition that the data is prepared by.
    """

    def __init__(self, file: Path, model: Definition) -> None:
        self._blocks = blocks.of_file(file)
        self._model = model

    def results(self, context: Any, suite: Any, name: str) -> list[Result]:
        """The expectations of a suite that failed, with the numbers of the first rows.

        Raises:
            StepError: a block is not CSV.
        """
        # The data comes first: Great Expectations uses the session that exists, and would start one of its own.
        numbered = self._prepared().persist(spark.StorageLevel.MEMORY_AND_DISK)
        source = context.data_sources.add_spark(name, persist=False)
        try:
            # Great Expectations turns every exception into a failed expectation: what a worker refuses stops here.
            spark.collected(numbered.groupBy().count())
            first = evaluate(context, source, suite, name, numbered.drop(ROW), _COUNTS)
            failed = [entry for entry in first.results if not entry.success]
            located = [entry.expectation_config for entry in failed if entry.result.get("unexpected_count")]
            rows = self._rows(context, source, name, numbered, located) if located else {}
        finally:
            with spark.stopping():
                numbered.unpersist()
        return [
            Result(
                configuration=entry.expectation_config,
                count=int(entry.result.get("unexpected_count") or 0),
                rows=rows.get(_key(entry.expectation_config), []),
            )
            for entry in failed
        ]

    def _rows(
        self, context: Any, source: Any, name: str, numbered: spark.DataFrame, failed: Sequence[Any]
    ) -> dict[str, list[int]]:
        """Expectation -> numbers of the first records that do not meet it."""
        again = f"{name} failures"
        suite = gx.ExpectationSuite(name=again, expectations=[_again(configuration) for configuration in failed])
        result = evaluate(context, source, context.suites.add(suite), again, numbered, _ROWS)
        return {_key(entry.expectation_config): _numbers(entry.result) for entry in result.results}

    def record(self, row: int) -> pd.Series:
        """The values of a record."""
        block = next(block for block in self._blocks if block.first <= row < block.first + block.rows)
        return block.read().loc[row]

    def counts(self, column: str) -> Counter[str]:
        """How often each value of a column occurs."""
        counted = spark.mapped(self._blocks, functools.partial(_counts, column), "value string, records long")
        total: Counter[str] = Counter()
        for row in spark.collected(counted):
            total[row.value] += row.records
        return total

    def _prepared(self) -> spark.DataFrame:
        columns = frames.prepared(self._blocks[0].read().head(1), self._model).dtypes
        fields = [f"`{name}` {'double' if str(kind) == 'float64' else 'string'}" for name, kind in columns.items()]
        return spark.mapped(
            self._blocks, functools.partial(_numbered, self._model), ", ".join([*fields, f"`{ROW}` long"])
        )


def _numbered(model: Definition, frame: pd.DataFrame) -> pd.DataFrame:
    ready = frames.prepared(frame, model)
    return ready.assign(**{ROW: ready.index})


def _counts(column: str, frame: pd.DataFrame) -> pd.DataFrame:
    counts = frame[column].value_counts()
    return pd.DataFrame({"value": counts.index.astype(object), "records": counts.to_numpy()})


def _again(configuration: Any) -> Any:
    """The expectation of a configuration, for another suite."""
    expectation = configuration.to_domain_obj()
    expectation.id = None
    return expectation


def _key(configuration: Any) -> str:
    arguments = {key: value for key, value in configuration.kwargs.items() if key != "batch_id"}
    return f"{configuration.type} {sorted(arguments.items(), key=str)}"


def _numbers(result: Mapping[str, Any]) -> list[int]:
    """Numbers of records, which Great Expectations gives as one list, or one by one."""
    places = [place[ROW] for place in result.get("partial_unexpected_index_list") or ()]
    return sorted(int(number) for place in places for number in (place if isinstance(place, list) else [place]))
