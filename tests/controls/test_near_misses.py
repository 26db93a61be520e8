"""Every statement of the compiled guardrails denies a request, and allows a near miss: `near_misses.csv`.

A near miss differs from a request that the statement denies in one point: account, principal, resource, condition keys,
or, within the same service, action. A statement that became too wide denies its near miss.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from controls.compiler import compile_policies
from controls.model import Control, PolicyType, Statement
from inspection.can import GuardedOrganization
from inspection.vocabulary import keys_not_carried
from tests.controls.resource_types import has_resource
from tests.controls.test_controls_requests import ANSWERS, CONTROLS, GUARDED, UNITS, ZONE

Row = Mapping[str, str]
FIELDS: Final = ("account", "principal", "action", "resource")
NEAR_MISSES: Final[Sequence[Row]] = list(
    csv.DictReader(Path(__file__).with_name("near_misses.csv").read_text(encoding="utf-8").splitlines())
)
COMPILED: Final[Mapping[str, Mapping[str, Any]]] = {
    statement["Sid"]: statement
    for policy in GUARDED.compiled.policies
    if policy.policy_type in (PolicyType.SCP, PolicyType.RCP)
    for statement in json.loads(policy.content)["Statement"]
}
"""Sid -> the statement as AWS gets it."""


def listed(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def context(row: Row) -> Mapping[str, Any]:
    return dict(json.loads(row["context"] or "{}"))


def differences(denied: Row, allowed: Row) -> Sequence[str]:
    fields = [field for field in FIELDS if denied[field] != allowed[field]]
    return [*fields, *(["context"] if context(denied) != context(allowed) else [])]


def denied_by(sid: str) -> Sequence[Row]:
    return [answer.request for answer in ANSWERS if answer.request["expect"] == f"denied {sid}"]


@pytest.mark.parametrize("sid", COMPILED)
def test_statement_has_a_near_miss(sid: str) -> None:
    """The near miss differs from a request of the tables that the statement denies in one point."""
    statement = COMPILED[sid]
    wide = "NotAction" in statement or "*" in listed(statement["Action"])
    near_misses = [row for row in NEAR_MISSES if row["sid"] == sid]
    assert near_misses, f"add a request to tests/controls/near_misses.csv that {sid} nearly denies"
    for row in near_misses:
        points = [differences(denied, row) for denied in denied_by(sid) if wide or _service(denied) == _service(row)]
        assert any(len(differing) == 1 for differing in points), f"no request that {sid} denies is near to {row}"


def _service(row: Row) -> str:
    return row["action"].partition(":")[0]


@pytest.mark.parametrize("row", NEAR_MISSES, ids=lambda row: row["sid"])
def test_near_miss_is_allowed(row: Row) -> None:
    assert row["sid"] in COMPILED, "the guardrails have no such statement"
    assert has_resource(row["action"], row["resource"])
    assert keys_not_carried(row["action"], context(row)) == []
    decision = GUARDED.decide(row["account"], row["principal"], row["action"], row["resource"], context(row))
    assert decision.allowed, f"{row}: {decision}"


def test_compiled_pairs_are_those_of_the_registry() -> None:
    """`test_removing_an_action_from_a_statement_allows_a_denied_request` covers what AWS gets."""
    compiled = {(sid, action) for sid, row in COMPILED.items() for action in listed(row.get("Action", ()))}
    registered = {
        (statement.sid, action)
        for control in CONTROLS.values()
        if control.prevent
        for statement in control.prevent.statements
        for action in statement.actions
    }
    assert compiled == registered
    assert len(compiled) >= 400


def changed(control: str, sid: str, statement: Statement) -> GuardedOrganization:
    """The organization with one statement of one control replaced."""
    definition = CONTROLS[control]
    assert definition.prevent is not None
    statements = [statement if other.sid == sid else other for other in definition.prevent.statements]
    controls: Mapping[str, Control] = {
        **CONTROLS,
        control: replace(definition, prevent=replace(definition.prevent, statements=statements)),
    }
    return replace(GUARDED, compiled=compile_policies(controls.values(), UNITS, ZONE))


def wrong(organization: GuardedOrganization, rows: Sequence[Row], expected: bool) -> bool:
    """Whether some row is decided otherwise than expected."""
    decisions = [
        organization.decide(row["account"], row["principal"], row["action"], row["resource"], context(row))
        for row in rows
    ]
    return any(decision.allowed != expected for decision in decisions)


def statement_of(control: str, sid: str) -> Statement:
    guardrail = CONTROLS[control].prevent
    assert guardrail is not None
    return next(statement for statement in guardrail.statements if statement.sid == sid)


@pytest.mark.parametrize(("control", "sid"), [("F4", "F4Trail"), ("D1", "D1Keys"), ("N2", "N2Paths")])
def test_statement_without_one_of_its_actions_allows_a_request_of_the_tables(control: str, sid: str) -> None:
    """Planted fault: each action in turn is removed."""
    statement = statement_of(control, sid)
    for action in statement.actions:
        others = [other for other in statement.actions if other != action]
        organization = changed(control, sid, replace(statement, actions=others))
        assert wrong(organization, denied_by(sid), expected=False), action


@pytest.mark.parametrize(
    ("control", "sid"), [("D1", "D1Lockout"), ("P1", "P1Writes"), ("N5", "N5Owners"), ("F11", "F11ExternalShares")]
)
def test_statement_without_its_condition_denies_its_near_miss(control: str, sid: str) -> None:
    """Planted fault: the statement denies every request of its actions."""
    organization = changed(control, sid, replace(statement_of(control, sid), conditions={}))
    assert wrong(organization, [row for row in NEAR_MISSES if row["sid"] == sid], expected=True)
