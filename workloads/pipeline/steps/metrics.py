"""Metrics with weights per encounter, so that a bootstrap resample of patients is one vector of weights."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

Array = np.ndarray[Any, Any]
Metric = Callable[[Array, Array, Array], float]
"""Target, prediction, weights -> value."""
HIGHER_IS_BETTER: Final = frozenset({"auroc", "auprc", "r2"})


def auroc(target: Array, prediction: Array, weights: Array) -> float:
    """Area under the receiver operating characteristic; equal predictions count half."""
    order = np.argsort(prediction, kind="stable")
    return _auroc_sorted(target[order], prediction[order], weights[order])


def _auroc_sorted(target: Array, prediction: Array, weights: Array) -> float:
    positive, negative = weights * target, weights * (1 - target)
    starts = np.flatnonzero(np.r_[True, prediction[1:] != prediction[:-1]])
    positives, negatives = np.add.reduceat(positive, starts), np.add.reduceat(negative, starts)
    below = np.cumsum(negatives) - negatives
    total = positives.sum() * negatives.sum()
    return float((positives * (below + negatives / 2)).sum() / total) if total else float("nan")


def auprc(target: Array, prediction: Array, weights: Array) -> float:
    """Average precision."""
    order = np.argsort(-prediction, kind="stable")
    return _auprc_sorted(target[order], prediction[order], weights[order])


def _auprc_sorted(target: Array, prediction: Array, weights: Array) -> float:
    ends = np.flatnonzero(np.r_[prediction[1:] != prediction[:-1], True])
    true, counted = np.cumsum(weights * target)[ends], np.cumsum(weights)[ends]
    if not true[-1]:
        return float("nan")
    precision = np.divide(true, counted, out=np.zeros_like(true), where=counted > 0)
    return float((np.diff(true, prepend=0.0) * precision).sum() / true[-1])


def brier(target: Array, prediction: Array, weights: Array) -> float:
    """Mean squared difference of risk and outcome."""
    return float(np.average((prediction - target) ** 2, weights=weights))


def mae(target: Array, prediction: Array, weights: Array) -> float:
    """Mean absolute error."""
    return float(np.average(np.abs(prediction - target), weights=weights))


def rmse(target: Array, prediction: Array, weights: Array) -> float:
    """Root of the mean squared error."""
    return float(np.sqrt(np.average((prediction - target) ** 2, weights=weights)))


def r2(target: Array, prediction: Array, weights: Array) -> float:
    """Share of the variance that is explained."""
    mean = np.average(target, weights=weights)
    spread = np.average((target - mean) ** 2, weights=weights)
    return float(1 - np.average((prediction - target) ** 2, weights=weights) / spread) if spread else float("nan")


METRICS: Final[Mapping[str, Metric]] = {
    "auroc": auroc, "auprc": auprc, "brier": brier, "mae": mae, "rmse": rmse, "r2": r2,
}  # fmt: skip


def sorted_metric(name: str, target: Array, prediction: Array) -> Callable[[Array], float]:
    """A metric as a function of the weights alone; sorts once for all resamples."""
    if name in {"auroc", "auprc"}:
        order = np.argsort(prediction if name == "auroc" else -prediction, kind="stable")
        target, prediction = target[order], prediction[order]
        function = _auroc_sorted if name == "auroc" else _auprc_sorted
        return lambda weights: function(target, prediction, weights[order])
    return lambda weights: METRICS[name](target, prediction, weights)


def calibration(target: Array, prediction: Array, groups: int = 10) -> list[dict[str, float]]:
    """Mean prediction and mean outcome of groups of equal size, ordered by prediction."""
    order = np.argsort(prediction, kind="stable")
    return [
        {"predicted": float(prediction[part].mean()), "observed": float(target[part].mean()), "count": len(part)}
        for part in np.array_split(order, groups)
        if len(part)
    ]


def decision_curve(target: Array, prediction: Array) -> list[dict[str, float]]:
    """Net benefit of acting above a threshold, beside acting on everybody (Vickers and Elkin, 2006)."""
    curve: list[dict[str, float]] = []
    count, share = len(target), float(target.mean())
    for threshold in np.arange(0.05, 0.51, 0.05):
        odds = float(threshold / (1 - threshold))
        acted = prediction >= threshold
        true, false = float((acted & (target == 1)).sum()), float((acted & (target == 0)).sum())
        curve.append(
            {
                "threshold": round(float(threshold), 2),
                "model": true / count - odds * false / count,
                "all": share - odds * (1 - share),
            }
        )
    return curve
