"""Scenarios of `zone attack`: the library, the comparison with what stopped a call, and the report."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from authorization import reference
from controls.registry import CONTROLS, sids
from inspection.attack.report import document, page
from inspection.attack.run import ROLES, Result, run
from inspection.attack.scenarios import Scenario, scenarios

LIBRARY = scenarios()
ATTACK = next(scenario for scenario in LIBRARY if scenario.expect == "F4Trail")
WORK = next(scenario for scenario in LIBRARY if not scenario.attack)


class FakeAws:
    """boto3 clients of an account in which each call has a planned answer."""

    def __init__(self, error: str | None) -> None:
        self.error = error
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self.exceptions = type("Exceptions", (), {"EntityAlreadyExistsException": KeyError})

    def administrator(self, service: str, account: str) -> Any:
        return self

    def role(self, service: str, account: str, role: str) -> Any:
        return Refusing(self.error)

    def __getattr__(self, name: str) -> Any:
        return lambda **parameters: self.calls.append((name, parameters))


class Refusing:
    """A client whose operations raise an error, or succeed."""

    def __init__(self, error: str | None) -> None:
        self.error = error

    def __getattr__(self, name: str) -> Any:
        def call(**parameters: Any) -> None:
            if self.error:
                response = {"Error": {"Code": self.error}, "ResponseMetadata": {"RequestId": "r-1"}}
                raise ClientError(response, name)  # pyright: ignore[reportArgumentType]

        return call


def result_of(scenario: Scenario, error: str | None, denial: Mapping[str, Any] | None) -> tuple[Result, FakeAws]:
    aws = FakeAws(error)
    [result] = run([scenario], aws, {"ml-prod": "4" * 12, "ml-dev": "2" * 12}, lambda _: denial)
    return result, aws


def denied_by(sid: str) -> Mapping[str, Any]:
    return {"statements": [{"sid": sid}], "missing": ""}


def test_library_is_large_and_names_statements_that_exist() -> None:
    attacks = [scenario for scenario in LIBRARY if scenario.attack]
    assert len(attacks) >= 120
    assert len(LIBRARY) - len(attacks) >= 60
    known = {sid for control in CONTROLS.values() for sid in sids(control)}
    assert {scenario.expect for scenario in attacks} <= known
    by_tactic = Counter(scenario.tactic for scenario in attacks)
    assert by_tactic["privilege escalation"] >= 20
    assert len(by_tactic) >= 6
    assert {scenario.persona for scenario in LIBRARY} <= set(ROLES)


def test_paragraph_of_a_scenario_is_in_the_security_rule() -> None:
    cited = {citation.paragraph for control in CONTROLS.values() for citation in control.citations}
    assert {scenario.paragraph for scenario in LIBRARY if scenario.attack} <= cited
    assert reference.services() > {"iam"}


@pytest.mark.parametrize(
    ("error", "denial", "ok"),
    [
        ("AccessDenied", denied_by("F4Trail"), True),
        ("AccessDenied", denied_by("F5Config"), False),
        ("AccessDenied", {"statements": [], "missing": "identity policy"}, False),
        ("TrailNotFoundException", None, False),
        (None, None, False),
    ],
)
def test_attack_is_stopped_by_the_expected_statement_only(
    error: str | None, denial: Mapping[str, Any] | None, ok: bool
) -> None:
    result, aws = result_of(ATTACK, error, denial)
    assert result.ok is ok
    assert [name for name, _ in aws.calls][-2:] == ["delete_role_policy", "delete_role"], "the run deletes its roles"


@pytest.mark.parametrize(("error", "ok"), [(None, True), ("AccessDenied", False), ("ValidationException", False)])
def test_legitimate_action_has_to_succeed(error: str | None, ok: bool) -> None:
    result, _ = result_of(WORK, error, denied_by("F7Regions") if error == "AccessDenied" else None)
    assert result.ok is ok


def test_report_shows_every_scenario_and_escapes_text() -> None:
    stopped, _ = result_of(ATTACK, "AccessDenied", denied_by("F4Trail"))
    through, _ = result_of(replace(ATTACK, id="<b>", parameters={"TrailName": "{account}"}), None, None)
    text = page([stopped, through])
    assert "&lt;b&gt;" in text
    assert "1 of 2 attacks were stopped" in text
    assert document([stopped])["ok"] is True
    assert document([stopped, through])["ok"] is False
    assert document([])["ok"] is False
