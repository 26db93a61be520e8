"""The distribution of the training data, and how far a row is from it.

The distance is the squared Mahalanobis distance of the scaled numbers of a row with a Ledoit-Wolf covariance (J.
Multivariate Analysis 88, 2004), after the power transformation of Yeo and Johnson (Biometrika 87, 2000), which makes
skewed numbers nearly normal. Categories are not part of it: the server refuses categories that the definition does not
have, and a rare category would outweigh every number. The threshold is calibrated by split conformal prediction on rows
that the covariance was not estimated from (Laxhammar and Falkman, "Inductive conformal anomaly detection", 2015): at
most `FALSE_ALARMS` of the rows from the distribution of the training data are above it, whatever their distribution.
"""

import math
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from sklearn.covariance import LedoitWolf
from sklearn.preprocessing import PowerTransformer

Array = np.ndarray[Any, Any]
FALSE_ALARMS: Final = 0.001
"""Share of rows from the distribution of the training data that are above the threshold, at most."""
CALIBRATION: Final = 0.2
"""Share of the rows that calibrate the threshold."""
DIGITS: Final = 6


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class TrainingDistribution:
    """Powers, mean and precision of the scaled numbers of the training rows, and the threshold of the distance."""

    powers: Array
    """Parameter of the power transformation per number; from 0.01 to 1.99."""
    mean: Array
    precision: Array
    """Inverse of the covariance."""
    threshold: float
    """Largest squared Mahalanobis distance of a row that is in the distribution."""

    def distances(self, encoded: Array) -> Array:
        """The squared Mahalanobis distance per row.

        Args:
            encoded: encoded rows from `Fitted.encode`; the scaled numbers are the first columns.
        """
        centred = _transformed(encoded[:, : len(self.mean)], self.powers) - self.mean
        return np.einsum("ij,ij->i", centred @ self.precision, centred)

    def outliers(self, encoded: Array) -> Array:
        """Whether a row is out of the distribution, per row.

        Args:
            encoded: encoded rows from `Fitted.encode`.
        """
        return self.distances(encoded) > self.threshold


def fit(numbers: Array) -> TrainingDistribution:
    """Estimates the distribution, and calibrates the threshold on the last fifth of the rows.

    Args:
        numbers: scaled numbers of the rows, in random order.
    """
    calibrating = max(1, int(len(numbers) * CALIBRATION))
    estimating = numbers[:-calibrating]
    transformer: Any = PowerTransformer(standardize=False).fit(estimating)
    powers = np.round(np.clip(transformer.lambdas_, 0.01, 1.99), 2)
    covariance: Any = LedoitWolf().fit(_transformed(estimating, powers))
    uncalibrated = TrainingDistribution(
        powers=powers,
        mean=np.round(covariance.location_, DIGITS),
        precision=np.round(covariance.precision_, DIGITS),
        threshold=0.0,
    )
    distances = np.sort(uncalibrated.distances(numbers[-calibrating:]))
    rank = min(calibrating, math.ceil((calibrating + 1) * (1 - FALSE_ALARMS)))
    return replace(uncalibrated, threshold=round(float(distances[rank - 1]), DIGITS))


def _transformed(numbers: Array, powers: Array) -> Array:
    """The power transformation of Yeo and Johnson."""
    above = ((np.maximum(numbers, 0) + 1) ** powers - 1) / powers
    below = ((np.maximum(-numbers, 0) + 1) ** (2 - powers) - 1) / (2 - powers)
    return above - below
