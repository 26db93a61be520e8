"""CloudWatch metrics of a run: counts and figures of the model, without any value of a record."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from workloads.monitoring.contract import METRICS, Context
from workloads.monitoring.judge import BLOCKING, Judgement
from workloads.monitoring.window import Window

_DRIFT: Final = frozenset({"feature_drift", "joint_drift", "prediction_drift"})
_PERFORMANCE: Final = frozenset({"estimated_performance", "performance"})


def metric_data(
    context: Context, day: Window, judgements: Sequence[Judgement], labelled: int, *, retrain: bool
) -> list[dict[str, Any]]:
    """Members of `MetricData` of CloudWatch's `PutMetricData`."""
    violated = [check for judgement in judgements for check in judgement.violated]
    values: dict[str, float] = {
        "Records": len(day),
        "RefusedRecords": int(np.isnan(day.prediction).sum()),
        "Violations": len(violated),
        "QualityViolations": sum(check.kind in BLOCKING for check in violated),
        "RetrainingNeeded": int(retrain),
    }
    if any(judgement.weekly for judgement in judgements):
        values |= {
            "DriftViolations": sum(check.kind in _DRIFT for check in violated),
            "PerformanceViolations": sum(check.kind in _PERFORMANCE for check in violated),
            "FairnessViolations": sum(check.kind == "fairness" for check in violated),
            "LabelledRecords": labelled,
            **_effects(judgements),
        }
    return [
        {
            "MetricName": name,
            "Dimensions": [{"Name": "Endpoint", "Value": context.endpoint}],
            "Value": float(value),
            "Unit": "Count" if name.endswith(("Records", "Violations")) else "None",
        }
        for name, value in values.items()
        if np.isfinite(value)
    ]


def _effects(judgements: Sequence[Judgement]) -> Mapping[str, float]:
    """The largest change of each kind, which the dashboard shows beside its margin."""
    names = {
        "feature_drift": "LargestFeatureDrift",
        "joint_drift": "JointDrift",
        "prediction_drift": "PredictionDrift",
        "estimated_performance": "EstimatedAurocDrop",
        "performance": "PerformanceDrop",
        "fairness": "LargestSliceGap",
    }
    effects: dict[str, float] = {}
    for check in (check for judgement in judgements for check in judgement.checks):
        if check.kind in names:
            name = names[check.kind]
            effects[name] = max(effects.get(name, check.effect), check.effect)
    return effects


def write(ml: Path, context: Context, data: Sequence[Mapping[str, Any]]) -> None:
    """Writes the metrics where SageMaker publishes them, if the environment asks for it."""
    if not context.publish:
        return
    folder = ml / "output" / "metrics" / "cloudwatch"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({**metric, "Timestamp": context.end}) for metric in data]
    (folder / METRICS).write_text("\n".join(lines) + "\n", encoding="utf-8")
