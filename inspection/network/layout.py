"""Layout of the picture: positions of boxes, texts and lines in pixels."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Final

INK: Final = "#1f2937"
MUTED: Final = "#6b7280"
PAPER: Final = "#ffffff"
LEAK: Final = "#dc2626"
INSPECTION: Final = "#be123c"
SHARED: Final = "#475569"
NAMED: Final = {"prod": "#4f46e5", "staging": "#b45309", "dev": "#15803d"}
OTHERS: Final = ("#0369a1", "#7c3aed", "#a16207", "#be185d", "#0f766e", "#9a3412")
WIDTH: Final = 0.58
"""Width of a letter as a fraction of the font size: slightly more than the average of a sans serif font."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A rectangle."""

    name: str
    x: float
    y: float
    w: float
    h: float
    fill: str = PAPER
    stroke: str = "#d1d5db"
    radius: float = 8
    inside: str = ""
    """The box it stands in."""

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.h

    @property
    def middle(self) -> float:
        """The middle of its width."""
        return self.x + self.w / 2

    def overlaps(self, box: "Box") -> bool:
        """Return whether two boxes share a point inside."""
        return self.x < box.right and box.x < self.right and self.y < box.bottom and box.y < self.bottom

    def holds(self, box: "Box") -> bool:
        """Return whether another box lies in this one."""
        return self.x <= box.x and box.right <= self.right and self.y <= box.y and box.bottom <= self.bottom


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """A line of text; `y` is its baseline."""

    content: str
    x: float
    y: float
    size: float = 12
    colour: str = INK
    weight: int = 400
    anchor: str = "start"
    inside: str = ""
    """The box it stands in; empty: on the paper."""

    @property
    def box(self) -> Box:
        """The space it takes."""
        width = len(self.content) * self.size * WIDTH * (1.05 if self.weight > 500 else 1)  # noqa: PLR2004 - bold is wider
        left_edge = {"start": self.x, "middle": self.x - width / 2, "end": self.x - width}[self.anchor]
        return Box(name=self.content, x=left_edge, y=self.y - self.size * 0.8, w=width, h=self.size)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line through points."""

    points: Sequence[tuple[float, float]]
    colour: str = MUTED
    width: float = 2
    dashed: bool = False
    ends: tuple[str, str] = ("", "")
    """The boxes at its ends."""


@dataclass(kw_only=True, slots=True)
class Drawing:
    """Everything in place."""

    title: str
    width: float = 0
    height: float = 0
    boxes: list[Box] = field(default_factory=list[Box])
    texts: list[Text] = field(default_factory=list[Text])
    lines: list[Line] = field(default_factory=list[Line])

    def box(self, box: Box) -> Box:
        """Puts a box."""
        self.boxes.append(box)
        return box

    def text(self, text: Text) -> None:
        """Puts a text."""
        self.texts.append(text)


def fitted(text: str, width: float, size: float) -> str:
    """The text, shortened if it is wider than there is room."""
    most = int(width / (size * WIDTH * 1.05))
    return text if len(text) <= most else f"{text[: max(most - 1, 1)]}…"


def colours(segments: Sequence[str]) -> dict[str, str]:
    """Segment -> its colour, the same in every picture for those of the reference zone."""
    others = cycle(OTHERS)
    return {segment: NAMED.get(segment) or next(others) for segment in segments}


def tint(colour: str, part: float = 0.92) -> str:
    """A colour mixed with white."""
    mixed = (int(int(colour[at : at + 2], 16) * (1 - part) + 255 * part) for at in (1, 3, 5))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)
