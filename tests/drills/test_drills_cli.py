"""`python -m drills`: its output and its exit code, for sample drills."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from drills import __main__ as cli
from drills.drill import VARIANTS, Drill
from drills.errors import DrillError
from tests.drills.sample_drills import drill, request, verdict_on, zone


def run(monkeypatch: pytest.MonkeyPatch, *words: str, drills: Sequence[Drill] = ()) -> int:
    """Runs the command with sample drills and returns its exit code."""
    remaining = list(drills)
    monkeypatch.setattr(cli, "bring_up", lambda *_, **__: zone())
    monkeypatch.setattr(cli, "run_drill", lambda *_: remaining.pop(0))
    monkeypatch.setattr(sys, "argv", ["drills", *words])
    try:
        cli.main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_drills_that_meet_targets_exit_0_and_print_report_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drills = [drill(verdict_on()), drill(verdict_on())]
    assert run(monkeypatch, "--output", str(tmp_path), drills=drills) == 0
    output = capsys.readouterr().out
    assert "RTO 4.5 s, RPO 0.0 s" in output
    assert "report.html" in output
    assert (tmp_path / "report.html").exists()


def test_drill_that_misses_target_exits_1_and_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    missed = drill(verdict_on([request(1, "")]))
    for drills in ([missed, drill(verdict_on())], [drill(verdict_on()), missed]):
        assert run(monkeypatch, "--output", str(tmp_path), drills=drills) == 1
        assert "Not every drill" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_requests_to_lost_region_are_printed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = drill(verdict_on(), lost_region_requests=["kms:DescribeKey in us-east-1"])
    run(monkeypatch, "--variant", "region", "--output", str(tmp_path), drills=[sample])
    assert "the runbook sent a request to the lost region: kms:DescribeKey in us-east-1" in capsys.readouterr().out


def test_unknown_variant_is_refused_before_deployment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # There are no sample drills, so that a run would fail.
    assert run(monkeypatch, "--variant", "region", "--variant", "meteor", "--output", str(tmp_path)) == 2
    assert capsys.readouterr().out == f"error: --variant is 'meteor'; allowed: {', '.join(VARIANTS)}\n"
    assert not list(tmp_path.iterdir())


def test_error_message_is_printed_without_markup(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The output of a command may contain text that rich interprets as markup."""

    def fail(*_: object, **__: object) -> None:
        raise DrillError("failed:\n[/hipaa-ml/recovery] [red] gone")

    monkeypatch.setattr(cli, "bring_up", fail)
    monkeypatch.setattr(sys, "argv", ["drills"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert capsys.readouterr().out == "error: failed:\n[/hipaa-ml/recovery] [red] gone\n"
