"""The HTML report of a run and the summary for the owner: counts, shares and verdicts, no values of patients."""

import html
from collections.abc import Mapping, Sequence
from typing import Any, Final

from workloads.monitoring.judge import BLOCKING, Judgement
from workloads.monitoring.shift import Check

STYLE: Final = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem; color: #1b1f24 }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100% } table.checks { table-layout: fixed }
.checks th:nth-child(1) { width: 30% } .checks th:nth-child(2) { width: 26% }
.checks th:nth-child(n+3) { text-align: right }
.checks td:last-child { text-align: right } summary { cursor: pointer; margin-top: 1rem }
td, th { padding: .35rem .6rem; text-align: left; vertical-align: top }
tr { border-bottom: 1px solid #d8dee4 } th { font-weight: 600 } td.n { text-align: right; white-space: nowrap }
.bad { color: #a40e26; font-weight: 600 } .good { color: #1a6b32; font-weight: 600 }
.bar { background: #e6eaef; height: .55rem; width: 9rem; position: relative }
.bar i { background: #4573b4; display: block; height: 100% } .bar b { background: #a40e26; position: absolute;
  top: -.2rem; height: .95rem; width: 2px }
"""
_TITLES: Final[Mapping[str, str]] = {
    "volume": "Volume",
    "refused": "Refused requests",
    "unknown_field": "Fields of another schema",
    "missing": "Missing values",
    "type": "Types",
    "range": "Ranges",
    "category": "New categories",
    "constant": "Constant fields",
    "feature_drift": "Drift per field",
    "joint_drift": "Joint drift",
    "prediction_drift": "Prediction drift",
    "estimated_performance": "Estimated performance, without outcomes",
    "performance": "Performance, with outcomes",
    "fairness": "Fairness per slice",
}


def page(title: str, period: str, figures: Mapping[str, Any], judgements: Sequence[Judgement]) -> str:
    """The HTML page of a run.

    Args:
        title: model and endpoint.
        period: of the run.
        figures: name -> value of the overview.
        judgements: of the day and, if it was judged, of the week.
    """
    violated = [check for judgement in judgements for check in judgement.violated]
    checks = [check for judgement in judgements for check in judgement.checks]
    verdict = (
        f'<p class="bad">{len(violated)} violation(s)</p><ul>{"".join(_item(check) for check in violated)}</ul>'
        if violated
        else f'<p class="good">No violation in {len(checks)} checks</p>'
    )
    overview = "".join(
        f"<tr><td>{html.escape(name)}</td><td>{html.escape(str(value))}</td></tr>" for name, value in figures.items()
    )
    parts = "".join(
        _section(heading, [check for check in checks if check.kind == kind], violated)
        for kind, heading in _TITLES.items()
        if any(check.kind == kind for check in checks)
    )
    small = [row["slice"] for judgement in judgements for row in judgement.slices if not row["judged"]]
    note = f"<p>Not judged, too few records with outcomes: {html.escape(', '.join(small))}</p>" if small else ""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"<style>{STYLE}</style><h1>{html.escape(title)}</h1><p>{html.escape(period)}</p>{verdict}"
        f"<table>{overview}</table>{parts}{note}</html>\n"
    )


def _section(heading: str, checks: Sequence[Check], violated: Sequence[Check]) -> str:
    """The checks of one kind; those of data quality are closed unless one is violated, since there are many."""
    if checks[0].kind in BLOCKING and not any(check in violated for check in checks):
        summary_text = f"{heading}: no violation in {len(checks)} checks"
        return f"<details><summary>{summary_text}</summary>{_table(checks, violated)}</details>"
    return f"<h2>{heading}</h2>{_table(checks, violated)}"


def _item(check: Check) -> str:
    return f"<li><strong>{_TITLES[check.kind]}</strong>: {html.escape(check.description)}</li>"


def _table(checks: Sequence[Check], violated: Sequence[Check]) -> str:
    rows = "".join(
        f"<tr><td>{html.escape(check.feature)}</td><td>{_bar(check)}</td><td class=n>{check.effect:.3f}</td>"
        f"<td class=n>{check.margin:.3f}</td><td class=n>{check.p_value:.2g}</td>"
        f'<td class="{"bad" if check in violated else "good"}">{"violated" if check in violated else "ok"}</td></tr>'
        for check in checks
    )
    heading = "<tr><th>field<th>change, and the margin<th>change<th>margin<th>p-value<th></tr>"
    return f'<table class="checks">{heading}{rows}</table>'


def _bar(check: Check) -> str:
    scale = max(3 * check.margin, 0.01)
    width = min(100.0, max(0.0, 100 * check.effect / scale))
    margin = 100 * check.margin / scale
    return f'<div class="bar"><i style="width:{width:.0f}%"></i><b style="left:{margin:.0f}%"></b></div>'


def summary(endpoint: str, figures: Mapping[str, Any], violated: Sequence[Check], *, retrain: bool) -> str:
    """The text of the summary that the owner of a model receives."""
    lines = [f"Monitoring of {endpoint}", "", *(f"{name}: {value}" for name, value in figures.items()), ""]
    if violated:
        lines += [f"{len(violated)} violation(s):", *(f"- {_TITLES[c.kind]}: {c.description}" for c in violated)]
        lines.append(
            "The retraining is started, unless it was started recently or a failover pauses it."
            if retrain
            else "The retraining is not started: correct the data or examine the slices first."
        )
    else:
        lines.append("No violation.")
    return "\n".join(lines) + "\n"
