"""The evidence report as one HTML page for screen and print."""

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from controls.verdict import OUTCOMES
from inspection.evidence.report import Evidence

TEMPLATES: Final = Path(__file__).with_name("templates")


def html(report: Evidence) -> str:
    """The report as a self-contained page."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("evidence.html").render(report=report, outcomes=OUTCOMES)
