"""Notes below the picture: table of allowed flows, flows within a VPC, and legend."""

from typing import Final

from inspection.network.layout import INK, INSPECTION, MUTED, PAPER, SHARED, Box, Drawing, Text, colours, tint
from inspection.network.scene import Scene

CELL: Final = (92, 26)
FIRST: Final = 96
MOST: Final = 5
"""Domains that there is room for."""


def notes(drawing: Drawing, scene: Scene, x: float, y: float) -> float:
    """Draws the notes; gives their lower edge."""
    return max(_matrix(drawing, scene, x, y), _inside(drawing, scene, _right_of(scene, x), y))


def _right_of(scene: Scene, x: float) -> float:
    return x + FIRST + (len(scene.segments) + 2) * CELL[0] + 60


def _matrix(drawing: Drawing, scene: Scene, x: float, y: float) -> float:
    drawing.text(Text(content="Allowed connections", x=x, y=y + 14, size=15, weight=700))
    shades = {**colours(scene.segments), "endpoints": SHARED, "internet": INSPECTION}
    columns = [*scene.segments, "endpoints", "internet"]
    for number, name in enumerate(columns):
        middle = x + FIRST + number * CELL[0] + CELL[0] / 2
        drawing.text(Text(content=name, x=middle, y=y + 40, size=12, weight=600, colour=shades[name], anchor="middle"))
    for row, segment in enumerate(scene.segments):
        top = y + 48 + row * (CELL[1] + 4)
        drawing.text(Text(content=segment, x=x, y=top + 18, size=12, weight=600, colour=shades[segment]))
        for number, name in enumerate(columns):
            may = _may(scene, segment, name)
            colour = shades[name]
            box = drawing.box(
                Box(
                    name=f"{segment} to {name}",
                    x=x + FIRST + number * CELL[0] + 2,
                    y=top,
                    w=CELL[0] - 4,
                    h=CELL[1],
                    radius=4,
                    fill=tint(colour, 0.85) if may else PAPER,
                    stroke=tint(colour, 0.5) if may else "#e5e7eb",
                )
            )
            drawing.text(
                Text(
                    content=may or "·",
                    x=box.middle,
                    y=top + 17,
                    size=11,
                    colour=INK if may else MUTED,
                    anchor="middle",
                    inside=box.name,
                )
            )
    return y + 48 + len(scene.segments) * (CELL[1] + 4)


def _may(scene: Scene, segment: str, name: str) -> str:
    if name == "endpoints":
        return "HTTPS"
    if name == "internet":
        return "inspected" if segment in scene.egress else ""
    if name == segment:
        return "routed"
    return "routed" if (segment, name) in scene.reaches else ""


def _inside(drawing: Drawing, scene: Scene, x: float, y: float) -> float:
    drawing.text(Text(content="Within every VPC (TCP ports)", x=x, y=y + 14, size=15, weight=700))
    lines = [*scene.inside, "all other traffic is dropped, in both directions"]
    for number, line in enumerate(lines):
        last = number == len(lines) - 1
        drawing.text(Text(content=line, x=x, y=y + 40 + number * 20, size=12, colour=MUTED if last else INK))
    beside = x + max(len(line) for line in lines) * 12 * 0.58 + 60
    if scene.domains:
        drawing.text(Text(content="Allowed domains", x=beside, y=y + 14, size=15, weight=700))
        more = len(scene.domains) - MOST
        shown = [*scene.domains[:MOST], *([f"and {more} more"] if more > 0 else [])]
        for number, line in enumerate(shown):
            drawing.text(Text(content=line, x=beside, y=y + 40 + number * 20, size=12))
    return y + 40 + len(lines) * 20
