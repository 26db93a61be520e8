"""Tests of a change that is larger than a margin, and Holm's control of the error of all tests together.

A test of "no change at all" rejects every season once there are enough records. Each test here has the null hypothesis
"the change is at most the margin", so that a small change is not a violation however large the sample is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy import special, stats

Array = np.ndarray[Any, Any]
MINIMUM: Final = 30
"""Records on either side below which no change is tested."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """The result of one test."""

    kind: str
    """`feature_drift`, `joint_drift`, `prediction_drift`, …: the metric and the check type of the violation."""
    feature: str
    effect: float
    """Size of the change in the unit of the margin."""
    margin: float
    p_value: float
    description: str
    """For people; holds shares and counts, no values of patients."""


def kolmogorov_smirnov(reference: Array, current: Array, margin: float) -> tuple[float, float]:
    """The two-sample Kolmogorov-Smirnov distance, and the p-value of "the distance is at most the margin".

    The empirical distance exceeds the true one by at most the distance of two samples of equal distributions, whose
    limit is Kolmogorov's (Smirnov, 1948). The p-value is therefore an upper bound, also for discrete values.
    """
    if min(len(reference), len(current)) < MINIMUM:
        return 0.0, 1.0
    values = np.unique(np.concatenate([reference, current]))
    first = np.searchsorted(np.sort(reference), values, side="right") / len(reference)
    second = np.searchsorted(np.sort(current), values, side="right") / len(current)
    distance = float(np.abs(first - second).max())
    excess = max(0.0, distance - margin)
    size = len(reference) * len(current) / (len(reference) + len(current))
    return distance, float(special.kolmogorov(np.sqrt(size) * excess)) if excess else 1.0


def shares(reference: Array, current: Array, values: Sequence[str], margin: float) -> tuple[float, str, float]:
    """The largest change of a share, its value, and the p-value of "every change is at most the margin".

    One z-test per value against the margin, with Bonferroni's correction for the number of values and both directions.
    """
    if min(len(reference), len(current)) < MINIMUM:
        return 0.0, "", 1.0
    largest, value_of_largest, smallest = 0.0, "", 1.0
    for value in values:
        before, after = float((reference == value).mean()), float((current == value).mean())
        change = abs(after - before)
        variance = before * (1 - before) / len(reference) + after * (1 - after) / len(current)
        if change > largest:
            largest, value_of_largest = change, value
        if change > margin and variance:
            smallest = min(smallest, float(stats.norm.sf((change - margin) / np.sqrt(variance))))
    return largest, value_of_largest, min(1.0, 2 * len(values) * smallest)


def excess_of_rate(count: int, total: int, allowed: float) -> float:
    """The p-value of "the rate is at most the allowed one": exact, binomial."""
    return float(stats.binom.sf(count - 1, total, allowed)) if count else 1.0


def auroc(target: Array, score: Array) -> tuple[float, float]:
    """Area under the ROC curve and its standard error (Hanley and McNeil, 1982); NaN without both outcomes."""
    positives, negatives = int(target.sum()), int(len(target) - target.sum())
    if not positives or not negatives:
        return float("nan"), float("nan")
    ranks = stats.rankdata(score)
    area = float((ranks[target == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives))
    first, second = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area) + (positives - 1) * (first - area**2) + (negatives - 1) * (second - area**2)
    return area, float(np.sqrt(max(variance, 1e-12) / (positives * negatives)))


def holm(checks: Sequence[Check], alpha: float) -> list[Check]:
    """The checks that are violated when the probability of any false one is at most alpha (Holm, 1979)."""
    violated: list[Check] = []
    for index, check in enumerate(sorted(checks, key=lambda check: check.p_value)):
        if check.p_value > alpha / (len(checks) - index):
            break
        violated.append(check)
    return violated
