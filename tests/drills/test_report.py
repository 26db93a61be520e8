"""The report of drills: figures, timeline and requests to the lost region, in one page."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest
from markupsafe import escape

from drills.aws_delays import AWS_DELAYS
from drills.drill import Drill
from drills.report import timeline, write
from tests.drills.sample_drills import EAST, WEST, drill, request, verdict_on, zone


def page(folder: Path, *drills: Drill) -> str:
    return write(zone(), drills, folder).read_text(encoding="utf-8")


def cells(text: str) -> Sequence[Sequence[str]]:
    """The rows of the table of drills."""
    body = text[text.index("<tbody>") : text.index("</tbody>")]
    return [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in body.split("<tr>")[1:]]


def test_table_has_one_row_of_figures_per_drill(tmp_path: Path) -> None:
    lost = verdict_on(west=["d/a"])
    first, second = cells(page(tmp_path, drill(verdict_on()), drill(lost)))
    assert first == ["region", "4.5", "0.0", "5", "1", "0", "2", "0", "0", "0", "yes"]
    assert second == ["region", "4.5", "0.0", "5", "1", "0", "2", "0", "1", "0", "no"]


def test_page_states_success_only_if_every_drill_met_targets(tmp_path: Path) -> None:
    well, ill = drill(verdict_on()), drill(verdict_on([request(1, "")]))
    assert "Every drill met its targets" in page(tmp_path, well, well)
    for drills in ((well, ill), (ill, well), (ill,)):
        text = page(tmp_path, *drills)
        assert "Not every drill met its targets" in text
        assert "Every drill met" not in text


def test_page_lists_requests_to_lost_region(tmp_path: Path) -> None:
    assert "sent no request to the lost region" in page(tmp_path, drill(verdict_on()))
    text = page(tmp_path, drill(verdict_on(), lost_region_requests=["kms:DescribeKey in us-east-1"]))
    assert "Requests to the lost region: kms:DescribeKey in us-east-1" in text
    assert "sent no request" not in text
    assert "Not every drill met its targets" in text
    assert "The region answered in part" in page(tmp_path, drill(verdict_on(), lost_region_requests=None))


def test_page_has_no_external_files_and_lists_aws_delays(tmp_path: Path) -> None:
    text = page(tmp_path, drill(verdict_on()))
    assert not re.findall(r"<(?:script|link|img|iframe)\b", text)
    assert text.count("<svg") == 1
    for delay in AWS_DELAYS:
        assert escape(delay.source) in text


def test_page_escapes_reported_text(tmp_path: Path) -> None:
    text = page(tmp_path, drill(verdict_on(), lost_region_requests=["<script>alert(1)</script>"]))
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_timeline_shows_steps_and_events_as_text() -> None:
    picture = timeline(zone(), drill(verdict_on()))
    assert picture.startswith("<svg")
    for words in (
        *("move-traffic#readmission-prod", "stand-down#readmission-prod"),
        *(f"{EAST} lost", f"{WEST} serves", EAST, WEST, "no answer"),
    ):
        assert f">{words}</text>" in picture, words
    # A step that was skipped took no time.
    assert ">notify</text>" not in picture


def test_json_report_has_the_same_content(tmp_path: Path) -> None:
    verdict = verdict_on()
    write(zone(), [drill(verdict, lost_region_requests=["kms:Decrypt in us-east-1"])], tmp_path)
    document = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    [drill_report] = document["drills"]
    assert document["environment"] == "prod"
    assert drill_report["verdict"] == asdict(verdict)
    assert [step["step"] for step in drill_report["failover"]] == ["move-traffic#readmission-prod", "notify"]
    assert [step["step"] for step in drill_report["failback"]] == ["stand-down#readmission-prod"]
    assert [moment["what"] for moment in drill_report["moments"]] == [f"{EAST} lost", f"{WEST} serves"]
    assert drill_report["asked of the dead"] == ["kms:Decrypt in us-east-1"]


def test_json_report_has_null_for_infinite_rto(tmp_path: Path) -> None:
    write(zone(), [drill(verdict_on([request(1, "")]))], tmp_path)

    def refuse(word: str) -> None:
        pytest.fail(f"{word} is no JSON (RFC 8259, section 6)")

    text = (tmp_path / "report.json").read_text(encoding="utf-8")
    [drill_report] = json.loads(text, parse_constant=refuse)["drills"]
    assert drill_report["verdict"]["rto"] is None
    assert drill_report["verdict"]["met"] is False
