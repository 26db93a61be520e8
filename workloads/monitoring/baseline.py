"""The baseline of a registered version: its holdout with predictions and outcomes, and what follows from them.

`python -m workloads.monitoring.baseline MODEL --records FILE --output FOLDER` writes `reference.jsonl`,
`reference_labels.json`, `statistics.json`, `constraints.json` and `baseline.json`.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from workloads.monitoring import cbpe, contract
from workloads.monitoring.errors import MonitorError
from workloads.monitoring.performance import slice_gap, slice_masks
from workloads.monitoring.shift import Array, auroc
from workloads.monitoring.window import ABSENT, Window, read, records, window, write
from workloads.pipeline.definitions import Definition, definition
from workloads.pipeline.errors import StepError

MOST_RECORDS: Final = 5000
"""Records of the reference; more do not help a window of a week."""
_RECORDS: Final = "reference.jsonl"
_LABELS: Final = "reference_labels.json"
_FIGURES: Final = "baseline.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Figures of the reference, computed once."""

    model: str
    version: str
    schema_hash: str
    missing: Mapping[str, float]
    """Field -> share of records without a value."""
    modal_share: Mapping[str, float]
    """Field -> share of the most frequent value."""
    refused: float
    """Share of requests that the server refused."""
    auroc: float
    """NaN for a regression."""
    estimated_auroc: float
    estimate_deviation: float
    calibration_scores: Sequence[float]
    calibration_rates: Sequence[float]
    slice_gap: Mapping[str, float]
    """Slice -> AUROC of the others minus that of the slice, for slices with both outcomes."""
    model_sha256: str = ""
    """SHA-256 of the model file whose predictions these are; empty when it is not known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Baseline:
    """Reference records, their outcomes and their figures."""

    reference: Window
    outcomes: Array
    figures: Figures


def make(model: Definition, version: str, reference: Window, outcomes: Array, model_sha256: str = "") -> Baseline:
    """The baseline of a version.

    Args:
        model: the definition.
        version: name of the version in reports.
        reference: records with predictions.
        outcomes: one per record.
        model_sha256: SHA-256 of the model file.

    Raises:
        MonitorError: too few records or outcomes.
    """
    if len(reference) < 200 or len(reference) != len(outcomes):  # noqa: PLR2004 - fewer say nothing about a tail
        raise MonitorError(f"the reference has {len(reference)} records; allowed: 200 or more, each with an outcome")
    classification = model.kind == "classification"
    if classification and min(outcomes.sum(), len(outcomes) - outcomes.sum()) < 20:  # noqa: PLR2004 - the same
        raise MonitorError("the reference has too few outcomes of one kind; allowed: 20 or more of each")
    score, nothing = reference.prediction, float("nan")
    scores, rates = cbpe.calibration(score, outcomes) if classification else ([], [])
    probability = cbpe.calibrated(score, scores, rates) if classification else score
    gaps = slice_masks(model, reference).items() if classification else ()
    slices = {name: slice_gap(outcomes, score, mask)[0] for name, mask in gaps}
    figures = Figures(
        model=model.name,
        version=version,
        schema_hash=model.schema_hash,
        missing={name: _missing(column) for name, column in reference.columns.items()},
        modal_share={name: _modal_share(column) for name, column in reference.columns.items()},
        refused=float(np.isnan(score).mean()),
        auroc=auroc(outcomes, score)[0] if classification else nothing,
        estimated_auroc=cbpe.estimated_auroc(score, probability) if classification else nothing,
        estimate_deviation=cbpe.deviation(score, probability) if classification else nothing,
        calibration_scores=scores,
        calibration_rates=rates,
        slice_gap={name: value for name, value in slices.items() if not np.isnan(value)},
        model_sha256=model_sha256,
    )
    return Baseline(reference=reference, outcomes=outcomes, figures=figures)


def _missing(column: Array) -> float:
    absent = column == ABSENT if column.dtype == object else np.isnan(column)
    return float(absent.mean())


def _modal_share(column: Array) -> float:
    _, counts = np.unique(column.astype(str), return_counts=True)
    return float(counts.max() / len(column))


def save(baseline: Baseline, model: Definition, folder: Path) -> None:
    """Writes the files of a baseline, with those of SageMaker's container contract."""
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / _RECORDS, records(baseline.reference))
    (folder / _LABELS).write_text(json.dumps(baseline.outcomes.tolist()), encoding="utf-8")
    contract.write_json(folder / _FIGURES, asdict(baseline.figures))
    contract.write_json(folder / contract.STATISTICS, contract.statistics(model, baseline.reference))
    contract.write_json(folder / contract.CONSTRAINTS, contract.constraints(model, baseline.figures.missing))


def load(folder: Path, model: Definition, model_sha256: str = "") -> Baseline:
    """Reads a baseline.

    Args:
        folder: of the baseline.
        model: the definition.
        model_sha256: SHA-256 of the model file that is served; empty: any.

    Raises:
        MonitorError: a file is missing or has another form, or the baseline is of another model, version or schema.
    """
    try:
        figures = Figures(**json.loads((folder / _FIGURES).read_text(encoding="utf-8")))
        outcomes = np.array(json.loads((folder / _LABELS).read_text(encoding="utf-8")), dtype=float)
        reference = window(model, read(folder / _RECORDS))
    except OSError as error:
        raise MonitorError(
            f"the baseline is incomplete: {Path(str(error.filename)).name} does not exist. `zone model promote` copies "
            "the baseline of a registered version; write any other with `python -m workloads.monitoring.baseline`, and "
            "upload it beside the version's artifact"
        ) from None
    except (ValueError, TypeError):
        raise MonitorError(f"{_FIGURES} or {_LABELS} of the baseline is not what a baseline holds") from None
    if (figures.model, figures.schema_hash) != (model.name, model.schema_hash):
        raise MonitorError(
            f"the baseline is of the model {figures.model!r} with another schema than {model.name!r} has. Write the "
            "baseline of the registered version again"
        )
    if model_sha256 and figures.model_sha256 not in {"", model_sha256}:
        raise MonitorError(
            f"the baseline is of the model file {figures.model_sha256[:12]}…, the served one is {model_sha256[:12]}…. "
            "Promote the version again: its baseline is beside its artifact"
        )
    return Baseline(reference=reference, outcomes=outcomes, figures=figures)


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the baseline of a version from records with predictions and outcomes."""
    parser = argparse.ArgumentParser(prog="baseline", description="Write the baseline of a registered version.")
    parser.add_argument("model")
    parser.add_argument("--version", required=True, help="version in the registry")
    parser.add_argument("--records", type=Path, required=True, help="JSON lines: fields, id, time, prediction, label")
    parser.add_argument("--model-sha256", default="", help="SHA-256 of the model file, as the registry has it")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args(arguments)
    try:
        model = definition(options.model)
        lines: list[Any] = [json.loads(line) for line in options.records.read_text(encoding="utf-8").splitlines()]
        outcomes = np.array([float(line["label"]) for line in lines][:MOST_RECORDS])
        reference = window(model, read(options.records)[:MOST_RECORDS])
        save(make(model, options.version, reference, outcomes, options.model_sha256), model, options.output)
    except StepError as error:
        print(f"error: {error.reason} {error.action}", file=sys.stderr)
        return 2
    except (MonitorError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except (ValueError, KeyError, TypeError):
        print(f"error: {options.records}: each line needs fields, id, time, prediction and label", file=sys.stderr)
        return 2
    print(f"baseline of {options.model} {options.version}: {len(reference)} records -> {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
