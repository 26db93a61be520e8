"""Every action and condition key of every guardrail exists, and no mistake of published landing zones is repeated."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from controls.compiler import CompileError, refuse_misspelt
from controls.compiler.words import GLOBAL_KEYS, misspelt, privileges
from controls.model import Guardrail, PolicyType, Statement
from controls.registry import CONTROLS
from tests.controls.test_controls_requests import ANDED

ALWAYS_CARRIED = {
    "aws:principalisawsservice",
    "aws:securetransport",
    "ec2:encrypted",
    "elasticfilesystem:encrypted",
    "rds:storageencrypted",
}
"""Keys that every request of the actions here has, whether the caller said anything or not."""
STATEMENTS = [
    pytest.param(control.prevent.policy_type, statement, id=statement.sid)
    for control in CONTROLS.values()
    if control.prevent
    for statement in control.prevent.statements
]
each_statement = pytest.mark.parametrize(("kind", "statement"), STATEMENTS)


def named(statement: Statement) -> Sequence[str]:
    return [*statement.actions, *statement.not_actions]


def conditions(statement: Statement) -> Iterator[tuple[str, str]]:
    for operator, tests in statement.conditions.items():
        for key in tests:
            yield operator, key


@each_statement
def test_actions_and_condition_keys_exist(kind: PolicyType, statement: Statement) -> None:
    assert list(misspelt(statement)) == []


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (Statement(sid="A", actions=("s3:PutObjekt",)), "no action is named s3:PutObjekt"),
        (Statement(sid="A", actions=("s4:PutObject",)), "no action is named s4:PutObject"),
        (Statement(sid="A", not_actions=("iam:*", "kms:Decript")), "no action is named kms:Decript"),
        (
            Statement(sid="A", actions=("iam:PassRole",), resources=("arn:aws:iam::*:rolle/x",)),
            "no service has resources like arn:aws:iam::*:rolle/x",
        ),
        (
            Statement(sid="A", actions=("s3:PutObject",), resources=("arn:aws:s3:hipaa-ml-*",)),
            "no service has resources like arn:aws:s3:hipaa-ml-*",
        ),
        (
            Statement(
                sid="A",
                actions=("sagemaker:CreateTrainingJob",),
                conditions={"Null": {"sagemaker:VolumeKmsKeyArn": "true"}},
            ),
            "AWS renamed the condition key sagemaker:VolumeKmsKey to sagemaker:VolumeKmsKeyArn;",
        ),
        (
            Statement(
                sid="A",
                actions=("sagemaker:CreateModel",),
                conditions={"Null": {"sagemaker:VolumeKmsKey": "true", "sagemaker:VolumeKmsKeyArn": "true"}},
            ),
            "no action of it carries the condition key sagemaker:VolumeKmsKeyArn",
        ),
        (
            Statement(sid="A", actions=("*",), conditions={"StringEquals": {"aws:PrincipleOrgID": "o-1"}}),
            "no action of it carries the condition key aws:PrincipleOrgID",
        ),
    ],
)
def test_misspelt_name_is_refused_before_deployment(statement: Statement, message: str) -> None:
    guardrail = Guardrail(statements=(statement,), targets=("Sandbox",))
    control = replace(CONTROLS["F1"], id="X1", prevent=guardrail)
    with pytest.raises(CompileError) as refused:
        refuse_misspelt([control])
    assert f"control X1 on Sandbox: statement A: {message}" in str(refused.value)


@each_statement
def test_null_condition_has_one_absent_key(kind: PolicyType, statement: Statement) -> None:
    # Keys under one operator are ANDed: a request that lacks only one of them would pass.
    for operator, tests in statement.conditions.items():
        absent = {key.removesuffix("Arn") for key, value in tests.items() if operator == "Null" and value == "true"}
        assert len(absent - ANDED.get(statement.sid, set())) <= 1, f"{statement.sid}: {absent}"


@each_statement
def test_bool_false_needs_a_key_every_request_carries(kind: PolicyType, statement: Statement) -> None:
    # A request without the key is neither true nor false: `Bool` lets it pass.
    for key, value in statement.conditions.get("Bool", {}).items():
        assert value == "true" or key.lower() in ALWAYS_CARRIED, key


@each_statement
def test_bool_if_exists_needs_actions_that_carry_the_key(kind: PolicyType, statement: Statement) -> None:
    for key, value in statement.conditions.get("BoolIfExists", {}).items():
        if value == "true" or key.lower() in GLOBAL_KEYS:
            continue
        for action in statement.actions:
            service, _, name = action.partition(":")
            assert key.lower() in privileges(service)[name.lower()], f"{action} never carries {key}"


@each_statement
def test_not_actions_statement_exempts_roles(kind: PolicyType, statement: Statement) -> None:
    # With NotAction everything else is denied: without a way around it a mistake locks everybody out.
    assert statement.exempt or not statement.not_actions, statement.sid


def test_global_services_are_usable_with_any_allowed_regions() -> None:
    [prevent] = [control.prevent for control in CONTROLS.values() if control.id == "F7"]
    assert prevent is not None
    spared = {action.partition(":")[0] for action in prevent.statements[0].not_actions}
    needed = "account budgets ce cloudfront globalaccelerator health iam networkmanager organizations route53 shield"
    assert {*needed.split(), "sts", "support", "waf"} <= spared
    # Data lives in these: sparing them would let it leave.
    assert not {"kms", "s3express", "sagemaker", "dynamodb", "config", "rds"} & spared


def test_config_rules_are_in_the_hipaa_pack_or_listed_exceptions() -> None:
    table = Path(__file__).parents[2] / "controls" / "conformance"
    text = "\n".join(file.read_text(encoding="utf-8") for file in table.rglob("*") if file.suffix in (".csv", ".json"))
    elsewhere = {"ACCOUNT_PART_OF_ORGANIZATIONS", "REQUIRED_TAGS"}
    foundation = [definition for definition in CONTROLS.values() if definition.id.startswith("F")]
    for control in foundation:
        for rule in control.detect:
            assert rule.identifier in elsewhere or rule.identifier in text, (control.id, rule.identifier)


def test_ai_opt_out_applies_at_the_root_and_is_final() -> None:
    [declaration] = CONTROLS["F13"].declare
    assert declaration.targets == ("/",)
    default = json.loads(json.dumps(declaration.content))["services"]["default"]
    assert default["opt_out_policy"]["@@assign"] == "optOut"
    assert default["opt_out_policy"]["@@operators_allowed_for_child_policies"] == ["@@none"]
