"""Conformance packs hold AWS's HIPAA rules and the zone's own, within AWS's limits, and refuse by name."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from controls.conformance import ManagedRule, PackError, hipaa, ml_phi, packs
from controls.registry import CONTROLS


def rules(count: int) -> list[ManagedRule]:
    return [ManagedRule(name=f"rule-{number}", identifier=f"RULE_{number}") for number in range(count)]


def test_hipaa_pack_has_130_rules_and_103_paragraphs() -> None:
    assert len(hipaa()) == 130
    assert sum(bool(rule.paragraphs) for rule in hipaa()) == 103
    assert all(paragraph.startswith("164.") for rule in hipaa() for paragraph in rule.paragraphs)


def test_own_pack_covers_all_other_config_rules() -> None:
    own = {rule.identifier for rule in ml_phi(CONTROLS.values())}
    hipaa_identifiers = {rule.identifier for rule in hipaa()}
    assert own.isdisjoint(hipaa_identifiers)
    assert {
        config_rule.identifier for control in CONTROLS.values() for config_rule in control.detect
    } <= own | hipaa_identifiers
    assert "SAGEMAKER_MODEL_ISOLATION_ENABLED" in own


def test_template_is_cloudformation_with_managed_rules() -> None:
    [pack] = packs("hipaa-security", hipaa())
    resources = yaml.safe_load(pack.template)["Resources"]
    assert len(resources) == 130
    for resource in resources.values():
        assert resource["Type"] == "AWS::Config::ConfigRule"
        assert resource["Properties"]["Source"]["Owner"] == "AWS"


@given(st.integers(min_value=1, max_value=400), st.integers(min_value=1, max_value=130))
def test_rules_are_split_in_order_within_the_limit(count: int, limit: int) -> None:
    split = packs("pack", rules(count), limit=limit)
    assert [rule for pack in split for rule in pack.rules] == rules(count)
    assert all(0 < len(pack.rules) <= limit for pack in split)
    assert len({pack.name for pack in split}) == len(split)


def test_configured_parameters_replace_defaults() -> None:
    [pack] = packs("hipaa-security", hipaa(), {"ACCESS_KEYS_ROTATED": {"maxAccessKeyAge": "30"}})
    resource = yaml.safe_load(pack.template)["Resources"]["AccessKeysRotated"]
    assert resource["Properties"]["InputParameters"] == {"maxAccessKeyAge": "30"}


def test_parameters_for_unknown_rule_are_refused() -> None:
    with pytest.raises(PackError, match="ACCESS_KEY_ROTATED"):
        packs("hipaa-security", hipaa(), {"ACCESS_KEY_ROTATED": {"maxAccessKeyAge": "30"}})


def test_duplicate_rule_and_long_name_are_refused() -> None:
    with pytest.raises(PackError, match="rule-0"):
        packs("pack", [*rules(1), *rules(1)])
    with pytest.raises(PackError, match="128 characters"):
        packs("pack", [ManagedRule(name="x" * 129, identifier="X")])
