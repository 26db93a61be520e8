"""Performance with outcomes that arrived, and fairness of slices with enough records."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy import stats

from workloads.monitoring.shift import Array, Check, auroc
from workloads.monitoring.window import Window
from workloads.pipeline.definitions import Definition

MINIMUM_LABELS: Final = 100
MINIMUM_EVENTS: Final = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Labelled:
    """Records whose outcome is known."""

    data: Window
    outcome: Array


def joined(data: Window, outcomes: Mapping[str, float]) -> Labelled:
    """The records whose pseudonym has an outcome. A record that the server refused has no prediction to judge."""
    known = np.array([identifier in outcomes for identifier in data.identifiers], dtype=bool)
    mask = known & ~np.isnan(data.prediction) if len(data) else known
    kept = data.selected(mask)
    return Labelled(data=kept, outcome=np.array([outcomes[name] for name in kept.identifiers], dtype=float))


def slice_masks(model: Definition, data: Window) -> dict[str, Array]:
    """Masks of the declared slices."""
    masks: dict[str, Array] = {}
    for field, limits in model.slices.items():
        column = data.columns[field]
        if not limits:
            masks |= {f"{field} = {value}": column == value for value in model.fields[field].values}
            continue
        for low, high in itertools.pairwise((-np.inf, *limits, np.inf)):
            start = "" if low == -np.inf else f" from {low:g}"
            stop = "" if high == np.inf else f" below {high:g}"
            masks[f"{field}{start}{stop}"] = (column >= low) & (column < high)
    return masks


def performance(labelled: Labelled, *, expected: float, drop: float, gap: float) -> list[Check]:
    """Tests of "the AUROC fell by at most `drop`" and "observed and predicted rates differ by at most `gap`"."""
    count, events = len(labelled.outcome), float(labelled.outcome.sum())
    if count < MINIMUM_LABELS or min(events, count - events) < MINIMUM_EVENTS:
        return []
    prediction = labelled.data.prediction
    area, error = auroc(labelled.outcome, prediction)
    observed, predicted = float(labelled.outcome.mean()), float(prediction.mean())
    rate_error = float(np.sqrt((prediction * (1 - prediction)).sum())) / count
    return [
        Check(
            kind="performance",
            feature="auroc",
            effect=expected - area,
            margin=drop,
            p_value=float(stats.norm.cdf((area - (expected - drop)) / error)),
            description=f"AUROC of {count} records with outcomes is {area:.3f}; that of the version is {expected:.3f}",
        ),
        Check(
            kind="performance",
            feature="calibration",
            effect=abs(observed - predicted),
            margin=gap,
            p_value=min(1.0, 2 * float(stats.norm.sf((abs(observed - predicted) - gap) / rate_error))),
            description=f"{observed:.1%} of {count} records had the outcome; predicted were {predicted:.1%}",
        ),
    ]


def fairness(
    model: Definition, labelled: Labelled, *, baseline: Mapping[str, float], margin: float
) -> tuple[list[Check], list[dict[str, Any]]]:
    """Tests of "the AUROC of a slice is behind that of the others by at most `margin` more than in the baseline".

    Returns:
        Checks of slices with enough records, and a row per slice for the report; a slice below the minimum count has
        no figures, since a small group can identify patients.
    """
    checks: list[Check] = []
    rows: list[dict[str, Any]] = []
    for name, mask in slice_masks(model, labelled.data).items():
        outcome = labelled.outcome[mask]
        count, events = int(mask.sum()), float(outcome.sum())
        enough = count >= model.rule.minimum_count and min(events, count - events) >= MINIMUM_EVENTS
        if not enough or name not in baseline:
            rows.append({"slice": name, "judged": False})
            continue
        gap, error = slice_gap(labelled.outcome, labelled.data.prediction, mask)
        behind = gap - baseline[name]
        p_value = float(stats.norm.sf((behind - margin) / error))
        rows.append({"slice": name, "judged": True, "count": count, "behind": behind})
        checks.append(
            Check(
                kind="fairness",
                feature=name,
                effect=behind,
                margin=margin,
                p_value=p_value,
                description=f"on {name} the AUROC is {gap:.3f} behind the others; in the baseline {baseline[name]:.3f}",
            )
        )
    return checks, rows


def slice_gap(outcome: Array, prediction: Array, mask: Array) -> tuple[float, float]:
    """AUROC of the other records minus that of the slice, and its standard error."""
    own, own_error = auroc(outcome[mask], prediction[mask])
    others, others_error = auroc(outcome[~mask], prediction[~mask])
    return others - own, float(np.hypot(own_error, others_error))


def judged_slices(rows: Sequence[Mapping[str, Any]]) -> int:
    """The number of slices with enough records."""
    return sum(bool(row["judged"]) for row in rows)
