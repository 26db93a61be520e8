"""Validates the selected data with Great Expectations: a suite from the definition and expectations written by hand."""

import logging
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd

from workloads.pipeline.definitions import DATES, PATIENT, PATIENT_PATTERN, ZIP3, Definition
from workloads.pipeline.errors import StepError
from workloads.pipeline.plan import PANDAS, Engine, Job
from workloads.pipeline.steps import command, frames
from workloads.pipeline.steps.validation import UNIX_LINES, Check, Result, evaluate

FILES: Final = tuple(f"{part}.csv" for part in frames.PARTS)
EXAMPLES: Final = 3
CLASS_MINIMUM: Final = 10


def generated(model: Definition) -> list[Any]:
    """Expectations that follow from the definition: columns, numbers, ranges and allowed values."""
    expectations: list[Any] = [gxe.ExpectTableColumnsToMatchOrderedList(column_list=_columns(model))]
    for name, field in {**model.fields, model.target: model.target_field}.items():
        expectations.append(gxe.ExpectColumnValuesToNotBeNull(column=name))
        if field.values:
            expectations.append(gxe.ExpectColumnValuesToBeInSet(column=name, value_set=list(field.values)))
        else:
            expectations.append(
                gxe.ExpectColumnValuesToBeBetween(column=name, min_value=field.minimum, max_value=field.maximum)
            )
        if field.whole:
            expectations.append(gxe.ExpectColumnValuesToBeBetween(column=f"{name} fraction", min_value=0, max_value=0))
    return expectations


def by_hand(model: Definition) -> list[Any]:
    """Expectations that no schema states."""
    expectations: list[Any] = [
        gxe.ExpectColumnValuesToMatchRegex(column=PATIENT, regex=PATIENT_PATTERN),
        gxe.ExpectColumnValuesToMatchRegex(column=ZIP3, regex="^[0-9]{3}$"),
        gxe.ExpectCompoundColumnsToBeUnique(column_list=[PATIENT, *DATES, *model.fields, model.target]),
        gxe.ExpectTableRowCountToBeBetween(min_value=200),
    ]
    expectations += [
        gxe.ExpectColumnValuesToMatchRegex(column=date, regex="^[0-9]{4}-[0-9]{2}-[0-9]{2}$") for date in DATES
    ]
    if model.kind == "classification":
        expectations.append(gxe.ExpectColumnMeanToBeBetween(column=model.target, min_value=0.01, max_value=0.6))
    if "age_years" in model.fields:
        expectations.append(gxe.ExpectColumnMedianToBeBetween(column="age_years", min_value=30, max_value=85))
    return expectations


def _columns(model: Definition) -> list[str]:
    fields = {**model.fields, model.target: model.target_field}
    return [*model.columns, *(f"{name} fraction" for name, field in fields.items() if field.whole)]


class PandasCheck:
    """A selected file in the memory of this process."""

    def __init__(self, file: Path, model: Definition) -> None:
        self._raw = frames.read(file)
        self._model = model

    def results(self, context: Any, suite: Any, name: str) -> list[Result]:
        """The expectations of a suite that failed, with the numbers of all rows."""
        source = context.data_sources.add_pandas(name)
        result = evaluate(
            context,
            source,
            suite,
            name,
            frames.prepared(self._raw, self._model),
            {
                "result_format": "COMPLETE",
                "exclude_unexpected_values": True,
                "return_unexpected_index_query": False,
            },
        )
        return [
            Result(
                configuration=entry.expectation_config,
                count=int(entry.result.get("unexpected_count") or 0),
                rows=[int(row) for row in entry.result.get("unexpected_index_list") or () if isinstance(row, int)],
            )
            for entry in result.results
            if not entry.success
        ]

    def record(self, row: int) -> pd.Series:
        """The values of a record, by its number from 0."""
        return self._raw.iloc[row]

    def counts(self, column: str) -> Mapping[str, int]:
        """How often each value of a column occurs."""
        return {str(value): int(count) for value, count in self._raw[column].value_counts().items()}


