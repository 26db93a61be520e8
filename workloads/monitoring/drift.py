"""Drift of the inputs, one by one and jointly, and of the predictions."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy import stats

from workloads.monitoring.shift import MINIMUM, Array, Check, auroc, kolmogorov_smirnov, shares
from workloads.monitoring.window import ABSENT, Window
from workloads.pipeline.definitions import Definition

_RIDGE: Final = 1.0
_MOST: Final = 3000
"""Records of each side for the joint test."""


def features(model: Definition, reference: Window, data: Window, *, distance: float, share: float) -> list[Check]:
    """One test per field: Kolmogorov-Smirnov for numbers, shares for categories."""
    checks: list[Check] = []
    for name, field in model.fields.items():
        before, after = reference.columns[name], data.columns[name]
        if field.values:
            before, after = before[before != ABSENT], after[after != ABSENT]
            effect, value, p_value = shares(before, after, field.values, share)
            what, margin = f"the share of {value} changed by {effect:.1%}", share
        else:
            before, after = before[~np.isnan(before)], after[~np.isnan(after)]
            effect, p_value = kolmogorov_smirnov(before, after, distance)
            what, margin = f"the Kolmogorov-Smirnov distance is {effect:.3f}", distance
        checks.append(
            Check(
                kind="feature_drift",
                feature=name,
                effect=effect,
                margin=margin,
                p_value=p_value,
                description=f"{name}: {what}; the margin is {margin:g}",
            )
        )
    return checks


def prediction(reference: Window, data: Window, *, distance: float) -> Check:
    """The Kolmogorov-Smirnov test of the predictions."""
    before, after = (part.prediction[~np.isnan(part.prediction)] for part in (reference, data))
    effect, p_value = kolmogorov_smirnov(before, after, distance)
    return Check(
        kind="prediction_drift",
        feature="prediction",
        effect=effect,
        margin=distance,
        p_value=p_value,
        description=f"the Kolmogorov-Smirnov distance of the predictions is {effect:.3f}; the margin is {distance:g}",
    )


def joint(model: Definition, reference: Window, data: Window, *, margin: float) -> Check:
    """The classifier two-sample test: how well a classifier separates the records of the period from the reference.

    A ridge classifier on numbers, their squares and products, and categories, fitted on one half and scored on the
    other, in both directions. Its AUROC is 0.5 when the distributions are equal (Lopez-Paz and Oquab, "Revisiting
    classifier two-sample tests", ICLR 2017); the null hypothesis is "at most 0.5 plus the margin".
    """
    before, after = (_matrix(model, part) for part in (reference, data))
    area, p_value = 0.5, 1.0
    if min(len(before), len(after)) >= 2 * MINIMUM:
        before, after = before[:_MOST], after[-_MOST:]
        table = _expanded(np.vstack([before, after]), _numbers(model))
        side = np.r_[np.zeros(len(before)), np.ones(len(after))]
        area, error = _separation(table, side)
        p_value = float(stats.norm.sf((area - 0.5 - margin) / error))
    return Check(
        kind="joint_drift",
        feature="all fields",
        effect=area - 0.5,
        margin=margin,
        p_value=p_value,
        description=f"a classifier separates the period from the baseline with AUROC {area:.3f}; the margin is "
        f"{0.5 + margin:g}",
    )


def _separation(table: Array, side: Array) -> tuple[float, float]:
    """AUROC and standard error of the halves, averaged."""
    half = np.arange(len(side)) % 2 == 0
    areas: list[float] = []
    errors: list[float] = []
    for fitted in (half, ~half):
        # Weights make both sides equal: the smaller one is not ignored.
        weight = np.where(side == 1, 0.5 / side[fitted].mean(), 0.5 / (1 - side[fitted].mean()))[fitted]
        rows = table[fitted] * weight[:, None]
        gram = rows.T @ table[fitted] + _RIDGE * np.eye(table.shape[1])
        coefficients = np.linalg.solve(gram, rows.T @ (2 * side[fitted] - 1))
        area, error = auroc(side[~fitted], table[~fitted] @ coefficients)
        areas.append(area)
        errors.append(error)
    return float(np.mean(areas)), float(np.hypot(errors[0], errors[1]) / 2)


def _numbers(model: Definition) -> int:
    return sum(not field.values for field in model.fields.values())


def _matrix(model: Definition, data: Window) -> Array:
    """Complete records: numbers first, then one column per value of a category."""
    columns: list[Array] = [data.columns[name] for name, field in model.fields.items() if not field.values]
    for name, field in model.fields.items():
        columns += [(data.columns[name] == value).astype(float) for value in field.values]
    table = np.column_stack(columns)
    return table[~np.isnan(table).any(axis=1)]


def _expanded(table: Array, numbers: int) -> Array:
    """Standardised columns, ranks of numbers in place of values, and the products of all pairs of numbers."""
    # Ranks: one extreme value must not outweigh a thousand others.
    ranked: Array = np.column_stack([stats.rankdata(table[:, index]) for index in range(numbers)])
    scaled: Array = (ranked - ranked.mean(axis=0)) / (ranked.std(axis=0) + 1e-9)
    left, right = np.triu_indices(numbers)
    products = scaled[:, left] * scaled[:, right]
    return np.column_stack([np.ones(len(table)), scaled, products - products.mean(axis=0), table[:, numbers:]])


def fields_of(checks: Sequence[Check]) -> list[str]:
    """Names of the fields of checks, in order of the smallest p-value."""
    return [check.feature for check in sorted(checks, key=lambda check: check.p_value)]
