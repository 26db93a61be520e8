"""The compiler: what fits, where it goes, what is refused before anything is deployed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controls.citations import cite
from controls.compiler import CompiledPolicies, CompileError, compile_policies
from controls.compiler.order import ORDER
from controls.compiler.statements import exempting, rendered
from controls.limits import DEFAULT_LIMITS, Limit, Limits
from controls.model import Conditions, Control, Declaration, Guardrail, PolicyType, Severity, Statement
from controls.registry import CONTROLS, sids
from controls.targets import CANARY
from controls.zone import Zone

ZONE = Zone()
UNITS = ["A", "A/B", "C", "Suspended"]
ZONE_UNITS = [
    "Security",
    "Infrastructure",
    "Workloads",
    "Workloads/ML-Dev",
    "Workloads/ML-Staging",
    "Workloads/ML-Prod",
    "Sandbox",
    "Policy-Staging",
    "Suspended",
]


def control(
    identifier: str,
    statements: Sequence[Statement],
    targets: Sequence[str] = ("*",),
    kind: PolicyType = PolicyType.SCP,
) -> Control:
    return Control(
        id=identifier,
        title="t",
        reason="r",
        citations=cite("164.312(b)"),
        severity=Severity.HIGH,
        prevent=Guardrail(statements=statements, targets=targets, policy_type=kind),
    )


def statement(sid: str, size: int = 1) -> Statement:
    return Statement(sid=sid, actions=("s3:" + "x" * size,), exempt=False)


def limits(policies: int = 10, characters: int = 10_240, description: int = 512) -> Limits:
    scp = Limit(policies=policies, characters=characters, reserved=1)
    return Limits(by_type={**DEFAULT_LIMITS, PolicyType.SCP: scp}, description=description)


def compiled(*controls: Control, by: Limits | None = None, order: Sequence[str] = ()) -> CompiledPolicies:
    return compile_policies(controls, UNITS, ZONE, by, order)


def places(result: CompiledPolicies) -> Mapping[str, str]:
    return {sid: policy.name for policy in result.policies for sid in policy.sids}


def refused(*controls: Control, by: Limits | None = None) -> str:
    with pytest.raises(CompileError) as raised:
        compiled(*controls, by=by)
    return str(raised.value)


def test_statements_with_same_targets_share_a_minified_policy() -> None:
    result = compiled(control("X1", [statement("One")]), control("X2", [statement("Two")]))
    [policy] = result.policies
    assert policy.name == "hipaa-ml-foundation-1"
    assert list(policy.controls) == ["X1", "X2"]
    assert json.dumps(json.loads(policy.content), separators=(",", ":")) == policy.content


def test_star_means_top_level_ous_except_suspended() -> None:
    [policy] = compiled(control("X1", [statement("One")])).policies
    assert list(policy.targets) == ["A", "C"]


def test_targets_and_types_have_separate_policies() -> None:
    result = compiled(
        control("X1", [statement("One")]),
        control("X2", [statement("Two")], ["A/B"]),
        control("X3", [statement("Three")], kind=PolicyType.RCP),
    )
    assert list(result.by_name) == ["hipaa-ml-foundation-1", "hipaa-ml-a-b-1", "hipaa-ml-rcp-foundation-1"]


def test_full_policy_is_followed_by_a_second() -> None:
    result = compiled(control("X1", [statement("One", 600), statement("Two", 600)]), by=limits(characters=1000))
    assert places(result) == {"One": "hipaa-ml-foundation-1", "Two": "hipaa-ml-foundation-2"}


def test_oversized_statement_is_refused_with_size_and_limit() -> None:
    message = refused(control("X1", [statement("One", 2000)]), by=limits(characters=1000))
    assert "control X1 on *" in message
    assert "One" in message
    assert "1000" in message


def test_too_many_policies_per_target_are_refused() -> None:
    many = control("X1", [statement(f"S{number}", 900) for number in range(3)], ["C"])
    assert len(compiled(many, by=limits(policies=4, characters=1024)).policies) == 3
    message = refused(many, by=limits(policies=3, characters=1024))
    assert "the guardrails on C: 4 policies" in message
    assert "AWS allows 3" in message


def test_long_description_is_refused() -> None:
    message = refused(control("X1", [statement("One")]), by=limits(description=10))
    assert "policy hipaa-ml-foundation-1" in message
    assert "description" in message


def test_missing_ou_is_refused_with_all_other_problems() -> None:
    message = refused(
        control("X1", [statement("One")], ["Nowhere"]),
        control("X2", [statement("Two", 20_000)]),
    )
    assert "control X1 on Nowhere: the zone has no such OU; it has A, A/B, C, Suspended" in message
    assert "control X2" in message


def test_rcp_without_service_is_refused() -> None:
    everything = Statement(sid="All", actions=("*",))
    assert "name its actions" in refused(control("X1", [everything], kind=PolicyType.RCP))


def test_oversized_declaration_is_refused() -> None:
    declaration = Declaration(name="big", policy_type=PolicyType.AI_OPT_OUT, content={"a": "x" * 3000}, targets=("/",))
    declaring = replace(control("X1", []), prevent=None, declare=(declaration,))
    assert "2500" in refused(declaring)


def test_room_reports_free_space_per_target() -> None:
    result = compiled(control("X1", [statement("One")], ["C"]), by=limits(policies=3, characters=1000))
    [room] = result.room()
    assert (room.target, room.policies, room.policies_limit) == ("C", 2, 3)
    assert room.characters == 2000 - len(result.policies[0].content)


SIZES = st.lists(st.integers(1, 900), min_size=1, max_size=25)


@given(sizes=SIZES, place=st.integers(0, 25), size=st.integers(1, 900))
def test_adding_a_statement_moves_no_other(sizes: list[int], place: int, size: int) -> None:
    before = [statement(f"S{number}", characters) for number, characters in enumerate(sizes)]
    order = [added.sid for added in before]
    after = [*before[:place], statement("New", size), *before[place:]]
    by = limits(policies=100, characters=1024)
    first = places(compiled(control("X1", before), by=by, order=order))
    second = places(compiled(control("X1", after), by=by, order=order))
    assert {sid: name for sid, name in second.items() if sid != "New"} == first


@given(sizes=SIZES)
def test_compilation_is_deterministic_and_within_limits(sizes: list[int]) -> None:
    given_controls = control("X1", [statement(f"S{number}", characters) for number, characters in enumerate(sizes)])
    by = limits(policies=100, characters=1024)
    first, second = compiled(given_controls, by=by), compiled(given_controls, by=by)
    assert first == second
    assert all(len(policy.content) <= 1024 for policy in first.policies)
    assert sorted(places(first)) == sorted(packed.sid for packed in given_controls.prevent.statements)  # type: ignore[union-attr]


EXEMPT = list(ZONE.exempt_arns)
OWN = "arn:aws:iam::*:role/own"


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, {"ArnNotLike": {"aws:PrincipalArn": EXEMPT}}),
        (
            {"Bool": {"k": "true"}},
            {"Bool": {"k": "true"}, "ArnNotLike": {"aws:PrincipalArn": EXEMPT}},
        ),
        (
            {"ArnNotLike": {"aws:SourceArn": "a"}},
            {"ArnNotLike": {"aws:SourceArn": "a", "aws:PrincipalArn": EXEMPT}},
        ),
        ({"ArnNotLike": {"aws:principalarn": OWN}}, {"ArnNotLike": {"aws:principalarn": [OWN, *EXEMPT]}}),
        (
            {"ArnLike": {"aws:PrincipalArn": OWN}},
            {"ArnLike": {"aws:PrincipalArn": OWN}, "ArnNotLike": {"aws:PrincipalArn": EXEMPT}},
        ),
    ],
)
def test_exempt_roles_are_added_to_conditions(conditions: Conditions, expected: Conditions) -> None:
    assert exempting(conditions, EXEMPT) == expected


def test_exempt_roles_match_every_account() -> None:
    assert all(arn.startswith("arn:aws:iam::*:role/") for arn in EXEMPT)
    assert "Condition" not in rendered(statement("One"), PolicyType.SCP, EXEMPT)
    assert "Condition" in rendered(replace(statement("One"), exempt=True), PolicyType.SCP, EXEMPT)


def test_every_statement_is_in_one_policy() -> None:
    result = compile_policies(CONTROLS.values(), ZONE_UNITS, ZONE)
    packed = [sid for policy in result.policies if policy.targets != [CANARY] for sid in policy.sids]
    assert sorted(packed) == sorted(sid for definition in CONTROLS.values() for sid in sids(definition))
    assert all(policy.targets for policy in result.policies)


def test_every_statement_is_in_the_packing_order() -> None:
    registered = {sid for definition in CONTROLS.values() for sid in sids(definition)}
    assert registered - set(ORDER) == set(), "append these at the end of controls/compiler/order.py"
    assert len(set(ORDER)) == len(ORDER)
