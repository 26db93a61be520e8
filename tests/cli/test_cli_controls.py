"""`zone controls` lists controls and shows where each is defined."""

import json

import pytest
from typer.testing import CliRunner

from cli.controls import app
from cli.errors import UsageError
from controls.registry import CONTROLS


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_list_has_every_control() -> None:
    output = run("list")
    assert all(f"\n{identifier} " in f"\n{output}" for identifier in CONTROLS)


@pytest.mark.parametrize("identifier", CONTROLS)
def test_show_prints_the_whole_control(identifier: str) -> None:
    output = run("show", identifier.lower())
    control = CONTROLS[identifier]
    assert control.title in output
    assert f"/{identifier.lower()}_" in output or identifier == "SUSPENDED"
    assert all(rule.name in output and rule.remedy in output for rule in control.block)
    assert all(rule.identifier in output for rule in control.detect)
    assert all(statement.sid in output for statement in (control.prevent.statements if control.prevent else ()))


def test_room_lists_every_target_within_its_limit() -> None:
    rows = json.loads(run("room", "--json"))
    assert {"/", "Policy-Staging", "Workloads/ML-Prod"} <= {row["target"] for row in rows}
    assert all(row["policies"] <= row["policies_limit"] and row["largest"] >= 0 for row in rows)
    table = run("room")
    assert "Policy-Staging" in table
    assert max(len(line.rstrip()) for line in table.splitlines()) <= 80


def test_unknown_id_lists_near_ids() -> None:
    with pytest.raises(UsageError, match=r"No control has the id 'D99'. Similar ids: .*D9"):
        run("show", "D99")
