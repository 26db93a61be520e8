"""The model itself: scaled numbers and coded categories into a logistic regression that clinicians can read."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from workloads.readmission.cohort import Cohort
from workloads.readmission.schema import CATEGORIES, FIELDS, NUMBERS

HOLDOUT: Final = 0.2
DIGITS: Final = 9
"""Coefficients are cut here: the last bits depend on the processor's BLAS kernels, and an artifact must not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trained:
    """A fitted model and how it does on encounters it has not seen."""

    pipeline: Pipeline
    encounters: int
    readmitted: float
    """Share, 0 to 1."""
    auc: float
    brier: float


def train(cohort: Cohort, seed: int) -> Trained:
    """Fits the model on four fifths of a cohort and measures it on the rest.

    Raises:
        ValueError: a cohort in which everybody or nobody was readmitted, or too small to hold anything out.
    """
    class_counts = np.bincount(cohort.readmitted, minlength=2)
    if class_counts.min() < 10:  # noqa: PLR2004 - fewer of either outcome leave nothing to measure on
        raise ValueError(
            f"the cohort has {class_counts[1]} readmitted and {class_counts[0]} others; at least 10 of each are needed"
        )
    training_features, held_out_features, training_outcome, held_out_outcome = train_test_split(
        cohort.table, cohort.readmitted, test_size=HOLDOUT, random_state=seed, stratify=cohort.readmitted
    )
    pipeline = untrained().fit(training_features, training_outcome)
    _settle(pipeline)
    risk = pipeline.predict_proba(held_out_features)[:, 1]
    return Trained(
        pipeline=pipeline,
        encounters=len(cohort),
        readmitted=float(cohort.readmitted.mean()),
        auc=float(roc_auc_score(held_out_outcome, risk)),
        brier=float(brier_score_loss(held_out_outcome, risk)),
    )


def _settle(pipeline: Pipeline) -> None:
    scaler: Any = pipeline.named_steps["columns"].named_transformers_["numbers"]
    regression: Any = pipeline.named_steps["regression"]
    for fitted, names in ((scaler, ("mean_", "var_", "scale_")), (regression, ("coef_", "intercept_"))):
        for name in names:
            setattr(fitted, name, np.round(getattr(fitted, name), DIGITS))


def untrained() -> Pipeline:
    """The pipeline before it is fitted; columns in the order of `FIELDS`."""
    numbers = [FIELDS.index(name) for name in NUMBERS]
    categories = [FIELDS.index(name) for name in CATEGORIES]
    scaler = StandardScaler()
    pipeline_steps: Any = [
        list(category.values) for category in CATEGORIES.values()
    ]  # scikit-learn's own types name "auto" alone
    coder = OneHotEncoder(categories=pipeline_steps, sparse_output=False)
    return Pipeline(
        [
            ("columns", ColumnTransformer([("numbers", scaler, numbers), ("categories", coder, categories)])),
            # Unpenalised would not be identified: every category has its own column.
            ("regression", LogisticRegression(C=100.0, solver="newton-cholesky", tol=1e-10)),
        ]
    )


def effects(pipeline: Pipeline) -> dict[str, float]:
    """Return the coefficients: log-odds per unit of each number, and per category relative to the first one."""
    regression: Any = pipeline.named_steps["regression"]
    scaler: Any = pipeline.named_steps["columns"].named_transformers_["numbers"]
    weights = [float(weight) for weight in regression.coef_[0]]
    effects_by_name = {name: weights[i] / float(scaler.scale_[i]) for i, name in enumerate(NUMBERS)}
    at = len(NUMBERS)
    for field, category in CATEGORIES.items():
        first = weights[at]
        effects_by_name |= {f"{field}={value}": weights[at + i] - first for i, value in enumerate(category.values)}
        at += len(category.values)
    return effects_by_name
