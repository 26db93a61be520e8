"""The picture of the network: nothing overlaps, every text stands in its box, and a browser shows it."""

import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from controls.endpoint_services import ENDPOINT_SERVICES
from inspection.network.layout import LEAK, Drawing
from inspection.network.picture import draw
from inspection.network.scene import Scene, SpokeCard
from inspection.network.svg import html, svg
from tests.end_to_end.test_e2e_evidence import BROWSER, QUIET

REGIONS = ("us-east-1", "us-west-2")
SERVICES = list(ENDPOINT_SERVICES)


def scene(sizes: dict[str, int], leaks: tuple[tuple[str, str, str], ...] = ()) -> Scene:
    cards = [
        SpokeCard(
            name=f"ml-{segment}-{number}{'' if region == REGIONS[0] else f'@{region}'}",
            account=f"ml-{segment}-{number}",
            cidr=f"10.{16 * number}.0.0/16",
            segment=segment,
            region=region,
        )
        for region in REGIONS
        for segment, count in sizes.items()
        for number in range(count)
    ]
    return Scene(
        title="Network of hipaa-ml",
        regions=REGIONS,
        segments=list(sizes),
        cards=cards,
        tiers=("training", "inference", "data"),
        hubs=dict.fromkeys(REGIONS, ("10.0.0.0/17", "10.0.128.0/17")),
        services=SERVICES,
        inside=["training → data: 443, 5432, 2049", "inference → data: 443, 5432"],
        reaches=frozenset(),
        egress=frozenset(sizes),
        domains=["pypi.org", "files.pythonhosted.org"],
        leaks=leaks,
    )


def refuse_disorder(drawing: Drawing) -> None:
    boxes = {box.name: box for box in drawing.boxes}
    assert len(boxes) == len(drawing.boxes), "names are unique"
    for first, second in combinations(drawing.boxes, 2):
        if first.inside == second.inside:
            assert not first.overlaps(second), (first, second)
    for box in drawing.boxes:
        assert not box.inside or boxes[box.inside].holds(box), box
        assert box.right <= drawing.width
        assert box.bottom <= drawing.height
    for text in drawing.texts:
        assert not text.inside or boxes[text.inside].holds(text.box), text
        assert text.box.right <= drawing.width, text
    for first, second in combinations(drawing.texts, 2):
        assert not first.box.overlaps(second.box), (first, second)


@settings(max_examples=25, deadline=None)
@given(
    sizes=st.dictionaries(
        st.sampled_from(["prod", "staging", "dev", "research", "partners"]), st.integers(1, 9), min_size=1, max_size=5
    )
)
def test_nothing_overlaps_however_many_vpcs_there_are(sizes: dict[str, int]) -> None:
    refuse_disorder(draw(scene(sizes)))


def test_a_leak_is_drawn_in_red_and_said() -> None:
    drawing = draw(scene({"prod": 2, "dev": 2}, (("ml-dev-0", "ml-prod-1", "a route leads there"),)))
    refuse_disorder(drawing)
    [line] = [drawn_line for drawn_line in drawing.lines if drawn_line.colour == LEAK]
    assert line.ends == ("ml-dev-0", "ml-prod-1")
    assert any("ml-dev-0 → ml-prod-1" in text.content for text in drawing.texts)


def test_a_vpc_that_differs_is_drawn_in_red() -> None:
    marked = replace(scene({"prod": 2}), differing=frozenset({"ml-prod-1", "network-endpoints@us-west-2"}))
    drawing = draw(marked)
    refuse_disorder(drawing)
    red = {box.name for box in drawing.boxes if box.stroke == LEAK}
    assert red == {"ml-prod-1", "endpoints us-west-2"}


def test_the_picture_is_well_formed_and_fetches_nothing() -> None:
    document = svg(draw(scene({"prod": 3, "staging": 2, "dev": 2})))
    ET.fromstring(document)
    outside = document.replace("http://www.w3.org/2000/svg", "")
    assert "http" not in outside
    assert "url(" not in outside


@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on PATH")
def test_a_browser_shows_two_regions_with_fifteen_vpcs(tmp_path: Path) -> None:
    assert BROWSER is not None
    page, picture = tmp_path / "network.html", tmp_path / "network.png"
    drawing = draw(scene({"prod": 3, "staging": 2, "dev": 2}))
    page.write_text(html(drawing), encoding="utf-8")
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    subprocess.run(
        [BROWSER, *QUIET, profile, "--window-size=1800,1100", f"--screenshot={picture}", page.as_uri()],
        capture_output=True,
        timeout=100,
        check=True,
    )
    with Image.open(picture) as image:
        counted = cast("list[tuple[int, tuple[int, int, int]]]", image.convert("RGB").getcolors(1 << 21) or [])
    colours = {colour: count for count, colour in counted}
    for shade in ((79, 70, 229), (180, 83, 9), (21, 128, 61), (31, 41, 55)):
        assert colours.get(shade, 0) > 300, f"nothing of {shade} is to be seen"
