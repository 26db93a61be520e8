"""The container contract of SageMaker Model Monitor: environment, files, metrics and exit message.

Source: SageMaker Developer Guide, "Container Contract Inputs" and "Container Contract Outputs". AWS does not admit new
customers to Model Monitor's schedules ("Amazon SageMaker Model Monitor availability change"), so that the zone starts
the same container as a processing job; existing customers can use it in a `MonitoringSchedule`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np

from workloads.monitoring.errors import MonitorError
from workloads.monitoring.shift import Check
from workloads.monitoring.window import ABSENT, Window
from workloads.pipeline.definitions import Definition

STATISTICS: Final = "statistics.json"
CONSTRAINTS: Final = "constraints.json"
VIOLATIONS: Final = "constraint_violations.json"
METRICS: Final = "cloudwatch_metrics.jsonl"
SMALL: Final = 11
"""Counts of values below this number are not written: CMS's cell suppression policy."""
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_CHECKS: Final[Mapping[str, str]] = {
    "missing": "completeness_check",
    "type": "data_type_check",
    "range": "data_type_check",
    "category": "categorical_values_check",
    "unknown_field": "extra_column_check",
    "feature_drift": "baseline_drift_check",
    "prediction_drift": "baseline_drift_check",
    "joint_drift": "baseline_drift_check",
}
"""Kind of a check -> SageMaker's name; the others have a name of their own, which the schema allows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """The environment variables that SageMaker sets for a monitor."""

    source: Path
    output: Path
    endpoint: str
    schedule: str
    start: str
    end: str
    publish: bool

    @classmethod
    def of(cls, environment: Mapping[str, str], ml: Path) -> "Context":
        """Reads the environment; paths below `/opt/ml` are taken below `ml`. Without `start_time` the period is a day.

        Raises:
            MonitorError: a variable is missing or not allowed.
        """

        def path(name: str, default: str) -> Path:
            return ml / environment.get(name, default).removeprefix("/opt/ml/")

        for name in ("sagemaker_endpoint_name", "end_time"):
            if not environment.get(name):
                raise MonitorError(f"the environment variable {name} is not set")
        for name in ("start_time", "end_time"):
            if name in environment and not _TIME.fullmatch(environment[name]):
                raise MonitorError(f"{name} is not a time; allowed: 2026-11-29T00:00:00Z")
        end = environment["end_time"]
        day_before = datetime.fromisoformat(end) - timedelta(days=1)
        start = environment.get("start_time") or day_before.strftime("%Y-%m-%dT%H:%M:%SZ")
        if start >= end:
            raise MonitorError("start_time is not before end_time")
        publish = environment.get("publish_cloudwatch_metrics", "Disabled")
        if publish not in {"Enabled", "Disabled"}:
            raise MonitorError("publish_cloudwatch_metrics is not allowed; allowed: Enabled, Disabled")
        return cls(
            source=path("dataset_source", "/opt/ml/processing/input/endpoint"),
            output=path("output_path", "/opt/ml/processing/output"),
            endpoint=environment["sagemaker_endpoint_name"],
            schedule=environment.get("sagemaker_monitoring_schedule_name", ""),
            start=start,
            end=end,
            publish=publish == "Enabled",
        )


def write_json(file: Path, document: Any) -> None:
    """Writes a document as JSON, sorted and with NaN as null."""
    file.write_text(json.dumps(_finite(document), indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _finite(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return value


def statistics(model: Definition, data: Window) -> dict[str, Any]:
    """The document `statistics.json`: per field counts, moments and a distribution without small cells."""
    features: list[dict[str, Any]] = []
    for name, field in model.fields.items():
        column = data.columns[name]
        if field.values:
            present = column[column != ABSENT]
            counts = {value: int((present == value).sum()) for value in field.values}
            buckets = [{"value": value, "count": count} for value, count in counts.items() if count >= SMALL]
            part: dict[str, Any] = {
                "distinct_count": len(set(present.tolist())),
                "distribution": {"categorical": {"buckets": buckets}},
            }
            kind, key = "String", "string_statistics"
        else:
            present = column[~np.isnan(column)]
            part = _numerical(present)
            kind, key = "Integral" if field.whole else "Fractional", "numerical_statistics"
        common = {"num_present": len(present), "num_missing": len(column) - len(present)}
        features.append({"name": name, "inferred_type": kind, key: {"common": common, **part}})
    return {"version": 0.0, "dataset": {"item_count": len(data)}, "features": features}


def _numerical(present: Any) -> dict[str, Any]:
    """Moments and ten groups of equal size; the extremes are quantiles, since a single value can identify a patient."""
    if len(present) < SMALL:
        return {}
    edges = np.quantile(present, np.linspace(0.01, 0.99, 11))
    counts, _ = np.histogram(present, np.unique(edges)) if len(np.unique(edges)) > 1 else (np.array([]), edges)
    limits = np.unique(edges)
    buckets = [
        {"lower_bound": float(low), "upper_bound": float(high), "count": float(count)}
        for low, high, count in zip(limits[:-1], limits[1:], counts, strict=False)
        if count >= SMALL
    ]
    return {
        "mean": float(present.mean()),
        "sum": float(present.sum()),
        "std_dev": float(present.std()),
        "min": float(edges[0]),
        "max": float(edges[-1]),
        "distribution": {"kll": {"buckets": buckets}},
    }


def constraints(model: Definition, missing: Mapping[str, float]) -> dict[str, Any]:
    """The document `constraints.json`."""
    features: list[dict[str, Any]] = []
    for name, field in model.fields.items():
        kind = "String" if field.values else "Integral" if field.whole else "Fractional"
        entry: dict[str, Any] = {"name": name, "inferred_type": kind, "completeness": 1 - missing[name]}
        if field.values:
            entry["string_constraints"] = {"domains": list(field.values)}
        else:
            entry["num_constraints"] = {"is_non_negative": field.minimum >= 0}
        features.append(entry)
    return {
        "version": 0,
        "features": features,
        "monitoring_config": {"evaluate_constraints": "Enabled", "emit_metrics": "Enabled"},
    }


def violations(checks: Sequence[Check]) -> dict[str, Any]:
    """The document `constraint_violations.json`."""
    return {
        "violations": [
            {
                "feature_name": check.feature,
                "constraint_check_type": _CHECKS.get(check.kind, f"{check.kind}_check"),
                "description": check.description,
            }
            for check in checks
        ]
    }


def message(checks: Sequence[Check]) -> str:
    """The exit message of a job that ended: SageMaker shows it as the status of the execution."""
    if not checks:
        return "Completed: Job completed successfully with no violations."
    kinds = ", ".join(sorted({check.kind for check in checks}))
    return f"CompletedWithViolations: Job completed successfully with {len(checks)} violations: {kinds}."
