"""The report of the drift drill: weeks, alarms, versions and decisions, in one HTML file without other files."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import jinja2
import matplotlib as mpl
from matplotlib.figure import Figure

from drills.drift.drill import Drift

TEMPLATES: Final = Path(__file__).parents[1] / "templates"
_CHANGES: Final = (
    ("LargestFeatureDrift", "largest drift of a field", 0.08, "#2563a8"),
    ("PredictionDrift", "drift of predictions", 0.08, "#7c9fd1"),
    ("PerformanceDrop", "fall of the AUROC with outcomes", 0.04, "#c2611f"),
)
"""Metric, label, margin of the monitor (`Limits`), and colour."""


def write(drift: Drift, folder: Path) -> Path:
    """Writes `report.html` and `report.json`.

    Returns:
        The path of `report.html`.
    """
    (folder / "report.json").write_text(json.dumps(drift.document(), indent=2) + "\n", encoding="utf-8")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined
    )
    page = environment.get_template("drift.html").render(
        drift=drift, held=datetime.now(UTC), changes=_CHANGES, picture=picture(drift), total=sum(drift.seconds.values())
    )
    file = folder / "report.html"
    file.write_text(page, encoding="utf-8")
    return file


def picture(drift: Drift) -> str:
    """The changes of each week beside their margins, as SVG."""
    with mpl.rc_context({"svg.hashsalt": "drift", "font.family": "sans-serif", "font.size": 9}):
        figure = Figure(figsize=(8, 2.9))
        axes = figure.add_subplot()
        width = 0.26
        for number, (metric, label, margin, colour) in enumerate(_CHANGES):
            places = [week + (number - 1) * width for week in range(len(drift.weeks))]
            values = [max(0.0, week.figures.get(metric, 0.0)) for week in drift.weeks]
            axes.bar(places, values, width * 0.92, color=colour, label=f"{label} (margin {margin})")
            for place, value in zip(places, values, strict=True):
                axes.text(place, value, f"{value:.2f}", ha="center", va="bottom", fontsize=8, zorder=3)
            for place in places:
                axes.plot(
                    [place - width / 2, place + width / 2], [margin, margin], color="#b3261e", linewidth=1, zorder=1
                )
        axes.set_xticks(range(len(drift.weeks)), [f"{week.title}\nuntil {week.monday}" for week in drift.weeks])
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_ylabel("change from the baseline")
        axes.margins(y=0.18)
        axes.legend(frameon=False, fontsize=8, loc="upper right")
        figure.tight_layout()
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()[text.getvalue().index("<svg") :]
