"""Extraction of the model, and inference of who was in its training data."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from art.attacks.inference.membership_inference import MembershipInferenceBlackBox
from art.estimators.classification import BlackBoxClassifier

from workloads.attacks.victim import Array, Victim
from workloads.pipeline import estimators
from workloads.pipeline.definitions import READMISSION

EXTREME: Final = 0.01
"""Risks nearer to 0 or 1 are not used: their log-odds are lost in the last decimal place."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Extraction:
    """How well a copy of the model imitates it."""

    rows: int
    """Rows that were answered."""
    error: float
    """Mean absolute difference of the risks of copy and model on patients; 0 to 1."""


def extract(victim: Victim, known: Array, patients: Array) -> Extraction:
    """Solves for the coefficients of the model (Tramèr et al., USENIX Security 2016): its log-odds are linear.

    Args:
        victim: the server.
        known: encounters of patients that the attacker knows, which are sent.
        patients: encounters on which copy and model are compared.
    """
    answers = victim.risks(known)
    usable = np.isfinite(answers) & (answers > EXTREME) & (answers < 1 - EXTREME)
    odds = np.log(answers[usable] / (1 - answers[usable]))
    copied, *_ = np.linalg.lstsq(_design(victim, known[usable]), odds, rcond=None)
    imitated = 1 / (1 + np.exp(-_design(victim, patients) @ copied))
    truth = Victim(fitted=victim.fitted, guarded=False).risks(patients)
    return Extraction(rows=int(np.isfinite(answers).sum()), error=float(np.abs(imitated - truth).mean()))


def _design(victim: Victim, table: Array) -> Array:
    encoded = victim.fitted.encode(estimators.top_coded(READMISSION, table))
    return np.column_stack([encoded, np.ones(len(table))])


def infer_membership(victim: Victim, members: Any, others: Any) -> float:
    """Share of encounters that the attack assigns rightly to the training data or not; 0.5 is a coin toss.

    Args:
        victim: the server.
        members: cohort that the model was trained on.
        others: cohort that it was not trained on.
    """
    tables = [cohort.table for cohort in (members, others)]

    def probabilities(indices: Array) -> Array:
        risks = np.nan_to_num(victim.risks(together[indices[:, 0].astype(int)]), nan=0.5)
        return np.column_stack([1 - risks, risks]).astype(np.float32)

    together = np.concatenate(tables)
    labels = np.concatenate([cohort.readmitted for cohort in (members, others)])
    classifier = BlackBoxClassifier(probabilities, (1,), 2)
    attack = MembershipInferenceBlackBox(classifier, attack_model_type="lr")
    count = len(tables[0])
    rows = [np.arange(count)[:, None], count + np.arange(len(tables[1]))[:, None]]
    halves = [(part[: len(part) // 2], part[len(part) // 2 :]) for part in rows]
    attack.fit(x=halves[0][0], y=labels[halves[0][0][:, 0]], test_x=halves[1][0], test_y=labels[halves[1][0][:, 0]])
    right = 0
    for part, member in zip((halves[0][1], halves[1][1]), (1, 0), strict=True):
        right += int((np.ravel(attack.infer(part, labels[part[:, 0]])) == member).sum())
    return right / sum(len(half[1]) for half in halves)
