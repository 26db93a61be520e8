"""The decision of a monitor: which checks are violated, and whether the model is to be trained again.

The probability of a false violation is at most `ALPHA` per model and month (a union bound over the runs of a month;
Holm's method within a run). Half of it is for data quality, which every run judges on its own day; the other half for
drift, performance and fairness, which are judged once a week on the days before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from workloads.monitoring import cbpe, drift, quality
from workloads.monitoring.baseline import Baseline
from workloads.monitoring.performance import Labelled, fairness, performance
from workloads.monitoring.shift import Check, holm
from workloads.monitoring.window import Window
from workloads.pipeline.definitions import Definition

ALPHA: Final = 0.05
"""False violations per model and month."""
_DAYS: Final = 31
_WEEKS: Final = 5
"""Weekly decisions that a month can have."""
RETRAINING: Final = frozenset(
    {"feature_drift", "joint_drift", "prediction_drift", "estimated_performance", "performance"}
)
"""Kinds that training on newer data can correct. A broken feed or an unfair slice needs a person first."""
BLOCKING: Final = frozenset({"missing", "type", "range", "category", "unknown_field", "constant", "volume", "refused"})
"""Kinds that forbid to train: the newer data is wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Margins: changes that do not matter, in the unit of each test."""

    distance: float = 0.08
    """Kolmogorov-Smirnov distance of a number or of the predictions."""
    share: float = 0.08
    """Change of the share of a value of a category."""
    joint: float = 0.08
    """AUROC above 0.5 with which a classifier separates the period from the baseline."""
    estimated_drop: float = 0.02
    """Fall of the estimated AUROC."""
    drop: float = 0.04
    """Fall of the AUROC with outcomes."""
    calibration: float = 0.03
    """Difference of observed and predicted rate."""
    fairness: float = 0.1
    """AUROC by which a slice is further behind the others than in the baseline."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """All checks of a run, and those that are violated."""

    checks: Sequence[Check]
    violated: Sequence[Check]
    slices: Sequence[dict[str, Any]]
    weekly: bool

    @property
    def retrain(self) -> bool:
        """Whether to start the retraining: something that training corrects, and no sign of wrong data."""
        kinds = {check.kind for check in self.violated}
        return bool(kinds & RETRAINING) and not kinds & BLOCKING


def judge_day(model: Definition, baseline: Baseline, day: Window, usual: float | None) -> Judgement:
    """Judges the data quality of one day."""
    checks = quality.checks(model, baseline.figures, baseline.reference, day, usual)
    return Judgement(checks=checks, violated=holm(checks, ALPHA / 2 / _DAYS), slices=[], weekly=False)


def judge_week(
    model: Definition, baseline: Baseline, week: Window, labelled: Labelled, limits: Limits | None = None
) -> Judgement:
    """Judges drift, performance and fairness.

    Args:
        model: the definition.
        baseline: of the registered version.
        week: records of the days before, those with wrong values removed (`plausible`).
        labelled: records with outcomes, of a longer time.
        limits: margins.
    """
    limits = limits or Limits()
    figures, reference = baseline.figures, baseline.reference
    checks: list[Check] = []
    slices: list[dict[str, Any]] = []
    if len(week):
        checks += drift.features(model, reference, week, distance=limits.distance, share=limits.share)
        checks += [
            drift.joint(model, reference, week, margin=limits.joint),
            drift.prediction(reference, week, distance=limits.distance),
        ]
        if model.kind == "classification":
            checks += _estimated(baseline, week, limits)
    if model.kind == "classification":
        checks += performance(labelled, expected=figures.auroc, drop=limits.drop, gap=limits.calibration)
        fair, slices = fairness(model, labelled, baseline=figures.slice_gap, margin=limits.fairness)
        checks += fair
    return Judgement(checks=checks, violated=holm(checks, ALPHA / 2 / _WEEKS), slices=slices, weekly=True)


def _estimated(baseline: Baseline, week: Window, limits: Limits) -> list[Check]:
    figures = baseline.figures
    score = week.prediction[~np.isnan(week.prediction)]
    if len(score) < 100:  # noqa: PLR2004 - fewer estimate nothing
        return []
    probability = cbpe.calibrated(score, list(figures.calibration_scores), list(figures.calibration_rates))
    estimate = cbpe.estimated_auroc(score, probability)
    expected = figures.estimated_auroc
    deviation = figures.estimate_deviation
    return [
        Check(
            kind="estimated_performance",
            feature="auroc",
            effect=expected - estimate,
            margin=limits.estimated_drop,
            p_value=cbpe.p_value(estimate, expected, limits.estimated_drop, deviation, len(score)),
            description=f"the AUROC estimated without outcomes is {estimate:.3f}, of the version {expected:.3f}",
        )
    ]


def plausible(model: Definition, data: Window) -> Window:
    """The records without missing or impossible values: drift is judged on what the model could predict."""
    mask = np.ones(len(data), dtype=bool)
    for name, field in model.fields.items():
        column = data.columns[name]
        if field.values:
            mask &= np.logical_or.reduce([column == value for value in field.values])
        else:
            mask &= (column >= field.minimum) & (column <= field.maximum)
    return data.selected(mask)


def usual_volume(history: Window, end: str, days: int = 28) -> float | None:
    """The median number of records per day of the days before; None when fewer than seven days are known."""
    last = datetime.fromisoformat(end)
    counts: list[int] = []
    stamps = [time[:10] for time in history.times]
    for day in range(1, days + 1):
        date = (last - timedelta(days=day)).date().isoformat()
        counts.append(sum(stamp == date for stamp in stamps))
    known = [count for count in counts if count]
    return float(np.median(known)) if len(known) >= 7 else None  # noqa: PLR2004 - a week has every weekday
