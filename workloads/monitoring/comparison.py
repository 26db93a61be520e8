"""The comparison of the challenger of a shadow variant with the served version, on the same requests.

Only aggregates are written. A part with fewer than `MINIMUM` records has no figures, since a small group can identify
patients.
"""

import html
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from workloads.monitoring.performance import MINIMUM_EVENTS, MINIMUM_LABELS
from workloads.monitoring.report import STYLE
from workloads.monitoring.shift import Array, auroc
from workloads.monitoring.window import Record
from workloads.pipeline.definitions import Definition

MINIMUM: Final = 50
"""Requests that both variants answered, from which they are compared."""
TOLERANCE: Final = 0.01
"""Difference of two predictions up to which they agree: one percentage point of risk, or 1 % of a value."""
TOP_SHARE: Final = 0.1
"""Share of the patients with the highest predictions, whom a follow-up programme would call."""
DRAWS: Final = 400
_QUANTILES: Final = (0.5, 0.9, 0.99)


def compare(
    model: Definition, served: Sequence[Record], challenger: Sequence[Record], outcomes: Mapping[str, float]
) -> dict[str, Any]:
    """Compares the responses to the same requests.

    Args:
        model: the definition.
        served: records of the production variant.
        challenger: records of the shadow variant.
        outcomes: outcome by identifier of a record.

    Returns:
        Figures without values of patients; `compared` is False when there are too few requests.
    """
    other = {record.identifier: record for record in challenger if record.identifier}
    pairs = [(record, other[record.identifier]) for record in served if record.identifier in other]
    both = [(a, b) for a, b in pairs if a.prediction is not None and b.prediction is not None]
    document: dict[str, Any] = {
        "requests": len(pairs),
        "answered_by_both": len(both),
        "refused_by_one": sum((a.prediction is None) != (b.prediction is None) for a, b in pairs),
        "served_model": last_model(served),
        "challenger_model": last_model(challenger),
        "compared": len(both) >= MINIMUM,
    }
    if not document["compared"]:
        return document
    first = np.array([a.prediction for a, _ in both], dtype=float)
    second = np.array([b.prediction for _, b in both], dtype=float)
    difference = second - first
    limit = TOLERANCE if model.kind == "classification" else TOLERANCE * np.maximum(np.abs(first), 1e-9)
    document |= {
        "agreement": float((np.abs(difference) <= limit).mean()),
        "mean_difference": float(difference.mean()),
        "quantiles_of_absolute_difference": {
            f"{quantile:g}": float(np.quantile(np.abs(difference), quantile)) for quantile in _QUANTILES
        },
        "correlation": float(np.corrcoef(first, second)[0, 1]) if first.std() and second.std() else None,
        "same_of_the_top_tenth": _top(first, second),
        **_with_outcomes(model, both, first, second, outcomes),
    }
    return document


def last_model(records: Sequence[Record]) -> str:
    """SHA-256 of the model that answered last; empty when no record names one."""
    return next((record.model for record in reversed(records) if record.model), "")


def _top(first: Array, second: Array) -> float:
    """Share of the patients with the highest predictions of one version that are among those of the other."""
    count = max(1, round(TOP_SHARE * len(first)))
    return len(set(np.argsort(-first)[:count].tolist()) & set(np.argsort(-second)[:count].tolist())) / count


def _with_outcomes(
    model: Definition,
    both: Sequence[tuple[Record, Record]],
    first: Array,
    second: Array,
    outcomes: Mapping[str, float],
) -> dict[str, Any]:
    """Performance on the records whose outcome is known, with the paired bootstrap interval of the gain."""
    known = np.array([a.identifier in outcomes for a, _ in both])
    outcome = np.array([outcomes[a.identifier] for a, _ in both if a.identifier in outcomes], dtype=float)
    result: dict[str, Any] = {"with_outcomes": len(outcome)}
    classification = model.kind == "classification"
    rare = classification and min(outcome.sum(), len(outcome) - outcome.sum()) < MINIMUM_EVENTS
    if len(outcome) < MINIMUM_LABELS or rare:
        return result
    served_prediction, challenger_prediction = first[known], second[known]

    def performance(prediction: Array, rows: Array) -> float:
        if classification:
            return float(auroc(outcome[rows], prediction[rows])[0])
        return float(np.abs(prediction[rows] - outcome[rows]).mean())

    sign = 1 if classification else -1
    everything = np.arange(len(outcome))
    random = np.random.Generator(np.random.PCG64(1))
    draws = [random.integers(0, len(outcome), len(outcome)) for _ in range(DRAWS)]
    gains = [sign * (performance(challenger_prediction, rows) - performance(served_prediction, rows)) for rows in draws]
    low, high = np.nanpercentile(gains, (2.5, 97.5))
    served = performance(served_prediction, everything)
    challenger = performance(challenger_prediction, everything)
    return result | {
        "metric": "auroc" if classification else "mae",
        "served": served,
        "challenger": challenger,
        "gain": sign * (challenger - served),
        "gain_low": float(low),
        "gain_high": float(high),
    }


def page(model: Definition, endpoint: str, document: Mapping[str, Any]) -> str:
    """The comparison as HTML."""
    rows = "".join(
        f"<tr><td>{html.escape(label)}</td><td class=n>{html.escape(text)}</td></tr>" for label, text in lines(document)
    )
    title = html.escape(f"Challenger of {model.title}: {endpoint}")
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
        f"<h1>{html.escape(model.title)}: challenger</h1>"
        f"<p>{html.escape(endpoint)}</p><p>{html.escape(verdict(document))}</p><table>{rows}</table></html>\n"
    )


def verdict(document: Mapping[str, Any]) -> str:
    """The result in one sentence."""
    if not document["compared"]:
        return f"Too few requests: {document['answered_by_both']} were answered by both versions; needed: {MINIMUM}."
    if "gain" not in document:
        return "The predictions are compared; the performance is not known before enough outcomes have arrived."
    if document["gain_low"] > 0:
        return "The challenger performs better than the served version: the interval of its gain is above 0."
    if document["gain_high"] < 0:
        return "The challenger performs worse than the served version: the interval of its gain is below 0."
    return "No difference of the performance is shown: the interval of the gain includes 0."


def lines(document: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Label and text of each figure."""
    result = [
        ("requests that both variants received", str(document["requests"])),
        ("answered by both", str(document["answered_by_both"])),
        ("refused by one of them", str(document["refused_by_one"])),
    ]
    if document["compared"]:
        absolute = document["quantiles_of_absolute_difference"]
        result += [
            ("predictions that agree", f"{document['agreement']:.1%}"),
            ("mean difference", f"{document['mean_difference']:+.4f}"),
            *((f"{float(q):.0%} of the differences are at most", f"{value:.4f}") for q, value in absolute.items()),
            ("same patients in the top tenth", f"{document['same_of_the_top_tenth']:.1%}"),
            ("with outcomes", str(document["with_outcomes"])),
        ]
    if "gain" in document:
        metric = document["metric"].upper()
        result += [
            (f"{metric} of the served version", f"{document['served']:.4f}"),
            (f"{metric} of the challenger", f"{document['challenger']:.4f}"),
            (
                "gain, with 95 % interval",
                f"{document['gain']:+.4f} ({document['gain_low']:+.4f} to {document['gain_high']:+.4f})",
            ),
        ]
    return result
