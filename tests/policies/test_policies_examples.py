"""Every policy passes its compliant example and catches each small change to it, seen through the SDK's own proxies."""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from pulumi_policy import (
    PolicyProviderResource,
    PolicyResource,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.policy import PolicyCustomTimeouts, PolicyResourceOptions
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError, unknown_checking_proxy

from controls.rules import Problem
from controls.rules.checks import OnResource, OnStack
from policies import pack
from policies.configuration import Configuration
from policies.pack import build, described
from tests.policies.examples import CASES, FORBIDDEN, NOTHING, Case, Change, Example

POLICIES = {policy.name: policy for policy in build(Configuration())}


def options(example: Example) -> PolicyResourceOptions:
    return PolicyResourceOptions(example.protect, [], None, [], PolicyCustomTimeouts(0, 0, 0), [])


def provider(example: Example) -> PolicyProviderResource:
    props = unknown_checking_proxy(copy.deepcopy(dict(example.provider)))
    return PolicyProviderResource("pulumi:providers:aws", props, "urn:provider", "provider")


def violations(policy: str, examples: Sequence[Example]) -> list[str]:
    messages: list[str] = []
    rule = POLICIES[policy]
    if isinstance(rule, ResourceValidationPolicy):
        for example in examples:
            props = unknown_checking_proxy(copy.deepcopy(dict(example.props)))
            args = ResourceValidationArgs(
                example.type, props, example.urn, example.name, options(example), provider(example)
            )
            rule.validate(args, lambda message, _urn=None: messages.append(message))
    elif isinstance(rule, StackValidationPolicy):
        resources = {
            example.urn: PolicyResource(
                example.type,
                unknown_checking_proxy(copy.deepcopy(dict(example.props))),
                example.urn,
                example.name,
                options(example),
                provider(example),
                None,
                [],
                {},
            )
            for example in examples
        }
        by_name = {resource.name: resource for resource in resources.values()}
        for example in examples:
            refers = {example.by: example.of, **example.uses} if example.of else example.uses
            for name, owner in refers.items():
                resources[example.urn].property_dependencies[name] = [by_name[owner]]
        rule.validate(
            StackValidationArgs(list(resources.values())), lambda message, _urn=None: messages.append(message)
        )
    return messages


CHANGES = [
    pytest.param(case, change, id=f"{case.policy}-{index}-{number}")
    for index, case in enumerate(CASES)
    for number, change in enumerate(case.changes)
]


def test_every_policy_has_an_example() -> None:
    examples = {case.policy for case in CASES} | {entry.policy for entry in FORBIDDEN}
    assert described().keys() == examples


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.policy)
def test_compliant_example_passes(case: Case) -> None:
    assert violations(case.policy, case.compliant) == []


@pytest.mark.parametrize(("case", "change"), CHANGES)
def test_violating_change_is_reported(case: Case, change: Change) -> None:
    messages = violations(case.policy, change.apply(case.compliant))
    assert messages != []
    assert any(change.says in message for message in messages), messages


@pytest.mark.parametrize(("case", "change"), CHANGES)
def test_violation_has_the_remedy(case: Case, change: Change) -> None:
    _control, rule = described()[case.policy]
    assert all(f"Remedy: {rule.remedy}" in message for message in violations(case.policy, change.apply(case.compliant)))


@pytest.mark.parametrize("forbidden", FORBIDDEN, ids=lambda entry: entry.policy)
def test_forbidden_type_is_reported(forbidden: Any) -> None:
    assert violations(forbidden.policy, [forbidden.resource]) != []
    assert violations(forbidden.policy, [NOTHING]) == []


def test_unknown_value_counts_as_present() -> None:
    assert violations("log-group-key", [Example(type=NOTHING.type, props={"kmsKeyId": UNKNOWN_STRING_VALUE})]) == []


def test_unknown_value_is_undecided_for_value_checks() -> None:
    example = Example(type=NOTHING.type, props={"kmsKeyId": "key", "retentionInDays": UNKNOWN_STRING_VALUE})
    with pytest.raises(UnknownValueError):
        violations("log-group-retention", [example])


def test_decidable_problems_are_reported_before_unknown_values() -> None:
    messages: list[str] = []
    props = unknown_checking_proxy({"blockPublicAcls": UNKNOWN_STRING_VALUE, "blockPublicPolicy": False})
    args = ResourceValidationArgs(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", props, "urn", "block", options(NOTHING), None
    )
    policy = POLICIES["s3-public-access-block"]
    assert isinstance(policy, ResourceValidationPolicy)
    with pytest.raises(UnknownValueError):
        policy.validate(args, lambda message, _urn=None: messages.append(message))
    assert len(messages) == 3


def test_stack_with_unconfigured_provider_is_undecided() -> None:
    """In a preview before its account exists, the engine knows no output of the stack's resources."""
    bucket, *companions = next(case for case in CASES if case.policy == "s3-bucket-versioning").compliant
    empty = [replace(resource, props={}) for resource in (bucket, *companions)]
    for policy in ("s3-bucket-versioning", "s3-bucket-encryption", "s3-bucket-ownership"):
        with pytest.raises(UnknownValueError):
            violations(policy, empty)
    assert violations("s3-bucket-public-access-block", empty) == []


def raising(_resource: Any, _parameters: Any) -> Iterator[Problem]:
    raise ZeroDivisionError("a defect of the rule")


def raising_across(_stack: Any, _parameters: Any) -> Iterator[tuple[Any, Problem]]:
    raise ZeroDivisionError("a defect of the rule")


@pytest.mark.parametrize(
    ("policy", "check"),
    [
        ("log-group-key", OnResource(types=frozenset({NOTHING.type}), check=raising)),
        ("s3-bucket-versioning", OnStack(types=frozenset({NOTHING.type}), check=raising_across)),
    ],
)
def test_rule_that_raises_counts_as_a_violation(
    monkeypatch: pytest.MonkeyPatch, policy: str, check: OnResource | OnStack
) -> None:
    control, rule = described()[policy]
    broken = {control.id: replace(control, block=[replace(rule, check=check)])}
    monkeypatch.setattr(pack, "CONTROLS", broken)
    monkeypatch.setitem(POLICIES, policy, pack.build(Configuration())[0])
    [message] = violations(policy, [NOTHING])
    assert "ZeroDivisionError: a defect of the rule" in message
    assert "counts as violated" in message
