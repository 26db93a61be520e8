"""Confidence-based performance estimation (CBPE): the expected AUROC of predictions whose outcomes are not known yet.

With calibrated probabilities, a record with probability p is a positive with probability p. The expected confusion
matrix at each threshold follows from sums of p and 1 - p, and from it the expected ROC curve. Method: NannyML, "How it
works: performance estimation", 2022; Kivimäki et al., "Confidence-based estimators for predictive performance in model
monitoring", JAIR 2025. It holds under covariate shift; a changed relation of inputs and outcome is invisible to it.
"""

import numpy as np
from scipy import stats

from workloads.monitoring.shift import Array

BINS = 20


def calibration(score: Array, target: Array) -> tuple[list[float], list[float]]:
    """Mean score and share of outcomes of groups of equal size, made monotone (isotonic by pooling violators)."""
    order = np.argsort(score, kind="stable")
    groups = [group for group in np.array_split(order, BINS) if len(group)]
    centres = [float(score[group].mean()) for group in groups]
    pooled: list[list[float]] = []
    for group in groups:
        pooled.append([float(target[group].mean()), float(len(group)), 1.0])
        while len(pooled) > 1 and pooled[-2][0] > pooled[-1][0]:
            last, former = pooled.pop(), pooled.pop()
            weight = last[1] + former[1]
            pooled.append([(last[0] * last[1] + former[0] * former[1]) / weight, weight, last[2] + former[2]])
    rates = [rate for rate, _, count in pooled for _ in range(int(count))]
    return centres, rates


def calibrated(score: Array, centres: list[float], rates: list[float]) -> Array:
    """Probabilities of the scores, interpolated between the groups."""
    return np.interp(score, centres, rates)


def estimated_auroc(score: Array, probability: Array) -> float:
    """The expected AUROC: pairs of records ordered by score, weighted by p of one and 1 - p of the other."""
    order = np.argsort(score, kind="stable")
    positive, negative = probability[order], 1 - probability[order]
    starts = np.flatnonzero(np.r_[True, np.diff(score[order]) > 0])
    positives, negatives = np.add.reduceat(positive, starts), np.add.reduceat(negative, starts)
    below = np.cumsum(negatives) - negatives
    total = float(positives.sum() * negatives.sum())
    return float((positives * (below + negatives / 2)).sum() / total) if total else float("nan")


def deviation(score: Array, probability: Array, *, size: int = 500, draws: int = 200, seed: int = 7) -> float:
    """Standard deviation of the estimate for one record: that of samples of `size`, times the root of `size`."""
    generator = np.random.Generator(np.random.PCG64(seed))
    estimates: list[float] = []
    for _ in range(draws):
        drawn = generator.integers(0, len(score), size)
        estimates.append(estimated_auroc(score[drawn], probability[drawn]))
    return float(np.std(estimates) * np.sqrt(size))


def p_value(estimate: float, expected: float, margin: float, deviation_of_one: float, count: int) -> float:
    """The p-value of "the expected AUROC fell by at most the margin"."""
    return float(stats.norm.cdf((estimate - (expected - margin)) / (deviation_of_one / np.sqrt(count))))