def _engine(model: Definition, engine: Engine) -> tuple[Callable[[Path], Check], list[Any]]:
    """What checks a file, and the expectations in the form that the engine reads."""
    expectations = [*generated(model), *by_hand(model)]
    if engine == PANDAS:
        return lambda file: PandasCheck(file, model), expectations
    from workloads.pipeline.steps import validate_spark  # noqa: PLC0415 - environments without Spark have pandas only

    return lambda file: validate_spark.SparkCheck(file, model), validate_spark.for_java(expectations)


def run(model: Definition, job: Job) -> dict[str, Any]:
    """Writes `validation.json` and Great Expectations' Data Docs; stops on the first file with a failure.

    Raises:
        StepError: an expectation failed; names column, rule, count and masked examples.
    """
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    results: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context: Any = gx.get_context(mode="file", project_root_dir=job.output)
        context.variables.progress_bars = {"globally": False}
        check, expectations = _engine(model, job.settings.engine)
        suite = context.suites.add(gx.ExpectationSuite(name=model.name, expectations=expectations))
        train, holdout = FILES
        labels = check(job.inputs["select"] / train)
        results[train] = failures(labels.results(context, suite, train), labels.record)
        held = check(job.inputs["select"] / holdout)
        results[holdout] = failures(held.results(context, suite, holdout), held.record)
        context.build_data_docs()
    job.write("validation.json", {"failures": results, "expectations": len(suite.expectations)})
    docs = _data_docs(job.output)
    for name, failed in results.items():
        if failed:
            raise StepError(
                f"Validation of {name} failed: {'; '.join(_sentence(failure) for failure in failed[:5])}"
                f"{f'; and {len(failed) - 5} more' if len(failed) > 5 else ''}.",  # noqa: PLR2004 - as sliced
                action="Correct the extract, or change the definition with the model's owner; nothing was trained.",
            )
    _check_labels(labels.counts(model.target), model)
    return {"expectations": len(suite.expectations), "data_docs": docs}


def _check_labels(counts: Mapping[str, int], model: Definition) -> None:
    least = 2 if model.kind == "classification" else 5
    if len(counts) < least or (model.kind == "classification" and min(counts.values()) < CLASS_MINIMUM):
        raise StepError(
            f"The target {model.target} has too few distinct values or cases in the training data to learn from.",
            action="Check the join that makes the label.",
        )


def failures(results: Sequence[Result], record: Callable[[int], pd.Series]) -> list[dict[str, Any]]:
    """Column, rule, count, rows and masked examples of each failed expectation; no value of the data.

    Args:
        results: of the expectations that failed.
        record: gives the values of a record by its number, from 0.
    """
    failed: list[dict[str, Any]] = []
    for result in results:
        kwargs = result.configuration.kwargs
        arguments = {key: value for key, value in kwargs.items() if key not in {"batch_id", "column"}}
        column = str(kwargs.get("column", "table"))
        plain = column.removesuffix(" fraction")
        rows = result.rows[:EXAMPLES]
        records = [record(row) for row in rows] if plain != "table" else []
        failed.append(
            {
                "column": plain,
                "rule": "must be a whole number" if plain != column else _rule(result.configuration.type, arguments),
                "count": result.count,
                "rows": [row + 2 for row in rows],
                "examples": [frames.mask(str(values[plain])) for values in records if plain in values.index],
            }
        )
    return failed


def _rule(kind: str, arguments: Mapping[str, Any]) -> str:
    shown = ", ".join(
        f"{key} {_shown(value).removeprefix(UNIX_LINES)}"
        for key, value in sorted(arguments.items())
        if value is not None
    )
    return f"{kind.removeprefix('expect_').replace('_', ' ')}{f' ({shown})' if shown else ''}"


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else str(value)


def _sentence(failure: Mapping[str, Any]) -> str:
    counted = f", {failure['count']} value(s)" if failure["count"] else ""
    rows = f", rows {', '.join(map(str, failure['rows']))}" if failure["rows"] else ""
    shapes = f" shaped {', '.join(failure['examples'])}" if failure["examples"] else ""
    return f"{failure['column']}: {failure['rule']}{counted}{rows}{shapes}"


def _data_docs(output: Path) -> str:
    index = next(output.rglob("data_docs/local_site/index.html"), None)
    return "" if index is None else str(index.relative_to(output))


if __name__ == "__main__":
    sys.exit(command.main("validate"))
