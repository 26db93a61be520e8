"""The job of a monitor: `python -m workloads.monitoring --model NAME`, with SageMaker's environment and folders.

Inputs below `/opt/ml/processing/input`: `endpoint` (data capture), `baseline`, and optionally `shadow` (data capture of
a challenger), `history` (records of the days before) and `labels` (outcomes). Outputs: results in
`/opt/ml/processing/output`, and the history with the records of this run in `/opt/ml/processing/history`. The job needs
no network.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np

from workloads.monitoring import captures, comparison, contract, metrics, report
from workloads.monitoring.baseline import Baseline, load
from workloads.monitoring.contract import Context
from workloads.monitoring.errors import MonitorError
from workloads.monitoring.judge import Judgement, judge_day, judge_week, plausible, usual_volume
from workloads.monitoring.performance import Labelled, joined
from workloads.monitoring.window import Record, Window, read, window, write
from workloads.pipeline.definitions import Definition, definition
from workloads.pipeline.errors import StepError

ML: Final = Path("/opt/ml")
HISTORY_DAYS: Final = 90
"""Days for which records wait for their outcomes."""
LABEL_DAYS: Final = 60
"""Records with outcomes that are judged: of so many days."""
WEEK: Final = 7
_HISTORY: Final = "records.jsonl"
_SHADOW: Final = "shadow.jsonl"
_THROUGH: Final = "through.json"
_MESSAGE_CHARACTERS: Final = 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """Options of a run."""

    ml: Path
    model: str
    model_sha256: str
    """SHA-256 of the model file that is served; empty when it is not known."""
    cool_down_days: int
    people: bool


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] | None = None) -> int:
    """Runs one monitor.

    Returns:
        Exit code: 0 with or without violations, 1 when nothing could be judged.
    """
    parser = argparse.ArgumentParser(prog="monitoring", description="Compare captured data with the baseline.")
    parser.add_argument("--model", required=True, help="name of the definition")
    parser.add_argument("--model-sha256", default="", help="SHA-256 of the served model file (default: not compared)")
    parser.add_argument("--ml", type=Path, default=ML, help="SageMaker's folder (default: %(default)s)")
    parser.add_argument("--cool-down-days", type=int, default=14, help="days in which no second retraining starts")
    parser.add_argument("--without-evidently", action="store_true", help="do not write Evidently's report")
    parsed = parser.parse_args(arguments)
    options = Options(
        ml=parsed.ml,
        model=parsed.model,
        model_sha256=parsed.model_sha256,
        cool_down_days=parsed.cool_down_days,
        people=not parsed.without_evidently,
    )
    try:
        model = definition(options.model)
        text = run(model, Context.of(os.environ if environment is None else environment, options.ml), options)
    except StepError as error:
        return _failed(options.ml, f"{error.reason} {error.action}")
    except (MonitorError, OSError) as error:
        return _failed(options.ml, str(error))
    _message(options.ml, text)
    print(text)
    return 0


def run(model: Definition, context: Context, options: Options) -> str:
    """Judges a period and writes the results.

    Returns:
        The exit message.

    Raises:
        MonitorError: an input is missing or has another form.
    """
    inputs = options.ml / "processing" / "input"
    baseline = load(inputs / "baseline", model, options.model_sha256)
    rows = _rows(model, context, inputs / "history", _HISTORY, context.source)
    shadow = _rows(model, context, inputs / "history", _SHADOW, inputs / "shadow")
    everything = window(model, rows)
    times = np.array([record.time for record in rows], dtype=object)
    day = everything.selected((times >= context.start) & (times < context.end))
    earlier = everything.selected(times < context.start)
    judgements = [judge_day(model, baseline, day, usual_volume(earlier, context.start))]
    labelled = Labelled(data=everything.selected(times < ""), outcome=np.array([]))
    if datetime.fromisoformat(context.end).weekday() == 0:
        # The baseline says nothing about the predictions of another version, which was served before.
        own = [record for record in rows if _is_of(record, baseline.figures.model_sha256)]
        week = window(model, [record for record in own if _ago(context.end, WEEK) <= record.time < context.end])
        recent = window(model, [record for record in own if record.time >= _ago(context.end, LABEL_DAYS)])
        labels = inputs / "labels"
        outcomes = captures.labels(labels) if labels.is_dir() else {}
        labelled = joined(recent, outcomes)
        if shadow:
            _compare(model, context, own, shadow, outcomes)
        judgements.append(judge_week(model, baseline, plausible(model, week), labelled))
        if options.people and len(week):
            _evidently(model, baseline.reference, week, context.output)
    _history(options.ml / "processing" / "history", context, {_HISTORY: rows, _SHADOW: shadow})
    return _results(model, baseline, context, options, day, judgements, len(labelled.outcome))


def _is_of(record: Record, model_sha256: str) -> bool:
    """Return whether a model file made the prediction, as far as record and baseline name one."""
    return not record.model or not model_sha256 or record.model == model_sha256


def _ago(end: str, days: int) -> str:
    return (datetime.fromisoformat(end) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _rows(model: Definition, context: Context, history: Path, name: str, source: Path) -> list[Record]:
    """The records of a variant: those of the history and those that were captured since."""
    rows: list[Record] = []
    since = _ago(context.end, HISTORY_DAYS)
    if (history / name).is_file():
        rows = [record for record in read(history / name) if since <= record.time < context.end]
        try:
            through = str(json.loads((history / _THROUGH).read_text(encoding="utf-8"))["through"])
        except (OSError, ValueError, KeyError, TypeError):
            raise MonitorError(f"{_THROUGH} of the history is missing or has another form") from None
        since = max(since, through)
    captured = captures.read(source, model, start=since, end=context.end) if source.is_dir() else []
    return [*rows, *captured]


def _history(folder: Path, context: Context, variants: Mapping[str, Sequence[Record]]) -> None:
    for name, rows in variants.items():
        if rows or name == _HISTORY:
            write(folder / name, [record for record in rows if record.time >= _ago(context.end, HISTORY_DAYS)])
    contract.write_json(folder / _THROUGH, {"through": context.end})


def _compare(
    model: Definition,
    context: Context,
    served: Sequence[Record],
    challenger: Sequence[Record],
    outcomes: Mapping[str, float],
) -> None:
    """Writes the comparison of the challenger of the shadow variant, over the days in which it was served."""
    last = comparison.last_model(challenger)
    current = [record for record in challenger if record.model in {"", last}]
    document = comparison.compare(model, served, current, outcomes)
    context.output.mkdir(parents=True, exist_ok=True)
    contract.write_json(context.output / "comparison.json", {**document, "verdict": comparison.verdict(document)})
    page = comparison.page(model, context.endpoint, document)
    (context.output / "comparison.html").write_text(page, encoding="utf-8")


def _evidently(model: Definition, reference: Window, week: Window, output: Path) -> None:
    from workloads.monitoring import people  # noqa: PLC0415 - pandas and Evidently are in the image only

    output.mkdir(parents=True, exist_ok=True)
    people.write(model, reference, plausible(model, week), output / "evidently.html")


def _results(
    model: Definition,
    baseline: Baseline,
    context: Context,
    options: Options,
    day: Window,
    judgements: Sequence[Judgement],
    labelled: int,
) -> str:
    violated = [check for judgement in judgements for check in judgement.violated]
    # Wrong data of the day forbids training on it, whatever the week shows.
    retrain = Judgement(checks=[], violated=violated, slices=[], weekly=False).retrain
    figures: dict[str, Any] = {
        "Baseline": f"version {baseline.figures.version}, {len(baseline.reference)} records",
        "Period": f"{context.start} to {context.end}",
        "Records of the day": len(day),
        "Drift and performance": "judged" if len(judgements) > 1 else "judged on Mondays",
        "Records with outcomes": labelled,
        "Retraining": "needed" if retrain else "not needed",
    }
    title = f"{model.title}: {context.endpoint}"
    output = context.output
    output.mkdir(parents=True, exist_ok=True)
    contract.write_json(output / contract.STATISTICS, contract.statistics(model, day))
    contract.write_json(output / contract.CONSTRAINTS, contract.constraints(model, baseline.figures.missing))
    contract.write_json(output / contract.VIOLATIONS, contract.violations(violated))
    (output / "report.html").write_text(report.page(title, context.end, figures, judgements), encoding="utf-8")
    data = metrics.metric_data(context, day, judgements, labelled, retrain=retrain)
    metrics.write(options.ml, context, data)
    contract.write_json(
        output / "decision.json",
        {
            "retrain": retrain,
            "weekly": len(judgements) > 1,
            "violations": len(violated),
            "summary": report.summary(context.endpoint, figures, violated, retrain=retrain),
            "metrics": data,
            # Times as text: DynamoDB compares them in the condition of the cool-down.
            "now": context.end,
            "until": _ago(context.end, -options.cool_down_days),
        },
    )
    return contract.message(violated)


def _message(ml: Path, text: str) -> None:
    folder = ml / "output"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "message").write_text(text[:_MESSAGE_CHARACTERS], encoding="utf-8")


def _failed(ml: Path, reason: str) -> int:
    text = f"Failed: {reason}."
    print(f"error: {text}", file=sys.stderr)
    _message(ml, text)
    return 1


if __name__ == "__main__":
    sys.exit(main())
