"""Writes a drawing of the network as SVG or as an HTML page, with the templates in `inspection/templates/`."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from inspection.network.layout import LEAK, Drawing

TEMPLATES = Path(__file__).parents[1] / "templates"


def svg(drawing: Drawing) -> str:
    """The drawing as an SVG document."""
    return _environment().get_template("network.svg.jinja").render(drawing=drawing, leak=LEAK)


def html(drawing: Drawing) -> str:
    """The drawing as an HTML page that fits the screen and prints on one sheet."""
    return _environment().get_template("network.html.jinja").render(drawing=drawing, leak=LEAK)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    environment.filters["tenth"] = "{:.1f}".format
    return environment
