"""The report as one HTML page with plots: shares and distances, no values of rows."""

import base64
import html
import io
from collections.abc import Sequence
from typing import Final

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from workloads.fidelity.checks import Check, Sets, cramers, membership_distances, ratios

_STYLE: Final = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem; color: #1b1f24 }
table { border-collapse: collapse; width: 100% } td, th { padding: .35rem .6rem; text-align: left }
tr { border-bottom: 1px solid #d8dee4 } .bad { color: #a40e26; font-weight: 600 } .good { color: #1a6b32 }
img { max-width: 100% }
"""
_SHOWN: Final = 5
"""Columns or pairs that a check lists."""


def page(title: str, sets: Sets, checks: Sequence[Check], *, passed: bool) -> str:
    """The page.

    Args:
        title: name of the data set.
        sets: the data sets.
        checks: the results.
        passed: whether the data set may leave.
    """
    verdict = (
        '<p class="good">The data set may leave.</p>' if passed else '<p class="bad">The data set does not leave.</p>'
    )
    rows = "".join(
        f"<tr><td>{check.name}</td><td>{check.kind}</td><td>{check.value:.4f}</td><td>{check.limit:.4f}</td>"
        f'<td class="{"good" if check.passed else "bad"}">{"passed" if check.passed else "failed"}</td>'
        f"<td>{html.escape(check.meaning)}{_details(check)}</td></tr>"
        for check in checks
    )
    plots = "".join(
        f"<h2>{heading}</h2><img alt='{heading}' src='data:image/png;base64,{_png(figure)}'>"
        for heading, figure in (
            ("Distributions of the columns that differ most", _marginals(sets, checks)),
            ("Dependence of pairs of columns", _dependence(sets)),
            ("Distance to the nearest rows", _distances(sets)),
        )
    )
    return (
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{html.escape(title)}</title>"
        f"<style>{_STYLE}</style><h1>Fidelity and privacy of {html.escape(title)}</h1>{verdict}"
        f"<p>{len(sets.synthetic.rows)} synthetic rows, {len(sets.reference.rows)} real rows, "
        f"{len(sets.holdout.rows)} unseen real rows.</p><table><tr><th>check</th><th>kind</th><th>value</th>"
        f"<th>limit</th><th>result</th><th>meaning</th></tr>{rows}</table>{plots}</html>\n"
    )


def _details(check: Check) -> str:
    items = list(check.detail.items())[:_SHOWN]
    return "".join(f"<br>{html.escape(name)}: {value:.3f}" for name, value in items)


def _marginals(sets: Sets, checks: Sequence[Check]) -> Figure:
    worst = list(next(check for check in checks if check.name == "marginals").detail)[:_SHOWN]
    figure = Figure(figsize=(12, 2.6), layout="constrained")
    for at, name in enumerate(worst, start=1):
        axes = figure.add_subplot(1, len(worst), at)
        groups = [sets.encoding.groups(table, name) for table in (sets.reference, sets.synthetic)]
        size = max(int(group.max()) for group in groups) + 1
        for group, label, shift in zip(groups, ("real", "synthetic"), (-0.2, 0.2), strict=True):
            axes.bar(np.arange(size) + shift, np.bincount(group, minlength=size) / len(group), width=0.4, label=label)
        axes.set_title(name, fontsize=9)
        axes.tick_params(labelsize=7)
    figure.axes[0].legend(fontsize=7)
    return figure


def _dependence(sets: Sets) -> Figure:
    real, synthetic = cramers(sets, sets.reference), cramers(sets, sets.synthetic)
    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.add_subplot()
    axes.scatter([real[pair] for pair in real], [synthetic[pair] for pair in real], s=12)
    axes.plot([0, 1], [0, 1], color="#888888", linewidth=0.8)
    axes.set_xlabel("Cramér's V, real rows")
    axes.set_ylabel("Cramér's V, synthetic rows")
    return figure


def _distances(sets: Sets) -> Figure:
    real = sets.encoding.points(sets.reference)
    figure = Figure(figsize=(10, 3.4), layout="constrained")
    first, second = figure.add_subplot(1, 2, 1), figure.add_subplot(1, 2, 2)
    for table, label in ((sets.holdout, "unseen real rows"), (sets.synthetic, "synthetic rows")):
        first.hist(ratios(real, sets.encoding.points(table)), bins=40, alpha=0.5, density=True, label=label)
    first.set_xlabel("distance ratio to the real rows")
    for values, label in zip(membership_distances(sets), ("seen real rows", "unseen real rows"), strict=True):
        second.hist(values, bins=40, alpha=0.5, density=True, label=label)
    second.set_xlabel("distance to the nearest synthetic row")
    for axes in (first, second):
        axes.legend(fontsize=8)
    return figure


def _png(figure: Figure) -> str:
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "fidelity"}):
        figure.savefig(buffer, format="png", dpi=80, metadata={"Software": None})
    return base64.b64encode(buffer.getvalue()).decode()
