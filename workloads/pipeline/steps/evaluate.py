"""Compares the challenger with the champion on the versioned holdout, and decides by the definition's rule."""

import itertools
import sys
from typing import Any, Final

import numpy as np
import pandas as pd

from workloads.monitoring.baseline import MOST_RECORDS, make, save
from workloads.monitoring.errors import MonitorError
from workloads.monitoring.window import Window
from workloads.pipeline import artifacts, estimators
from workloads.pipeline.definitions import PATIENT, Definition
from workloads.pipeline.errors import INTEGRITY, StepError
from workloads.pipeline.plan import Job
from workloads.pipeline.steps import command, frames, metrics, report
from workloads.pipeline.steps.metrics import Array

_EVENTS_SHARE: Final = 10
INTERVAL: Final = (2.5, 97.5)


def run(model: Definition, job: Job) -> dict[str, Any]:
    """Writes `evaluation.json`, `report.html` and `model_card.md`.

    Raises:
        StepError: an artifact or the holdout was altered or is missing.
    """
    version = job.document("select", "version.json")
    file = job.inputs["select"] / "holdout.csv"
    digests = {frames.file_digest(file)}
    if "features" in job.inputs:
        digests.add(job.document("features", frames.FEATURES)["holdout"]["source_sha256"])
    if digests != {version["holdout_sha256"]}:
        raise StepError(
            "The holdout was altered after it was selected.", action="Run the step select again.", code=INTEGRITY
        )
    raw = frames.read(file)
    frame = frames.model_frame(job, "holdout", model)
    target = frame[model.target].to_numpy()
    content, manifest = artifacts.read(job.inputs["train"])
    table = frame[list(model.fields)].to_numpy(dtype=object)
    challenger = estimators.loads(content, "The challenger")
    predictions = {"challenger": estimators.predict(challenger, model, table)}
    champion = job.inputs.get("champion")
    if champion is not None:
        content, champion_manifest = artifacts.read(champion)
        if champion_manifest.schema_hash == model.schema_hash:
            predictions["champion"] = estimators.predict(estimators.loads(content, "The champion"), model, table)
    document = compare(model, frame, raw[PATIENT].to_numpy(), target, predictions, job)
    document |= {
        "model": model.name,
        "data_version": version["identifier"],
        "holdout_version": version["holdout_version"],
        "holdout_sha256": version["holdout_sha256"],
        "sha256": manifest.sha256,
    }
    document["monitoring_baseline"] = _baseline(model, frame, predictions["challenger"], target, manifest.sha256, job)
    job.write("evaluation.json", document)
    (job.output / "report.html").write_text(report.html(model, document), encoding="utf-8")
    (job.output / "model_card.md").write_text(report.card(model, document, manifest), encoding="utf-8")
    figures = document["metrics"]["challenger"]
    return {"better": document["decision"]["better"], **{name: round(figures[name], 4) for name in model.metrics}}


def _baseline(
    model: Definition, frame: pd.DataFrame, prediction: Array, target: Array, sha256: str, job: Job
) -> dict[str, str]:
    """Writes the baseline of monitors: the challenger's predictions of the holdout, without dates and pseudonyms.

    Returns:
        Digest of the folder, or the reason why the holdout gives no baseline.
    """
    generator = np.random.Generator(np.random.PCG64(job.settings.seed))
    chosen = np.sort(generator.permutation(len(frame))[:MOST_RECORDS])
    reference = Window(
        columns={name: frame[name].to_numpy(dtype=object if field.values else float)[chosen]
                 for name, field in model.fields.items()},
        wrong_type=dict.fromkeys(model.fields, 0),
        unknown_fields=0,
        prediction=prediction[chosen],
        identifiers=[""] * len(chosen),
        times=[""] * len(chosen),
    )  # fmt: skip
    try:
        made = make(model, sha256[:12], reference, target[chosen].astype(float), sha256)
    except MonitorError as error:
        return {"sha256": "", "reason": str(error)}
    save(made, model, job.output / artifacts.BASELINE)
    return {"sha256": artifacts.folder_digest(job.output / artifacts.BASELINE), "reason": ""}


