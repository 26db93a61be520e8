"""The report of drills: figures, timelines and the delays that AWS adds, in one HTML file without other files."""

import io
import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import jinja2
import matplotlib as mpl
from matplotlib.figure import Figure

from drills.aws_delays import AWS_DELAYS
from drills.drill import VARIANTS, Drill
from drills.judge import Verdict
from drills.zone import DrillZone

TEMPLATES: Final = Path(__file__).with_name("templates")
BLUE, ORANGE, GREY, RED = "#2563a8", "#c2611f", "#8a94a3", "#b3261e"


def write(zone: DrillZone, drills: Sequence[Drill], folder: Path) -> Path:
    """Writes `report.html` and `report.json`.

    Args:
        zone: the rehearsed environment.
        drills: the drills to report.
        folder: the folder to write to; it is created.

    Returns:
        The path of `report.html`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    held = datetime.now(UTC)
    document = {
        "environment": zone.environment,
        "held": held.isoformat(),
        "drills": [_plain(drill) for drill in drills],
    }
    (folder / "report.json").write_text(json.dumps(document, indent=2, default=str) + "\n", encoding="utf-8")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined
    )
    page = environment.get_template("report.html").render(
        zone=zone,
        held=held,
        drills=drills,
        variants=VARIANTS,
        delays=AWS_DELAYS,
        pictures=[timeline(zone, drill) for drill in drills],
        met=all(drill.met for drill in drills),
    )
    file = folder / "report.html"
    file.write_text(page, encoding="utf-8")
    return file


def _plain(drill: Drill) -> dict[str, Any]:
    return {
        "variant": drill.variant,
        "lost_at": drill.lost_at,
        "verdict": _figures(drill.verdict) if drill.verdict else None,
        "moments": [{"at": event.at, "what": event.description} for event in drill.events],
        "failover": drill.failover_steps,
        "failback": drill.failback_steps,
        "conflicts planted": list(drill.conflicts_planted),
        "conflicts found": list(drill.conflicts_found),
        "asked of the dead": None if drill.requests_to_lost_region is None else list(drill.requests_to_lost_region),
    }


def _figures(verdict: Verdict) -> dict[str, Any]:
    """The figures with null for an infinite recovery time, since JSON has no infinity (RFC 8259, section 6)."""
    return {**asdict(verdict), "rto": verdict.rto if math.isfinite(verdict.rto) else None}


def timeline(zone: DrillZone, drill: Drill) -> str:
    """The timeline of a drill as SVG: requests by the region that answered, steps of the runbooks, and events."""
    assert drill.load is not None
    mpl.rcParams["svg.fonttype"] = "none"  # text stays text: it can be searched, and read aloud
    steps = [step for step in (*drill.failover_steps, *drill.failback_steps) if step.get("seconds") is not None]
    figure = Figure(figsize=(11, 2.4 + 0.24 * len(steps)), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[1, max(2.0, 0.24 * len(steps))])
    colours = {zone.primary: BLUE, zone.recovery: ORANGE}
    for region, level in ((zone.primary, 2), (zone.recovery, 1), ("", 0)):
        times = [
            request.at - drill.lost_at
            for request in drill.load.requests
            if (request.region if request.ok else "") == region
        ]
        above.scatter(times, [level] * len(times), s=9, color=colours.get(region, RED), linewidths=0)
    above.set_yticks([2, 1, 0], [zone.primary, zone.recovery, "no answer"])
    above.set_ylim(-0.6, 2.6)
    for row, step in enumerate(steps):
        ended = datetime.fromisoformat(step["ended"]).timestamp() - drill.lost_at
        width = max(float(step["seconds"]), 0.05)
        below.barh(
            row, width, left=ended - width, color=ORANGE if row < len(drill.failover_steps) else BLUE, height=0.7
        )
        below.annotate(step["step"], (ended, row), xytext=(5, 0), textcoords="offset points", va="center", fontsize=8)
    below.set_ylim(len(steps) - 0.4, -0.6)
    below.set_yticks([])
    below.set_xlabel("seconds since the loss")
    for axis in (above, below):
        axis.spines[["top", "right", "left"]].set_visible(False)
        axis.tick_params(length=0)
        for event in drill.events:
            axis.axvline(event.at - drill.lost_at, color=GREY, linewidth=0.8, zorder=0)
    for number, event in enumerate(drill.events):
        # Two lines in turn: labels of close events do not overlap.
        above.annotate(
            event.description,
            (event.at - drill.lost_at, 2.6),
            xytext=(2, 2 + 11 * (number % 2)),
            textcoords="offset points",
            fontsize=8,
            color="#404854",
        )
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()[text.getvalue().index("<svg") :]
