"""`python -m drills`: what it says and ends with, for drills that were held by somebody else."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from drills import __main__ as cli
from drills.drill import VARIANTS, Drill
from drills.zone import DrillError
from tests.drills.held import asked, drill, judged, zone


def run(monkeypatch: pytest.MonkeyPatch, *words: str, drills: Sequence[Drill] = ()) -> int:
    """Runs the command with drills that are held already; gives its exit code."""
    waiting = list(drills)
    monkeypatch.setattr(cli, "bring_up", lambda *_, **__: zone())
    monkeypatch.setattr(cli, "hold", lambda *_: waiting.pop(0))
    monkeypatch.setattr(sys, "argv", ["drills", *words])
    try:
        cli.main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_drills_that_meet_their_targets_end_well_and_name_the_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held = [drill(judged()), drill(judged())]
    assert run(monkeypatch, "--output", str(tmp_path), drills=held) == 0
    output = capsys.readouterr().out
    assert "RTO 4.5 s, RPO 0.0 s" in output
    assert "report.html" in output
    assert (tmp_path / "report.html").exists()


def test_one_that_misses_a_target_ends_the_command_with_1_and_is_in_the_report_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    missed = drill(judged([asked(1, "")]))
    for held in ([missed, drill(judged())], [drill(judged()), missed]):
        assert run(monkeypatch, "--output", str(tmp_path), drills=held) == 1
        assert "Not every drill" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_runbook_that_asked_the_lost_region_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held = drill(judged(), dead=["kms:DescribeKey in us-east-1"])
    run(monkeypatch, "--variant", "region", "--output", str(tmp_path), drills=[held])
    assert "the runbook asked the lost region: kms:DescribeKey in us-east-1" in capsys.readouterr().out


def test_a_variant_that_is_none_is_refused_before_anything_is_brought_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Nothing is held: a second drill of it would fail.
    assert run(monkeypatch, "--variant", "region", "--variant", "meteor", "--output", str(tmp_path)) == 2
    assert capsys.readouterr().out == f"error: --variant is 'meteor'; allowed: {', '.join(VARIANTS)}\n"
    assert not list(tmp_path.iterdir())


def test_what_is_wrong_is_said_as_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Output of a command may hold what rich takes for markup."""

    def fail(*_: object, **__: object) -> None:
        raise DrillError("failed:\n[/hipaa-ml/recovery] [red] gone")

    monkeypatch.setattr(cli, "bring_up", fail)
    monkeypatch.setattr(sys, "argv", ["drills"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert capsys.readouterr().out == "error: failed:\n[/hipaa-ml/recovery] [red] gone\n"
