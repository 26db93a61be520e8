"""Training of the reference model on a synthetic cohort, with the estimator and artifact of the retraining pipeline."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import sklearn
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline

from workloads.pipeline import artifacts, estimators
from workloads.pipeline.definitions import READMISSION
from workloads.pipeline.estimators import Fitted
from workloads.readmission.cohort import Cohort
from workloads.readmission.schema import CATEGORIES, NUMBERS

HOLDOUT: Final = 0.2


@dataclass(frozen=True, kw_only=True, slots=True)
class Trained:
    """A fitted model, and its quality on encounters that it was not trained on."""

    fitted: Fitted
    data_version: str
    seed: int
    encounters: int
    readmitted: float
    """Share, 0 to 1."""
    auc: float
    brier: float


def train(cohort: Cohort, seed: int) -> Trained:
    """Fits the model on four fifths of a cohort and measures it on the rest.

    Raises:
        ValueError: fewer than 10 encounters of the cohort have one of the outcomes.
    """
    class_counts = np.bincount(cohort.readmitted, minlength=2)
    if class_counts.min() < 10:  # noqa: PLR2004 - fewer of either outcome leave nothing to measure on
        raise ValueError(
            f"the cohort has {class_counts[1]} readmitted and {class_counts[0]} others; at least 10 of each are needed"
        )
    parts: Any = train_test_split(
        estimators.top_coded(READMISSION, cohort.table),
        cohort.readmitted,
        test_size=HOLDOUT,
        random_state=seed,
        stratify=cohort.readmitted,
    )
    training_features, held_out_features, training_outcome, held_out_outcome = parts
    fitted = estimators.fit(READMISSION, training_features, training_outcome)
    risk = estimators.predict(fitted, READMISSION, held_out_features)
    return Trained(
        fitted=fitted,
        data_version=cohort.version,
        seed=seed,
        encounters=len(cohort),
        readmitted=float(cohort.readmitted.mean()),
        auc=float(roc_auc_score(held_out_outcome, risk)),
        brier=float(brier_score_loss(held_out_outcome, risk)),
    )


def save(trained: Trained, folder: Path) -> artifacts.Manifest:
    """Writes `model.skops` and `manifest.json`; the same training gives the same bytes.

    Args:
        trained: the model.
        folder: of the artifact; it is created.

    Returns:
        The manifest that was written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    content = estimators.dumps(trained.fitted)
    manifest = artifacts.Manifest(
        model=READMISSION.name,
        definition_version=READMISSION.version,
        sha256=hashlib.sha256(content).hexdigest(),
        schema_hash=READMISSION.schema_hash,
        data_version=trained.data_version,
        scikit_learn=sklearn.__version__,
        seed=trained.seed,
        rows=trained.encounters,
    )
    artifacts.write(folder, content, manifest)
    return manifest


def effects(pipeline: Pipeline) -> dict[str, float]:
    """Return the coefficients: log-odds per unit of each number, and per category relative to the first one."""
    regression: Any = pipeline.named_steps["estimator"]
    scaler: Any = pipeline.named_steps["columns"].named_transformers_["numbers"]
    weights = [float(weight) for weight in regression.coef_[0]]
    effects_by_name = {name: weights[i] / float(scaler.scale_[i]) for i, name in enumerate(NUMBERS)}
    at = len(NUMBERS)
    for field, category in CATEGORIES.items():
        first = weights[at]
        effects_by_name |= {f"{field}={value}": weights[at + i] - first for i, value in enumerate(category.values)}
        at += len(category.values)
    return effects_by_name
