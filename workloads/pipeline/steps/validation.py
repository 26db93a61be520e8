"""Great Expectations on a selected file, for both engines: the check, and an expectation that failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import great_expectations as gx
import pandas as pd

UNIX_LINES: Final = "(?d)"
"""Flag of Java's regular expressions under which `$` means what it means in Python: only a line feed ends a line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """An expectation that failed."""

    configuration: Any
    """Its configuration: type and arguments."""
    count: int
    """Values that do not meet it; 0 for one about the table or a statistic."""
    rows: Sequence[int]
    """Numbers of the first records that do not meet it, ascending, from 0."""


class Check(Protocol):
    """A selected file in an engine of Great Expectations."""

    def results(self, context: Any, suite: Any, name: str) -> list[Result]:
        """The expectations of a suite that failed."""
        ...

    def record(self, row: int) -> pd.Series:
        """The values of a record, by its number from 0."""
        ...

    def counts(self, column: str) -> Mapping[str, int]:
        """How often each value of a column occurs."""
        ...


def evaluate(context: Any, source: Any, suite: Any, name: str, frame: Any, result_format: Mapping[str, Any]) -> Any:
    """Great Expectations' result of a suite on a frame of pandas or Spark, as its source takes it."""
    batch = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("whole")
    definition = context.validation_definitions.add(gx.ValidationDefinition(name=name, data=batch, suite=suite))
    return definition.run(batch_parameters={"dataframe": frame}, result_format=dict(result_format))
