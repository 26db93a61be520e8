"""The evidence an auditor is given: complete, true to the registry, and readable in a browser and on paper."""

import csv
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from PIL import Image

from controls.registry import CONTROLS
from controls.security_rule import REQUIREMENTS
from tests.end_to_end.zone import Zone

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("evidence")]
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
WIDTH, HEIGHT = 1100, 9000
"""Pixels of the picture: down to the first paragraphs with controls."""
BANNER = (161, 38, 38)
LAYERS = {"prevent": (122, 62, 161), "block": (179, 84, 30), "detect": (29, 111, 138)}


@pytest.fixture(scope="module")
def written(make_zone: Callable[[], Zone]) -> Path:
    zone = make_zone()
    ran = zone.rehearse("evidence", "--out", "evidence")
    assert ran.code == 0, ran.err
    assert "0 of 68 paragraphs" in ran.out
    assert "of 130 rules" in ran.out
    assert "Prowler" in ran.out
    return zone.root / "evidence"


def test_every_control_of_the_registry_stands_under_its_paragraphs(written: Path) -> None:
    document = json.loads((written / "evidence.json").read_text(encoding="utf-8"))
    control_ids = {
        (paragraph["number"], entry["control"])
        for paragraph in document["paragraphs"]
        for entry in paragraph["entries"]
    }
    assert control_ids == {
        (citation.paragraph, control.id) for control in CONTROLS.values() for citation in control.citations
    }
    assert [paragraph["number"] for paragraph in document["paragraphs"]] == list(REQUIREMENTS)
    assert not [paragraph["number"] for paragraph in document["paragraphs"] if paragraph["covered"]]
    statuses = {paragraph["number"]: paragraph["status"] for paragraph in document["paragraphs"]}
    assert statuses["164.308(a)(1)(ii)(A)"] == "organizational"  # a risk analysis is work for people
    assert statuses["164.312(b)"] == "not deployed"


def test_nothing_is_claimed_that_is_not_deployed(written: Path) -> None:
    page = (written / "evidence.html").read_text(encoding="utf-8")
    assert "Nothing is deployed: no control covers a paragraph." in page
    assert "EMULATED" in page
    assert "no conformance pack is deployed" in page


def test_csv_has_one_row_per_control_and_layer(written: Path) -> None:
    with (written / "evidence.csv").open(encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    assert {row["layer"] for row in rows} == {"prevent", "block", "detect", ""}
    assert {row["control"] for row in rows} == {*CONTROLS, ""}
    assert {row["verdict"] for row in rows if row["control"]} == {"not deployed"}
    assert {row["source"] for row in rows} == {"EMULATED"}


def test_the_folder_is_verified(make_zone: Callable[[], Zone], written: Path) -> None:
    ran = make_zone().rehearse("evidence", "verify", str(written))
    assert ran.code == 0, ran.out


@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on PATH")
def test_a_browser_shows_the_page_and_prints_it(written: Path, tmp_path: Path) -> None:
    assert BROWSER is not None
    page = (written / "evidence.html").as_uri()
    picture, paper = tmp_path / "page.png", tmp_path / "page.pdf"
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    for output in (f"--screenshot={picture}", f"--print-to-pdf={paper}"):
        subprocess.run(
            [BROWSER, *QUIET, profile, f"--window-size={WIDTH},{HEIGHT}", output, page],
            capture_output=True,
            timeout=100,
            check=True,
        )
    with Image.open(picture) as image:
        seen = image.convert("RGB")
        assert seen.size == (WIDTH, HEIGHT)
        counted = cast("list[tuple[int, tuple[int, int, int]]]", seen.getcolors(1 << 22) or [])
        colours = {colour: count for count, colour in counted}
    for layer, colour in LAYERS.items():
        assert colours.get(colour, 0) > 200, f"no badge of the layer {layer} is to be seen"
    assert colours.get(BANNER, 0) > 20_000, "no banner says that the zone is emulated"
    ink = sum(count for colour, count in colours.items() if max(colour) < 120)
    assert ink > 10_000, "the page shows hardly any text"
    assert colours[255, 255, 255] > WIDTH * HEIGHT // 2, "text stands on white, for paper"
    assert paper.stat().st_size > 50_000
