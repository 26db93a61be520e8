"""Policies give deployed resources, as a state has them, the verdict that they gave before the deployment."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from controls.registry import CONTROLS
from controls.rules.checks import OnResource
from controls.verdict import Verdict
from policies.configuration import Configuration, Exemption
from policies.deployed import SECRET, SIGNATURE, evaluate
from tests.policies.examples import CASES, FORBIDDEN, Case, Change, Example

TODAY = date(2026, 11, 30)
KEY = "aws:kms/key:Key"
ROTATION = "kms-key-rotation"
PROVIDER = "urn:pulumi:test::hipaa-ml::pulumi:providers:aws::provider"


def entries(examples: Sequence[Example]) -> list[dict[str, Any]]:
    """The examples as resources of a state, each with a provider of its own."""
    names = {example.name: example.urn for example in examples}
    state: list[dict[str, Any]] = []
    for number, example in enumerate(examples):
        provider = {
            key: value if isinstance(value, str) else json.dumps(value)
            for key, value in (example.provider or {}).items()
        }
        provider["allowedAccountIds"] = '["111122223333"]'
        state.append(
            {
                "urn": f"{PROVIDER}{number}",
                "type": "pulumi:providers:aws",
                "id": "id",
                "inputs": provider,
                "outputs": {},
            }
        )
        refers = {example.by: example.of, **example.uses} if example.of else example.uses
        state.append(
            {
                "urn": example.urn,
                "type": example.type,
                "custom": True,
                "protect": example.protect,
                "provider": f"{PROVIDER}{number}::id",
                "inputs": {**example.props, "__defaults": ["x"]},
                "outputs": dict(example.props),
                "propertyDependencies": {name: [names[owner]] for name, owner in refers.items()},
            }
        )
    return state


def verdicts(policy: str, state: Sequence[dict[str, Any]], **configured: Any) -> list[Verdict]:
    violations = evaluate({"test": state}, Configuration(**configured), TODAY)
    return [verdict for verdict in violations if verdict.policy == policy]


def outcomes(policy: str, examples: Sequence[Example]) -> set[str]:
    return {verdict.outcome for verdict in verdicts(policy, entries(examples))}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.policy)
def test_compliant_resources_pass(case: Case) -> None:
    assert outcomes(case.policy, case.compliant) == {"passes"}


@pytest.mark.parametrize(
    ("case", "change"),
    [
        pytest.param(case, change, id=f"{case.policy}-{index}-{number}")
        for index, case in enumerate(CASES)
        for number, change in enumerate(case.changes)
    ],
)
def test_changed_resources_fail(case: Case, change: Change) -> None:
    failing = [
        verdict
        for verdict in verdicts(case.policy, entries(change.apply(case.compliant)))
        if verdict.outcome == "fails"
    ]
    assert failing
    assert any(change.says in verdict.detail for verdict in failing)


@pytest.mark.parametrize("forbidden", FORBIDDEN, ids=lambda entry: entry.policy)
def test_forbidden_resources_fail(forbidden: Any) -> None:
    assert outcomes(forbidden.policy, [forbidden.resource]) == {"fails"}


def key(**props: Any) -> list[dict[str, Any]]:
    return entries([Example(type=KEY, name="phi", props=props)])


def test_a_verdict_names_stack_account_and_region() -> None:
    (verdict,) = verdicts(ROTATION, key(enableKeyRotation=False))
    assert (verdict.outcome, verdict.stack, verdict.resource) == ("fails", "test", "phi")
    assert (verdict.account, verdict.region) == ("111122223333", "us-east-1")
    assert "enableKeyRotation" in verdict.detail


def test_an_encrypted_value_is_not_evaluated() -> None:
    secret = {SIGNATURE: SECRET, "ciphertext": "v1:x"}
    (verdict,) = verdicts(ROTATION, key(enableKeyRotation=secret))
    assert verdict.outcome == "not evaluated"
    assert "secret" in verdict.detail


def exemption(days: int, resource: str = "phi") -> Exemption:
    return Exemption(
        policy=ROTATION,
        resource=resource,
        owner="cloud@hospital.example",
        reason="imported material cannot rotate",
        expires=TODAY + timedelta(days=days),
    )


@pytest.mark.parametrize(
    ("exemptions", "outcome"),
    [
        ([exemption(0)], "exempt"),
        ([exemption(-1)], "fails"),
        ([exemption(-1), exemption(30)], "exempt"),
        ([exemption(30, "other")], "fails"),
    ],
)
def test_exemptions_hold_until_their_last_day(exemptions: list[Exemption], outcome: str) -> None:
    (verdict,) = verdicts(ROTATION, key(enableKeyRotation=False), exemptions=exemptions)
    assert verdict.outcome == outcome
    if outcome == "exempt":
        assert verdict.reason == "imported material cannot rotate"
        assert verdict.expires is not None
        assert verdict.expires >= TODAY


def test_an_ended_exemption_is_told() -> None:
    (verdict,) = verdicts(ROTATION, key(enableKeyRotation=False), exemptions=[exemption(-1)])
    assert "exemption ended on 2026-11-29" in verdict.detail


def test_an_exempt_resource_that_complies_passes() -> None:
    (verdict,) = verdicts(ROTATION, key(enableKeyRotation=True), exemptions=[exemption(30)])
    assert verdict.outcome == "passes"


@pytest.mark.parametrize("configured", [{"levels": {ROTATION: "disabled"}}, {"packs": ["baseline"]}])
def test_a_policy_that_does_not_run_gives_no_verdict(configured: dict[str, Any]) -> None:
    (verdict,) = verdicts(ROTATION, key(enableKeyRotation=True), **configured)
    assert verdict.outcome == "not evaluated"
    assert "configuration.yaml" in verdict.detail


def test_an_advisory_policy_still_fails_a_resource() -> None:
    (verdict,) = verdicts(ROTATION, key(enableKeyRotation=False), levels={ROTATION: "advisory"})
    assert verdict.outcome == "fails"


def test_a_check_that_raises_gives_no_verdict() -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError("no")

    (control,) = (control for control in CONTROLS.values() if ROTATION in [rule.name for rule in control.block])
    (rule,) = (rule for rule in control.block if rule.name == ROTATION)
    faulty = replace(control, block=[replace(rule, check=OnResource(types=rule.check.types, check=broken))])
    (verdict,) = evaluate({"test": key(enableKeyRotation=True)}, Configuration(), TODAY, {control.id: faulty})
    assert verdict.outcome == "not evaluated"
    assert "ZeroDivisionError" in verdict.detail
