"""The evaluation as a page that a clinician reads and prints, and as a model card."""

import base64
import html as escape
import io
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure

from workloads.pipeline.artifacts import Manifest
from workloads.pipeline.definitions import Definition

LABELS: Final = {
    "auroc": "AUROC (0.5 = chance, 1 = perfect)",
    "auprc": "AUPRC (average precision)",
    "brier": "Brier score (lower is better)",
    "mae": "Mean absolute error in days (lower is better)",
    "rmse": "Root mean squared error in days (lower is better)",
    "r2": "Explained variance, R²",
}
_STYLE: Final = """
body{font:15px/1.5 system-ui,sans-serif;color:#1a1a1a;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0;width:100%}
th,td{border-bottom:1px solid #ccc;padding:.3rem .6rem;text-align:right}
th:first-child,td:first-child{text-align:left}.verdict{border-left:.4rem solid;padding:.5rem 1rem;margin:1rem 0}
.yes{border-color:#1b7f3b}.no{border-color:#b3261e}figure{margin:1rem 0;break-inside:avoid}img{max-width:100%}
@media print{body{margin:0;max-width:none;font-size:11pt}h2{break-after:avoid}table{break-inside:avoid}}
"""


def html(model: Definition, document: dict[str, Any]) -> str:
    """Return a self-contained HTML page: verdict, metrics, slices, calibration, decision curve."""
    decision = document["decision"]
    against = "".join(f"<li>{escape.escape(reason)}</li>" for reason in decision["against"])
    verdict = (
        "No champion of this schema exists; the challenger meets the floor and can be registered."
        if decision["better"] and decision["first"]
        else "The challenger is better than the champion and can be registered."
        if decision["better"]
        else "The challenger is not registered:"
    )
    rows = [["Metric", "Challenger", "95 % interval", "Champion", "Gain", "95 % interval of the gain"]]
    for name in model.metrics:
        interval, gain = document["intervals"][name], document["gains"].get(name)
        champion = document["metrics"].get("champion", {}).get(name)
        rows.append(
            [
                LABELS[name],
                _number(document["metrics"]["challenger"][name]),
                f"{interval['low']:.3f} to {interval['high']:.3f}",
                _number(champion),
                _number(gain and gain["gain"], signed=True),
                f"{gain['low']:+.4f} to {gain['high']:+.4f}" if gain else "-",
            ]
        )
    groups = [["Group of patients", "Encounters", model.rule.metric, "Champion", "Gain", "95 % interval of the gain"]]
    for row in document["slices"]:
        values = (
            [_number(row[model.rule.metric]), _number(row.get("champion")), _number(row.get("gain"), signed=True)]
            if row["judged"]
            else ["too few to judge", "-", "-"]
        )
        groups.append(
            [
                row["slice"],
                str(row["count"]),
                *values,
                f"{row['low']:+.4f} to {row['high']:+.4f}" if "low" in row else "-",
            ]
        )
    curve = (
        f"<h2>Benefit of acting on the prediction</h2>{_decision_curve(document)}"
        if "decision_curve" in document
        else ""
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{escape.escape(model.title)}: evaluation</title><style>{_STYLE}</style></head><body>
<h1>{escape.escape(model.title)}</h1>
<p>{document["rows"]} encounters of {document["patients"]} patients that the model has not seen. Data version
{document["data_version"]}, holdout version {document["holdout_version"]}. Intervals: {document["resamples"]} paired
bootstrap resamples of patients.</p>
<div class="verdict {"yes" if decision["better"] else "no"}"><strong>{verdict}</strong><ul>{against}</ul></div>
<h2>Quality</h2>{_table(rows)}
<h2>Do predictions match outcomes?</h2>{_calibration(model, document)}
{curve}
<h2>Quality in groups of patients</h2>
<p>A group needs {model.rule.minimum_count} encounters to be judged. On each judged group the challenger must not be
worse than the champion by more than {model.rule.slice_margin} ({model.rule.metric}).</p>{_table(groups)}
<p><small>Model SHA-256 {document["sha256"]}</small></p>
</body></html>
"""


def card(model: Definition, document: dict[str, Any], manifest: Manifest) -> str:
    """The model card, in Markdown."""
    values = document["metrics"]["challenger"]
    metrics = "\n".join(
        f"| {LABELS[name]} | {values[name]:.4f} | {document['intervals'][name]['low']:.4f} to "
        f"{document['intervals'][name]['high']:.4f} |"
        for name in model.metrics
    )
    few = [row["slice"] for row in document["slices"] if not row["judged"]]
    return f"""# {model.title}

- Model: `{model.name}`, definition {model.version}, {model.kind}
- Intended use: {model.intended_use}
- Predicts: `{model.target}` ({model.target_field.unit})
- Inputs: {", ".join(f"`{name}`" for name in model.fields)}
- Training data: version {manifest.data_version}, {manifest.rows} encounters, de-identified
- Seed {manifest.seed}, scikit-learn {manifest.scikit_learn}, SHA-256 `{manifest.sha256}`

## Quality on {document["rows"]} encounters of the holdout

| metric | value | 95 % interval |
| --- | --- | --- |
{metrics}

## Limits

- Groups with too few encounters to be judged: {", ".join(few) or "none"}.
- Associations in the data of one organisation: not causes, and not valid elsewhere without a new evaluation.
- Ages over 89 are one group; dates were shifted per patient, so that seasons are blurred.
"""


def _number(value: float | None, *, signed: bool = False) -> str:
    return "-" if value is None else f"{value:+.4f}" if signed else f"{value:.4f}"


def _table(rows: list[list[str]]) -> str:
    head, *body = rows
    cells = "".join(f"<tr>{''.join(f'<td>{escape.escape(cell)}</td>' for cell in row)}</tr>" for row in body)
    headings = "".join(f"<th>{escape.escape(cell)}</th>" for cell in head)
    return f"<table><thead><tr>{headings}</tr></thead><tbody>{cells}</tbody></table>"


def _image(figure: Figure, text: str) -> str:
    content = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "report", "svg.fonttype": "path"}):
        figure.savefig(content, format="svg", metadata={"Date": None, "Creator": None}, bbox_inches="tight")
    encoded = base64.b64encode(content.getvalue()).decode()
    return f'<figure><img alt="{escape.escape(text)}" src="data:image/svg+xml;base64,{encoded}"></figure>'


def _calibration(model: Definition, document: dict[str, Any]) -> str:
    figure = Figure(figsize=(6, 4))
    axes = figure.subplots()
    top = 0.0
    for who, marker in (("champion", "s"), ("challenger", "o")):
        points = document["calibration"].get(who)
        if points:
            predicted, observed = [point["predicted"] for point in points], [point["observed"] for point in points]
            axes.plot(predicted, observed, marker=marker, label=who)
            top = max(top, *predicted, *observed)
    axes.plot([0, top], [0, top], linestyle="--", color="#777", label="perfect")
    unit = "share of patients" if model.kind == "classification" else model.target_field.unit
    axes.set_xlabel(f"predicted ({unit}), ten groups of equal size")
    axes.set_ylabel(f"observed ({unit})")
    axes.legend(frameon=False)
    return _image(figure, "Calibration: observed against predicted in ten groups of equal size")


def _decision_curve(document: dict[str, Any]) -> str:
    figure = Figure(figsize=(6, 4))
    axes = figure.subplots()
    thresholds = [point["threshold"] for point in document["decision_curve"]]
    axes.plot(thresholds, [point["model"] for point in document["decision_curve"]], label="act on the model")
    axes.plot(
        thresholds, [point["all"] for point in document["decision_curve"]], linestyle="--", label="act on everybody"
    )
    axes.axhline(0, color="#777", linewidth=1, label="act on nobody")
    axes.set_ylim(bottom=-0.05)
    axes.set_xlabel("risk above which the team acts")
    axes.set_ylabel("net benefit per patient")
    axes.legend(frameon=False)
    return _image(figure, "Decision curve: net benefit of acting on the model, on everybody, on nobody")
