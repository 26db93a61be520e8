"""A drawing as SVG, alone or in a page: text and shapes only, nothing fetched from anywhere."""

from html import escape

from inspection.network.layout import LEAK, Box, Drawing, Line, Text

FONT = "Inter, 'Segoe UI', 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif"


def svg(drawing: Drawing) -> str:
    """The picture as a document of its own."""
    width, height = round(drawing.width), round(drawing.height)
    # Lines first: what they lead to stands on top of their ends; what must not be missed on top of everything.
    parts = [
        *(_box(box) for box in drawing.boxes if not box.inside),
        *(_line(line) for line in drawing.lines if line.colour != LEAK),
        *(_box(box) for box in drawing.boxes if box.inside),
        *(_line(line) for line in drawing.lines if line.colour == LEAK),
        *(_text(text) for text in drawing.texts),
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


def _box(box: Box) -> str:
    return (
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.w:.1f}" height="{box.h:.1f}" rx="{box.radius}" '
        f'fill="{box.fill}" stroke="{box.stroke}"/>'
    )


def _line(line: Line) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in line.points)
    dashes = ' stroke-dasharray="6 4"' if line.dashed else ""
    return f'<polyline points="{points}" fill="none" stroke="{line.colour}" stroke-width="{line.width}"{dashes}/>'


def _text(text: Text) -> str:
    return (
        f'<text x="{text.x:.1f}" y="{text.y:.1f}" font-size="{text.size}" font-weight="{text.weight}" '
        f'fill="{text.colour}" text-anchor="{text.anchor}">{escape(text.content)}</text>'
    )
