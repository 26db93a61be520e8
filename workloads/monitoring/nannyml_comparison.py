"""`make nannyml`: the performance estimates of `workloads.monitoring.cbpe` beside those of NannyML, on the same data.

The reference model scores encounters whose covariates change; both estimate the AUROC of each week without outcomes.
The exit code is 1 when they differ by more than the tolerances, or when a planted fault is not detected. It runs in an
environment of its own, since NannyML needs pandas below version 3 and 1.8 GB.
"""

import os
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from workloads.monitoring import cbpe
from workloads.monitoring.shift import Array, auroc

TOLERANCE: Final = 0.02
"""Largest difference of two estimates of one week, the margin of the monitor. They calibrate on the same reference by
other methods: twenty groups made monotone here; isotonic regression in NannyML, whose steps follow the reference more
closely, so that its estimates are higher."""
FALL_TOLERANCE: Final = 0.01
"""Largest difference of two falls, from the estimate of the reference: the monitor judges the fall."""
REFERENCE: Final = 6000
WEEK: Final = 3000
SEEDS: Final = (11, 12, 13)
Estimator = Callable[[Array, Array, Array], float]
"""Scores of a week, scores and outcomes of the reference -> estimated AUROC."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """One week: the change of its patients, its estimates, and what was observed later."""

    change: str
    nannyml: float
    own: float
    observed: float
    nannyml_fall: float
    """Estimate of the reference minus that of the week."""
    own_fall: float

    @property
    def fall_difference(self) -> float:
        """Absolute difference of both falls."""
        return abs(self.own_fall - self.nannyml_fall)

    @property
    def difference(self) -> float:
        """Absolute difference of both estimates."""
        return abs(self.own - self.nannyml)


def own_estimate(score: Array, reference_score: Array, reference_outcome: Array) -> float:
    """The estimate of the monitor."""
    probability = cbpe.calibrated(score, *cbpe.calibration(reference_score, reference_outcome))
    return cbpe.estimated_auroc(score, probability)


def faulty_estimate(score: Array, reference_score: Array, reference_outcome: Array) -> float:
    """The planted fault: the calibration is forgotten, and the scores are miscalibrated."""
    del reference_score, reference_outcome
    return cbpe.estimated_auroc(score, score**2)


def disagreements(weeks: Sequence[Week]) -> Sequence[Week]:
    """The weeks whose estimates or falls differ by more than the tolerances."""
    return [week for week in weeks if not (week.difference <= TOLERANCE and week.fall_difference <= FALL_TOLERANCE)]


def weeks(estimator: Estimator) -> Sequence[Week]:
    """Estimates the AUROC of weeks with different patients, by an estimator and by NannyML."""
    from workloads.readmission import cohort, model  # noqa: PLC0415 - the test of the verdict needs no model

    fitted = model.train(cohort.generate(20_000, 1), 1).fitted.pipeline

    def scored(seed: int, count: int, change: str) -> tuple[Array, Array]:
        drawn = cohort.generate(4 * count, seed)
        kept = CHANGES[change](drawn.table)[:count]
        score: Array = fitted.predict_proba(drawn.table[kept])[:, 1]
        return score, drawn.readmitted[kept].astype(float)

    reference_score, reference_outcome = scored(2, REFERENCE, "none")
    library = _nannyml(reference_score, reference_outcome)
    before = library(reference_score), estimator(reference_score, reference_score, reference_outcome)
    result: list[Week] = []
    for change in CHANGES:
        for seed in SEEDS:
            score, outcome = scored(seed, WEEK, change)
            theirs, own = library(score), estimator(score, reference_score, reference_outcome)
            result.append(
                Week(
                    change=change,
                    nannyml=theirs,
                    own=own,
                    observed=auroc(outcome, score)[0],
                    nannyml_fall=before[0] - theirs,
                    own_fall=before[1] - own,
                )
            )
    return result


def _older(table: Array) -> Array:
    return np.flatnonzero(table[:, 0].astype(float) >= 65)  # noqa: PLR2004 - years


def _without_admissions(table: Array) -> Array:
    return np.flatnonzero(table[:, 2].astype(float) == 0)


CHANGES: Final[Mapping[str, Callable[[Array], Array]]] = {
    "none": lambda table: np.arange(len(table)),
    "older than 64": _older,
    "no admission in 12 months": _without_admissions,
}
"""Change of the covariates -> rows that are kept."""


def _nannyml(reference_score: Array, reference_outcome: Array) -> Callable[[Array], float]:
    """NannyML's CBPE, fitted to the reference."""
    os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"  # NannyML reports every use to its makers otherwise
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import nannyml  # noqa: PLC0415 - it is in an environment of its own
        import pandas as pd  # noqa: PLC0415 - the same

        def frame(score: Array) -> Any:
            return pd.DataFrame({"score": score, "prediction": (score > 0.5).astype(int)})  # noqa: PLR2004 - a threshold

        estimator = nannyml.CBPE(
            y_pred_proba="score",
            y_pred="prediction",
            y_true="outcome",
            problem_type="classification_binary",
            metrics=["roc_auc"],
            chunk_number=1,
        )
        estimator.fit(frame(reference_score).assign(outcome=reference_outcome.astype(int)))

    def estimate(score: Array) -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            estimated: Any = estimator.estimate(frame(score))
            return float(estimated.filter(period="analysis").to_df()["roc_auc"]["value"].iloc[0])

    return estimate


def main() -> int:
    """Prints both estimates of each week."""
    compared = weeks(own_estimate)
    print(f"{'patients':<27}{'NannyML':>9}{'own':>9}{'observed':>10}{'fall NannyML':>14}{'fall own':>10}")
    for week in compared:
        estimates = f"{week.nannyml:>9.4f}{week.own:>9.4f}{week.observed:>10.4f}"
        print(f"{week.change:<27}{estimates}{week.nannyml_fall:>14.4f}{week.own_fall:>10.4f}")
    wrong = disagreements(compared)
    detected = disagreements(weeks(faulty_estimate))
    print(f"largest difference {max(week.difference for week in compared):.4f}; tolerance {TOLERANCE}")
    print(
        f"largest difference of falls {max(week.fall_difference for week in compared):.4f}; tolerance {FALL_TOLERANCE}"
    )
    print(f"planted fault (no calibration): detected in {len(detected)} of {len(compared)} weeks")
    return int(bool(wrong) or not detected)


if __name__ == "__main__":
    sys.exit(main())
