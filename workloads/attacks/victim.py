"""The attacked server: the code that scores and guards a request, without HTTP, and what an attacker knows of it."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from workloads.pipeline import estimators
from workloads.pipeline.definitions import READMISSION
from workloads.pipeline.estimators import Fitted
from workloads.readmission.schema import NUMBERS

Array = np.ndarray[Any, Any]
THRESHOLD: Final = 0.25
"""Risk from which a patient is called after discharge: the decision that an attacker wants to change."""
COUNT: Final = len(NUMBERS)
"""Number of numbers; they are the first columns."""
LOW: Final = np.array([number.least for number in NUMBERS.values()])
HIGH: Final = np.array([number.most for number in NUMBERS.values()])


@dataclass(kw_only=True, slots=True)
class Victim:
    """A served model. The attacker sees predictions, and nothing of a refused row."""

    fitted: Fitted
    guarded: bool
    """Whether rows out of the distribution are refused, and predictions rounded to `digits`."""
    digits: int = 6
    rows: int = 0
    """Rows that were sent."""

    def risks(self, table: Array) -> Array:
        """The answered risks; NaN for a refused row.

        Args:
            table: rows by fields, in the order of the model's fields.
        """
        encoded = self.fitted.encode(estimators.top_coded(READMISSION, table))
        risks = np.round(estimators.predict_encoded(self.fitted, READMISSION, encoded), self.digits)
        self.rows += len(table)
        if self.guarded:
            risks = np.where(self.fitted.distribution.outliers(encoded), np.nan, risks)
        return risks


def within_ranges(numbers: Array) -> Array:
    """Numbers as the server accepts them: in the range of their field, whole where the field is whole."""
    clipped = np.clip(numbers.astype(float), LOW, HIGH)
    whole = np.array([number.whole for number in NUMBERS.values()])
    return np.where(whole, np.rint(clipped), clipped)
