"""A drawing as SVG, alone or in a page: text and shapes only, nothing fetched from anywhere."""

from html import escape

from inspection.network.layout import LEAK, Box, Drawing, Line, Text

FONT = "Inter, 'Segoe UI', 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif"


def svg(drawing: Drawing) -> str:
    """The picture as a document of its own."""
    width, height = round(drawing.width), round(drawing.height)
    # Lines first: what they lead to stands on top of their ends; what must not be missed on top of everything.
    parts = [
        *(_box(one) for one in drawing.boxes if not one.inside),
        *(_line(one) for one in drawing.lines if one.colour != LEAK),
        *(_box(one) for one in drawing.boxes if one.inside),
        *(_line(one) for one in drawing.lines if one.colour == LEAK),
        *(_text(one) for one in drawing.texts),
    ]
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="{FONT}" role="img" aria-label="{escape(drawing.title)}">\n'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def html(drawing: Drawing) -> str:
    """The picture in a page that fits any screen and prints on one sheet."""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(drawing.title)}</title>\n'
        "<style>body{margin:0;background:#fff}svg{display:block;width:100%;height:auto;max-height:100vh}"
        "@page{size:landscape;margin:8mm}</style></head>\n"
        f"<body>{svg(drawing)}</body></html>\n"
    )


def _box(one: Box) -> str:
    return (
        f'<rect x="{one.x:.1f}" y="{one.y:.1f}" width="{one.w:.1f}" height="{one.h:.1f}" rx="{one.radius}" '
        f'fill="{one.fill}" stroke="{one.stroke}"/>'
    )


def _line(one: Line) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in one.points)
    dashes = ' stroke-dasharray="6 4"' if one.dashed else ""
    return f'<polyline points="{points}" fill="none" stroke="{one.colour}" stroke-width="{one.width}"{dashes}/>'


def _text(one: Text) -> str:
    return (
        f'<text x="{one.x:.1f}" y="{one.y:.1f}" font-size="{one.size}" font-weight="{one.weight}" '
        f'fill="{one.colour}" text-anchor="{one.anchor}">{escape(one.said)}</text>'
    )
