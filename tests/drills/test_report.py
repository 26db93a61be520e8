"""The report of a drill: figures as they were judged, a timeline, and what was asked of the dead, in one page."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest
from markupsafe import escape

from drills.awaited import AWAITED
from drills.drill import Drill
from drills.report import timeline, write
from tests.drills.held import EAST, WEST, asked, drill, judged, zone


def page(folder: Path, *drills: Drill) -> str:
    return write(zone(), drills, folder).read_text(encoding="utf-8")


def cells(text: str) -> Sequence[Sequence[str]]:
    """The rows of the table of drills."""
    body = text[text.index("<tbody>") : text.index("</tbody>")]
    return [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in body.split("<tr>")[1:]]


def test_a_row_holds_the_figures_of_its_drill(tmp_path: Path) -> None:
    lost = judged(west=["d/a"])
    first, second = cells(page(tmp_path, drill(judged()), drill(lost)))
    assert first == ["region", "4.5", "0.0", "5", "1", "0", "2", "0", "0", "0", "yes"]
    assert second == ["region", "4.5", "0.0", "5", "1", "0", "2", "0", "1", "0", "no"]


def test_the_page_says_that_targets_were_met_only_if_every_drill_met_them(tmp_path: Path) -> None:
    well, ill = drill(judged()), drill(judged([asked(1, "")]))
    assert "Every drill met its targets" in page(tmp_path, well, well)
    for drills in ((well, ill), (ill, well), (ill,)):
        text = page(tmp_path, *drills)
        assert "Not every drill met its targets" in text
        assert "Every drill met" not in text


def test_the_page_names_what_was_asked_of_the_lost_region(tmp_path: Path) -> None:
    assert "asked nothing of what was lost" in page(tmp_path, drill(judged()))
    text = page(tmp_path, drill(judged(), dead=["kms:DescribeKey in us-east-1"]))
    assert "Asked of the lost region: kms:DescribeKey in us-east-1" in text
    assert "asked nothing" not in text
    assert "Not every drill met its targets" in text
    assert "A part of the region answered all along" in page(tmp_path, drill(judged(), dead=None))


def test_the_page_stands_alone_and_says_what_aws_adds(tmp_path: Path) -> None:
    text = page(tmp_path, drill(judged()))
    assert not re.findall(r"<(?:script|link|img|iframe)\b", text)
    assert text.count("<svg") == 1
    for one in AWAITED:
        assert escape(one.source) in text


def test_the_page_shows_no_markup_of_what_it_reports(tmp_path: Path) -> None:
    text = page(tmp_path, drill(judged(), dead=["<script>alert(1)</script>"]))
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_the_timeline_shows_steps_of_both_runbooks_and_moments_as_text() -> None:
    picture = timeline(zone(), drill(judged()))
    assert picture.startswith("<svg")
    for words in (
        *("move-traffic#readmission-prod", "stand-down#readmission-prod"),
        *(f"{EAST} lost", f"{WEST} serves", EAST, WEST, "no answer"),
    ):
        assert f">{words}</text>" in picture, words
    # A step that was skipped took no time.
    assert ">notify</text>" not in picture


def test_the_same_report_is_there_for_machines(tmp_path: Path) -> None:
    verdict = judged()
    write(zone(), [drill(verdict, dead=["kms:Decrypt in us-east-1"])], tmp_path)
    document = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    [one] = document["drills"]
    assert document["environment"] == "prod"
    assert one["verdict"] == asdict(verdict)
    assert [step["step"] for step in one["failover"]] == ["move-traffic#readmission-prod", "notify"]
    assert [step["step"] for step in one["failback"]] == ["stand-down#readmission-prod"]
    assert [moment["what"] for moment in one["moments"]] == [f"{EAST} lost", f"{WEST} serves"]
    assert one["asked of the dead"] == ["kms:Decrypt in us-east-1"]


def test_a_drill_without_recovery_is_no_number_in_the_report_for_machines(tmp_path: Path) -> None:
    write(zone(), [drill(judged([asked(1, "")]))], tmp_path)

    def refuse(word: str) -> None:
        pytest.fail(f"{word} is no JSON (RFC 8259, section 6)")

    text = (tmp_path / "report.json").read_text(encoding="utf-8")
    [one] = json.loads(text, parse_constant=refuse)["drills"]
    assert one["verdict"]["rto"] is None
    assert one["verdict"]["met"] is False
