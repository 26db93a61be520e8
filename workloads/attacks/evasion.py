"""Evasion: change the numbers of an encounter, within their ranges, until the decision about the patient changes."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from art.attacks.evasion import HopSkipJump
from art.estimators.classification import BlackBoxClassifier

from workloads.attacks.victim import COUNT, HIGH, LOW, THRESHOLD, Array, Victim, within_ranges
from workloads.pipeline import estimators
from workloads.pipeline.definitions import READMISSION
from workloads.pipeline.estimators import Fitted

STEPS: Final = (1.0, 2.0, 4.0, 8.0)
"""Lengths of a transferred change, in standard deviations of the training data."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Evasion:
    """The result of an attack on some encounters."""

    attacked: int
    succeeded: int
    """Encounters whose changed row is answered, with the other decision."""
    distance: float
    """Median change of the successful rows, in standard deviations (Euclidean); NaN without one."""
    rows: int
    """Rows that were sent to the server."""


def hop_skip_jump(victim: Victim, table: Array, starts: Array, scale: Array) -> Evasion:
    """A decision-based attack (Chen, Jordan and Wainwright, 2020): it sees only the decision about each row.

    Args:
        victim: the server.
        table: encounters below the threshold, rows by fields.
        starts: encounters of patients that the attacker knows; the search begins at the numbers of one of them.
        scale: standard deviation of each number.
    """
    victim.rows = 0
    changed = np.array([_search(victim, row, starts) for row in table], dtype=object)
    return _judged(victim, table, changed, scale)


def _search(victim: Victim, row: Array, starts: Array) -> Array:
    """The row that the attack ends with; the row itself when the attack does not begin."""

    def decide(numbers: Array) -> Array:
        risks = victim.risks(_with_numbers(row, numbers * (HIGH - LOW) + LOW))
        # To the attacker a refused row is no success: the decision is not the one wanted.
        called = np.nan_to_num(risks, nan=0.0) >= THRESHOLD
        return np.stack([~called, called], axis=1).astype(np.float32)

    classifier = BlackBoxClassifier(decide, (COUNT,), 2, clip_values=(0.0, 1.0))
    attack = HopSkipJump(classifier, norm=2, max_iter=10, max_eval=400, init_eval=40, init_size=400, verbose=False)
    known = _shares(starts[:, :COUNT])
    begins = known[decide(known)[:, 1] == 1][:1]
    if not len(begins):
        return row
    end = attack.generate(x=_shares(row[None, :COUNT]), x_adv_init=begins)[0]
    return _with_numbers(row, (end * (HIGH - LOW) + LOW)[None, :])[0]


def _shares(numbers: Array) -> Array:
    """Numbers as shares of their range, 0 to 1."""
    shares: Array = ((numbers.astype(float) - LOW) / (HIGH - LOW)).astype(np.float32)
    return shares


def transfer(victim: Victim, surrogate: Fitted, table: Array, scale: Array) -> Evasion:
    """Changes along the gradient of a model that the attacker trained on data of their own, longer until it succeeds.

    Args:
        victim: the server.
        surrogate: the attacker's model.
        table: encounters below the threshold, rows by fields.
        scale: standard deviation of each number.
    """
    victim.rows = 0
    estimator: Any = surrogate.pipeline.named_steps["estimator"]
    gradient = estimator.coef_[0][:COUNT] / np.linalg.norm(estimator.coef_[0][:COUNT])
    changed = table.copy()
    open_rows = np.arange(len(table))
    for step in STEPS:
        if not len(open_rows):
            break
        trial = _with_numbers(table[open_rows], table[open_rows, :COUNT].astype(float) + step * gradient * scale)
        answered = np.nan_to_num(victim.risks(trial), nan=0.0) >= THRESHOLD
        changed[open_rows[answered]] = trial[answered]
        open_rows = open_rows[~answered]
    return _judged(victim, table, changed, scale)


def _with_numbers(rows: Array, numbers: Array) -> Array:
    table = np.repeat(np.atleast_2d(rows), len(numbers) // len(np.atleast_2d(rows)), axis=0).astype(object)
    table[:, :COUNT] = within_ranges(numbers)
    return table


def _judged(victim: Victim, table: Array, changed: Array, scale: Array) -> Evasion:
    rows = victim.rows
    success = np.nan_to_num(victim.risks(changed), nan=0.0) >= THRESHOLD
    moved = (changed[:, :COUNT].astype(float) - table[:, :COUNT].astype(float)) / scale
    distances = np.linalg.norm(moved, axis=1)[success]
    return Evasion(
        attacked=len(table),
        succeeded=int(success.sum()),
        distance=float(np.median(distances)) if len(distances) else float("nan"),
        rows=rows,
    )


def below_threshold(fitted: Fitted, table: Array, count: int) -> Array:
    """The first encounters of a table that the model does not call, at most `count`."""
    return table[estimators.predict(fitted, READMISSION, table) < THRESHOLD][:count]