def compare(
    model: Definition, frame: pd.DataFrame, patients: Array, target: Array, predictions: dict[str, Array], job: Job
) -> dict[str, Any]:
    """Metrics with intervals, gains, slices, curves and the decision."""
    ones = np.ones(len(target))
    generator = np.random.Generator(np.random.PCG64(job.settings.seed))
    _, owner = np.unique(patients.astype(str), return_inverse=True)
    count = int(owner.max()) + 1
    resamples = [
        np.bincount(generator.integers(0, count, count), minlength=count)[owner].astype(float)
        for _ in range(job.settings.resamples)
    ]
    values: dict[str, dict[str, float]] = {}
    draws: dict[tuple[str, str], Array] = {}
    for who, prediction in predictions.items():
        values[who] = {name: metrics.METRICS[name](target, prediction, ones) for name in model.metrics}
        for name in model.metrics:
            function = metrics.sorted_metric(name, target, prediction)
            draws[who, name] = np.array([function(weights) for weights in resamples])
    gains: dict[str, Any] = {}
    if "champion" in predictions:
        for name in model.metrics:
            sign = 1 if name in metrics.HIGHER_IS_BETTER else -1
            difference = sign * (draws["challenger", name] - draws["champion", name])
            gains[name] = {
                "gain": sign * (values["challenger"][name] - values["champion"][name]),
                **_interval(difference),
            }
    document: dict[str, Any] = {
        "rows": len(target),
        "patients": count,
        "resamples": len(resamples),
        "metrics": values,
        "intervals": {name: _interval(draws["challenger", name]) for name in model.metrics},
        "gains": gains,
        "slices": slices(model, frame, target, predictions, resamples),
        "calibration": {who: metrics.calibration(target, prediction) for who, prediction in predictions.items()},
        "baselines": baselines(model, frame, predictions["challenger"]),
    }
    if model.kind == "classification":
        document["decision_curve"] = metrics.decision_curve(target, predictions["challenger"])
    document["decision"] = decide(model, document)
    return document


def _interval(values: Array) -> dict[str, float]:
    low, high = np.nanpercentile(values, INTERVAL)
    return {"low": float(low), "high": float(high)}


def groups(model: Definition, frame: pd.DataFrame) -> dict[str, Array]:
    """Masks of the declared slices."""
    masks: dict[str, Array] = {}
    for field, limits in model.slices.items():
        column = frame[field]
        if not limits:
            masks |= {f"{field} = {value}": (column == value).to_numpy() for value in model.fields[field].values}
            continue
        edges = (-np.inf, *limits, np.inf)
        for low, high in itertools.pairwise(edges):
            span = (
                f"below {high}" if low == -np.inf else f"{low} and more" if high == np.inf else f"{low} to below {high}"
            )
            masks[f"{field} {span}"] = ((column >= low) & (column < high)).to_numpy()
    return masks


def slices(
    model: Definition, frame: pd.DataFrame, target: Array, predictions: dict[str, Array], resamples: list[Array]
) -> list[dict[str, Any]]:
    """Primary metric on each slice, and the gain's interval where there is a champion and enough encounters."""
    rule = model.rule
    sign = 1 if rule.higher_is_better else -1
    rows: list[dict[str, Any]] = []
    for label, mask in groups(model, frame).items():
        count, outcome = int(mask.sum()), target[mask]
        enough = count >= rule.minimum_count
        if model.kind == "classification" and enough:
            events = int(outcome.sum())
            enough = min(events, count - events) * _EVENTS_SHARE >= rule.minimum_count
        row: dict[str, Any] = {"slice": label, "count": count, "judged": enough}
        if enough:
            functions = {who: metrics.sorted_metric(rule.metric, outcome, p[mask]) for who, p in predictions.items()}
            row[rule.metric] = functions["challenger"](np.ones(count))
            if "champion" in functions:
                row["champion"] = functions["champion"](np.ones(count))
                drawn = [
                    sign * (functions["challenger"](weights[mask]) - functions["champion"](weights[mask]))
                    for weights in resamples
                ]
                row |= {"gain": sign * (row[rule.metric] - row["champion"]), **_interval(np.array(drawn))}
        rows.append(row)
    return rows


def decide(model: Definition, document: dict[str, Any]) -> dict[str, Any]:
    """The declared rule: floor, margin, and non-inferiority on every judged slice; with every reason against."""
    rule = model.rule
    value = document["metrics"]["challenger"][rule.metric]
    against: list[str] = []
    if (value < rule.floor) if rule.higher_is_better else (value > rule.floor):
        against.append(
            f"{rule.metric} is {value:.4f}; allowed: {'at least' if rule.higher_is_better else 'at most'} {rule.floor}"
        )
    gain = document["gains"].get(rule.metric)
    if gain is not None and not gain["low"] > rule.margin:
        against.append(
            f"the gain of {rule.metric} is {gain['gain']:.4f} (95 % interval {gain['low']:.4f} to {gain['high']:.4f}); "
            f"its lower bound must be above {rule.margin}"
        )
    against += [
        f"on {row['slice']} the lower bound of the gain is {row['low']:.4f}; allowed: {-rule.slice_margin} or more"
        for row in document["slices"]
        if row["judged"] and "low" in row and row["low"] < -rule.slice_margin
    ]
    return {"better": not against, "against": against, "first": gain is None}


def baselines(model: Definition, frame: pd.DataFrame, prediction: Array) -> dict[str, Any]:
    """Return the drift baselines: quantiles of numbers and predictions, shares of categories."""
    quantiles = np.linspace(0, 1, 11)
    fields: dict[str, Any] = {
        name: {"shares": {value: float((frame[name] == value).mean()) for value in field.values}}
        if field.values
        else {"quantiles": [float(value) for value in np.quantile(frame[name].to_numpy(), quantiles)]}
        for name, field in model.fields.items()
    }
    return {
        "fields": fields,
        "prediction": {"quantiles": [float(value) for value in np.quantile(prediction, quantiles)]},
    }


if __name__ == "__main__":
    sys.exit(command.main("evaluate"))
