"""The picture: a panel a region, the Transit Gateway across it, hubs above, segments with their VPCs below."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import ceil
from typing import Final

from inspection.network.layout import (
    INK,
    INSPECTION,
    LEAK,
    MUTED,
    SHARED,
    Box,
    Drawing,
    Line,
    Text,
    colours,
    fitted,
    tint,
)
from inspection.network.picture_notes import notes
from inspection.network.scene import Scene, SpokeCard

MARGIN: Final = 40
GAP: Final = 150
"""Between the panels: the peering crosses it."""
PAD: Final = 16
CARD: Final = (196, 84)
ROWS: Final = 4
"""Cards above each other before a segment takes another column."""
HUB: Final = 236
"""Width of the inspection VPC."""
CHIP: Final = 20
HEAD: Final = 30


def draw(scene: Scene) -> Drawing:
    """The scene in place."""
    drawing = Drawing(title=scene.title)
    drawing.text(Text(content=scene.title, x=MARGIN, y=46, size=24, weight=700))
    panels = [_Panel(drawing, scene, region) for region in scene.regions]
    above = max(panel.hub_height() for panel in panels)
    below = max(panel.segment_height() for panel in panels)
    width = max(panel.width() for panel in panels)
    for number, panel in enumerate(panels):
        panel.put(MARGIN + number * (width + GAP), 72, width, above, below)
    for first, second in pairwise(panels):
        _peering(drawing, first.gateway, second.gateway)
    _leaks(drawing, scene)
    bottom = max(panel.box.bottom for panel in panels) + (34 if scene.leaks else 0)
    drawing.width = panels[-1].box.right + MARGIN
    drawing.height = notes(drawing, scene, MARGIN, bottom + 22) + MARGIN
    return drawing


class _Panel:
    """The panel of one region."""

    box: Box
    gateway: Box

    def __init__(self, drawing: Drawing, scene: Scene, region: str) -> None:
        self._drawing, self._scene, self._region = drawing, scene, region
        self._colours = colours(scene.segments)
        self._cards = {
            segment: [card for card in scene.cards if card.segment == segment and card.region == region]
            for segment in scene.segments
        }

    def _segment_size(self, segment: str) -> tuple[float, float]:
        count = max(len(self._cards[segment]), 1)
        columns = ceil(count / ROWS)
        rows = min(count, ROWS)
        return columns * (CARD[0] + PAD) + PAD, HEAD + rows * (CARD[1] + PAD) + 4

    def width(self) -> float:
        """Width of the segments beside each other, and of the hubs, in pixels."""
        segments = sum(self._segment_size(segment)[0] + PAD for segment in self._scene.segments) + PAD
        return max(segments, 720)

    def segment_height(self) -> float:
        """The tallest segment."""
        return max(self._segment_size(segment)[1] for segment in self._scene.segments)

    def hub_height(self) -> float:
        """The taller of the two hubs."""
        room = self.width() - HUB - 5 * PAD
        return max(132, HEAD + 22 + len(list(_rows(self._scene.services, room))) * (CHIP + 6) + 8)

    def put(self, x: float, y: float, width: float, above: float, below: float) -> None:
        """Draws the panel."""
        drawing, region = self._drawing, self._region
        hubs, bar = y + 96, y + 96 + above + 44
        height = bar + 46 + 44 + below + PAD - y
        self.box = drawing.box(
            Box(name=region, x=x, y=y, w=width, h=height, fill="#f9fafb", stroke="#e5e7eb", radius=14)
        )
        role = "primary" if region == self._scene.regions[0] else "recovery"
        drawing.text(Text(content=region, x=x + PAD, y=y + 28, size=17, weight=700, inside=region))
        drawing.text(
            Text(content=role, x=x + width - PAD, y=y + 28, size=13, colour=MUTED, anchor="end", inside=region)
        )
        self.gateway = drawing.box(
            Box(name=f"tgw {region}", x=x + PAD, y=bar, w=width - 2 * PAD, h=46, fill=INK, stroke=INK, inside=region)
        )
        drawing.text(
            Text(
                content="Transit Gateway · one route table per segment, no default association",
                x=self.gateway.middle,
                y=bar + 28,
                size=13,
                weight=600,
                colour="#ffffff",
                anchor="middle",
                inside=self.gateway.name,
            )
        )
        left_edge = x + PAD
        if self._scene.egress:
            self._inspection(left_edge, y + 44, hubs, above)
            left_edge += HUB + PAD
        self._endpoints(left_edge, hubs, x + width - PAD - left_edge, above)
        at = x + PAD
        spare = (width - PAD - sum(self._segment_size(segment)[0] + PAD for segment in self._scene.segments)) / len(
            self._scene.segments
        )
        for segment in self._scene.segments:
            wide = self._segment_size(segment)[0] + spare
            self._segment(segment, at, bar + 46 + 44, wide, below)
            at += wide + PAD

    def _inspection(self, x: float, top: float, y: float, height: float) -> None:
        drawing, region = self._drawing, self._region
        internet = drawing.box(
            Box(name=f"internet {region}", x=x, y=top, w=HUB, h=30, radius=15, stroke="#9ca3af", inside=region)
        )
        drawing.text(
            Text(
                content="internet",
                x=internet.middle,
                y=top + 20,
                size=13,
                anchor="middle",
                weight=600,
                inside=internet.name,
            )
        )
        box = Box(name=f"inspection {region}", x=x, y=y, w=HUB, h=height, stroke=INSPECTION, inside=region)
        self._vpc(self._marked(box, "network-inspection"), "network-inspection", self._scene.hubs[region][1])
        room = box.w - 2 * PAD
        for number, label in enumerate(("NAT, internet gateway", "Network Firewall")):
            inner = drawing.box(
                Box(
                    name=f"{label} {region}",
                    x=x + PAD,
                    y=y + 56 + number * 36,
                    w=room,
                    h=28,
                    radius=5,
                    fill=tint(INSPECTION),
                    stroke=tint(INSPECTION, 0.6),
                    inside=box.name,
                )
            )
            drawing.text(Text(content=label, x=inner.middle, y=inner.y + 18, anchor="middle", inside=inner.name))
        self._line(internet.middle, internet.bottom, box.y, INSPECTION, (internet.name, box.name))
        self._line(box.middle, box.bottom, self.gateway.y, INSPECTION, (box.name, self.gateway.name))
        drawing.text(
            Text(
                content="HTTPS, allowed domains",
                x=box.middle + 8,
                y=box.bottom + 27,
                size=11,
                colour=INSPECTION,
                inside=region,
            )
        )

    def _endpoints(self, x: float, y: float, width: float, height: float) -> None:
        region, drawing = self._region, self._drawing
        box = Box(name=f"endpoints {region}", x=x, y=y, w=width, h=height, stroke=SHARED, inside=region)
        self._vpc(self._marked(box, "network-endpoints"), "network-endpoints", self._scene.hubs[region][0])
        for row, chips in enumerate(_rows(self._scene.services, width - 2 * PAD)):
            at = x + PAD
            for label, wide in chips:
                chip = drawing.box(
                    Box(
                        name=f"{label} {region}",
                        x=at,
                        y=y + 52 + row * (CHIP + 6),
                        w=wide,
                        h=CHIP,
                        radius=4,
                        fill=tint(SHARED),
                        stroke=tint(SHARED, 0.7),
                        inside=box.name,
                    )
                )
                drawing.text(
                    Text(content=label, x=chip.middle, y=chip.y + 14, size=11, anchor="middle", inside=chip.name)
                )
                at += wide + 6
        self._line(box.middle, box.bottom, self.gateway.y, SHARED, (box.name, self.gateway.name))
        drawing.text(Text(content="HTTPS", x=box.middle + 8, y=box.bottom + 27, size=11, colour=SHARED, inside=region))

    def _marked(self, box: Box, title: str) -> Box:
        """A box of the network account, in red if a difference names its VPC."""
        name = title if self._region == self._scene.regions[0] else f"{title}@{self._region}"
        return replace(box, stroke=LEAK) if name in self._scene.differing else box

    def _vpc(self, box: Box, title: str, cidr: str) -> None:
        """A VPC of the network account with its name and network."""
        self._drawing.box(box)
        for label, y, size, colour in ((title, 22, 14, box.stroke), (f"VPC {cidr}", 40, 11, MUTED)):
            weight = 700 if label == title else 400
            self._drawing.text(
                Text(
                    content=label, x=box.x + PAD, y=box.y + y, size=size, weight=weight, colour=colour, inside=box.name
                )
            )

    def _segment(self, segment: str, x: float, y: float, width: float, height: float) -> None:
        drawing, region, colour = self._drawing, self._region, self._colours[segment]
        box = drawing.box(
            Box(
                name=f"{segment} {region}",
                x=x,
                y=y,
                w=width,
                h=height,
                fill=tint(colour),
                stroke=tint(colour, 0.5),
                inside=region,
            )
        )
        drawing.text(Text(content=segment, x=x + PAD, y=y + 21, size=14, weight=700, colour=colour, inside=box.name))
        self._line(box.middle, self.gateway.bottom, y, colour, (self.gateway.name, box.name))
        for number, card in enumerate(self._cards[segment]):
            self._card(
                card, box, x + PAD + (number // ROWS) * (CARD[0] + PAD), y + HEAD + (number % ROWS) * (CARD[1] + PAD)
            )

    def _card(self, card: SpokeCard, segment: Box, x: float, y: float) -> None:
        drawing, colour = self._drawing, self._colours[card.segment]
        box = drawing.box(
            Box(
                name=card.name,
                x=x,
                y=y,
                w=CARD[0],
                h=CARD[1],
                stroke=LEAK if card.name in self._scene.differing else colour,
                inside=segment.name,
            )
        )
        room = CARD[0] - 2 * 12
        drawing.text(
            Text(content=fitted(card.account, room, 14), x=x + 12, y=y + 23, size=14, weight=700, inside=card.name)
        )
        drawing.text(Text(content=f"VPC {card.cidr}", x=x + 12, y=y + 41, size=11, colour=MUTED, inside=card.name))
        wide = (room - 6 * (len(self._scene.tiers) - 1)) / len(self._scene.tiers)
        for number, tier in enumerate(self._scene.tiers):
            chip = drawing.box(
                Box(
                    name=f"{card.name}/{tier}",
                    x=x + 12 + number * (wide + 6),
                    y=y + 52,
                    w=wide,
                    h=CHIP,
                    radius=4,
                    fill=tint(colour, 0.88),
                    stroke=tint(colour, 0.6),
                    inside=box.name,
                )
            )
            drawing.text(
                Text(
                    content=fitted(tier, wide, 9.5),
                    x=chip.middle,
                    y=chip.y + 14,
                    size=9.5,
                    anchor="middle",
                    inside=chip.name,
                )
            )

    def _line(self, x: float, top: float, bottom: float, colour: str, ends: tuple[str, str]) -> None:
        self._drawing.lines.append(Line(points=((x, top), (x, bottom)), colour=colour, width=2.5, ends=ends))


def _rows(services: Sequence[str], room: float) -> Sequence[Sequence[tuple[str, float]]]:
    """Services as chips, in rows no wider than there is room."""
    rows: list[list[tuple[str, float]]] = [[]]
    left_edge = room
    for service in services:
        wide = len(service) * 11 * 0.58 + 14
        if wide > left_edge and rows[-1]:
            rows.append([])
            left_edge = room
        rows[-1].append((service, wide))
        left_edge -= wide + 6
    return rows


def _peering(drawing: Drawing, primary: Box, recovery: Box) -> None:
    y = primary.y + primary.h / 2
    points = ((primary.right, y), (recovery.x, y))
    drawing.lines.append(Line(points=points, colour=INK, width=3, ends=(primary.name, recovery.name)))
    middle = (primary.right + recovery.x) / 2
    drawing.text(Text(content="peering", x=middle, y=y - 9, size=13, weight=600, anchor="middle"))
    for number, label in enumerate(("each segment with", "itself only")):
        drawing.text(Text(content=label, x=middle, y=y + 19 + number * 14, size=11, colour=MUTED, anchor="middle"))


def _leaks(drawing: Drawing, scene: Scene) -> None:
    """Undeclared paths, in red, around everything else."""
    boxes = {box.name: box for box in drawing.boxes}
    low = max(box.bottom for box in drawing.boxes) + 12
    for number, (source, target, label) in enumerate(scene.leaks):
        ends = [boxes[name] for name in (source, target) if name in boxes]
        if len(ends) == 2:  # noqa: PLR2004 - a line has two ends
            first, second = ends
            y, gutter = low + number * 7, PAD / 2
            # Along the gutter beside the cards, so that no card is crossed.
            points = (
                (first.x, first.y + 30),
                (first.x - gutter, first.y + 30),
                (first.x - gutter, y),
                (second.x - gutter, y),
                (second.x - gutter, second.y + 30),
                (second.x, second.y + 30),
            )
            drawing.lines.append(Line(points=points, colour=LEAK, dashed=True, ends=(source, target)))
            if not number:
                drawing.text(
                    Text(
                        content=f"not declared: {source} → {target}, {label}",
                        x=first.middle + 8,
                        y=y + 16,
                        size=11,
                        colour=LEAK,
                    )
                )
