"""`python -m workloads.attacks`: attacks the reference model without and with its guard, and prints what changes."""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from workloads.attacks import evasion, privacy
from workloads.attacks.victim import Array, Victim
from workloads.pipeline import estimators
from workloads.pipeline.definitions import READMISSION
from workloads.readmission import cohort, model
from workloads.serving.guard import Guard

DIGITS = 2
"""Decimal places of a prediction with the guard."""
ROWS_PER_MINUTE = 60
"""Rows per minute that the guard admits for the extraction."""
EXTRACTION_MINUTES = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints one line per attack, and the cost of the guard on clean data."""
    parser = argparse.ArgumentParser(prog="attacks", description=__doc__)
    parser.add_argument("--encounters", type=int, default=30, help="encounters that evasion attacks (%(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="seed of the attacker's data (%(default)s)")
    options = parser.parse_args(arguments)
    np.random.seed(options.seed)  # noqa: NPY002 - the toolbox draws from NumPy's global generator
    training = cohort.generate(20_000, 1)
    trained = model.train(training, 1)
    fitted = trained.fitted
    unseen = cohort.generate(20_000, options.seed)
    surrogate = model.train(cohort.generate(20_000, options.seed + 1), 1).fitted
    columns: Any = fitted.pipeline.named_steps["columns"]
    scale = columns.named_transformers_["numbers"].scale_
    targets = evasion.below_threshold(fitted, unseen.table, options.encounters)
    print(f"{'attack':42} {'without guard':>16} {'with guard':>16}")
    starts = cohort.generate(2_000, options.seed + 2).table
    victims = [Victim(fitted=fitted, guarded=False), Victim(fitted=fitted, guarded=True, digits=DIGITS)]
    _evasion("decision-based (HopSkipJump)", [evasion.hop_skip_jump(v, targets, starts, scale) for v in victims])
    _evasion(
        "transfer from a model of the same population",
        [evasion.transfer(v, surrogate, targets, scale) for v in victims],
    )
    known = cohort.generate(20_000, options.seed + 3)
    rows = [20_000, ROWS_PER_MINUTE * EXTRACTION_MINUTES]
    copies = [privacy.extract(v, known.table[:n], unseen.table) for v, n in zip(victims, rows, strict=True)]
    _line("extraction: mean error of the copied risk", *[f"{copy.error:.6f}" for copy in copies])
    _line("  rows answered", *[f"{copy.rows}" for copy in copies])
    shares = [privacy.infer_membership(v, training, unseen) for v in victims]
    _line("membership inference: share assigned rightly", *[f"{share:.3f}" for share in shares])
    _clean(victims, unseen)
    _latency(fitted, unseen.table)
    return 0


def _evasion(name: str, results: Sequence[evasion.Evasion]) -> None:
    _line(name, *[f"{r.succeeded}/{r.attacked}" for r in results])
    _line("  median change, standard deviations", *[f"{r.distance:.2f}" for r in results])
    _line("  rows sent per encounter", *[f"{r.rows / max(r.attacked, 1):.0f}" for r in results])


def _clean(victims: Sequence[Victim], unseen: cohort.Cohort) -> None:
    answers = [victim.risks(unseen.table) for victim in victims]
    _line("clean data: rows refused", *[f"{np.isnan(risks).mean():.3%}" for risks in answers])
    areas = [roc_auc_score(unseen.readmitted[np.isfinite(risks)], risks[np.isfinite(risks)]) for risks in answers]
    _line("clean data: AUROC of the answered rows", *[f"{area:.4f}" for area in areas])


def _latency(fitted: estimators.Fitted, table: Array) -> None:
    guard = Guard(rows_per_minute=10_000_000, callers=frozenset({"triage"}))

    def plain(row: Array) -> None:
        estimators.predict(fitted, READMISSION, estimators.top_coded(READMISSION, row))

    def guarded(row: Array) -> None:
        guard.admit("caller=triage", len(row))
        encoded = fitted.encode(estimators.top_coded(READMISSION, row))
        estimators.predict_encoded(fitted, READMISSION, encoded)
        fitted.distribution.outliers(encoded)

    times: dict[str, list[float]] = {"plain": [], "guarded": []}
    for number in range(2000):
        row = table[number : number + 1]
        for name, work in (("plain", plain), ("guarded", guarded)):
            times[name].append(_timed(lambda work=work, row=row: work(row)))
    for percentile in (50, 99):
        values = [statistics.quantiles(times[name], n=100)[percentile - 1] * 1e6 for name in ("plain", "guarded")]
        _line(f"processor microseconds per row, percentile {percentile}", *[f"{value:.0f}" for value in values])


def _timed(work: Callable[[], None]) -> float:
    started = time.thread_time()
    work()
    return time.thread_time() - started


def _line(name: str, *values: str) -> None:
    print(f"{name:44} {values[0]:>14} {values[1]:>16}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
