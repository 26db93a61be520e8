"""A reviewed plan is applied as it was reviewed, or not at all: planted drift, other changes and failures stop it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.deployment.apply import Applied, apply, refusal
from cli.deployment.canary import at_once_everywhere, concerns_canary
from cli.deployment.release_plan import (
    FILE,
    PlannedStack,
    ReleasePlan,
    not_reviewed,
    read_plan,
    to_json,
    waves,
)
from cli.errors import UsageError
from cli.release import applied_document, applied_text, sha256
from cli.run_output import change_documents
from controls.compiler import CompiledPolicies, CompiledPolicy
from controls.limits import Limits
from controls.model import PolicyType
from controls.targets import CANARY
from rehearsal.engine import PropertyDiff, StackResult, Step

GRAPH = {"organization": (), "audit": ("organization",), "data": ("audit",), "ml": ("data",), "security": ("audit",)}
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
BUCKET, POLICY = "aws:s3/bucket:Bucket", "aws:organizations/policy:Policy"


def urn(name: str, kind: str = BUCKET) -> str:
    return f"urn:pulumi:s::hipaa-ml::{kind}::{name}"


def step(name: str, value: Any = "b", op: Any = "update", kind: str = BUCKET, path: str = "tags") -> Step:
    return Step(
        urn=urn(name, kind), type=kind, op=op, diff=(PropertyDiff(path=path, kind="update", old="a", new=value),)
    )


def result(stack: str, *steps: Step, error: str = "", operation: Any = "preview") -> StackResult:
    return StackResult(name=stack, operation=operation, ok=not error, operations={}, steps=steps, error=error)


@dataclass
class Imitation:
    """A deployer that plans and deploys what the test says, and notes what it was asked for."""

    steps: dict[str, tuple[Step, ...]]
    drifts: dict[str, tuple[Step, ...]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    failing: dict[str, str] = field(default_factory=dict)
    canary: tuple[str, ...] = ()
    calls: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)

    def preview(self, stacks: Sequence[str], targets: Sequence[str]) -> Mapping[str, StackResult]:
        self.calls.append(("preview", tuple(stacks), tuple(targets)))
        return {stack: result(stack, *self._own(stack, targets)) for stack in stacks}

    def up(self, stacks: Sequence[str], targets: Sequence[str]) -> Mapping[str, StackResult]:
        self.calls.append(("up", tuple(stacks), tuple(targets)))
        return {stack: result(stack, error=self.failing.get(stack, ""), operation="up") for stack in stacks}

    def drift(self, stacks: Sequence[str]) -> Mapping[str, StackResult]:
        return {stack: result(stack, *self.drifts.get(stack, ())) for stack in stacks}

    def state(self, stack: str) -> str:
        return self.states.get(stack, "s0")

    def changes(self, result: StackResult) -> Any:
        return change_documents(result)

    def canary_problems(self) -> Sequence[str]:
        return self.canary

    def _own(self, stack: str, targets: Sequence[str]) -> tuple[Step, ...]:
        return tuple(step for step in self.steps[stack] if not targets or step.urn in targets)

    @property
    def deployed(self) -> list[str]:
        return [
            stack for operation, stacks, targets in self.calls if operation == "up" and not targets for stack in stacks
        ]


STEPS = {stack: (step(f"{stack}-bucket"),) for stack in GRAPH}


def planned(steps: Mapping[str, tuple[Step, ...]] = STEPS, **more: Any) -> ReleasePlan:
    stacks = {
        stack: PlannedStack(name=stack, changes=change_documents(result(stack, *own)), state="s0", drift=())
        for stack, own in steps.items()
    }
    return ReleasePlan(commit="c", created=NOW, stacks=stacks, later=(), **more)


def run(deployer: Imitation, plan: ReleasePlan | None = None) -> Applied:
    return apply(plan or planned(), GRAPH, deployer, concerns_canary(COMPILED), lambda _: None)


def policy(name: str, *targets: str, content: str = '{"Statement": []}') -> CompiledPolicy:
    return CompiledPolicy(
        name=name, policy_type=PolicyType.SCP, description="", content=content, targets=targets, controls=()
    )


COMPILED = CompiledPolicies(
    policies=[policy("p-canary", CANARY), policy("p-all", "Workloads", CANARY), policy("p-work", "Workloads")],
    limits=Limits(),
)


def test_plan_is_applied_in_waves() -> None:
    deployer = Imitation(STEPS)
    applied = run(deployer)
    assert applied.ok
    ups = [stacks for operation, stacks, _ in deployer.calls if operation == "up"]
    assert ups == [("organization",), ("audit",), ("data", "security"), ("ml",)]


@pytest.mark.parametrize(
    ("fault", "stack", "message"),
    [
        ({"drifts": {"data": (step("x", op="refresh"),)}}, "data", "AWS changed after the plan was made"),
        ({"states": {"data": "s1"}}, "data", "Another run changed the stack"),
        ({"steps": {**STEPS, "data": (*STEPS["data"], step("more", op="delete"))}}, "data", "delete"),
        ({"steps": {**STEPS, "data": (step("data-bucket", "other"),)}}, "data", "another value than in the review"),
        ({"steps": {**STEPS, "data": (step("data-bucket", op="replace"),)}}, "data", "(reviewed: update)"),
        ({"steps": {**STEPS, "data": (step("data-bucket", path="acl"),)}}, "data", "acl was not in the review"),
        ({"failing": {"audit": "no rights"}}, "audit", "no rights"),
    ],
)
def test_anything_that_was_not_reviewed_stops_before_the_stack(fault: dict[str, Any], stack: str, message: str) -> None:
    values: dict[str, Any] = {"steps": STEPS, **fault}
    deployer = Imitation(**values)
    applied = run(deployer)
    assert not applied.ok
    assert message in applied.failed[stack]
    assert stack not in applied.done
    assert "ml" not in deployer.deployed
    assert "ml" in applied.not_started
    if not deployer.failing:
        assert stack not in deployer.deployed
    text = applied_text(applied, planned())
    assert f"Failed: {stack}: " in text
    assert "go on with a new plan: zone release plan " in text
    assert "organization" not in text.rpartition("zone release plan")[2]
    assert applied_document(applied, planned())["ok"] is False


def test_fewer_changes_than_reviewed_and_known_unknowns_are_applied() -> None:
    reviewed = {**STEPS, "data": (step("data-bucket", "[unknown]"), step("gone"))}
    now = {**STEPS, "data": (step("data-bucket", "arn:aws:s3:::b"),)}
    assert run(Imitation(now), planned(reviewed)).ok


def test_drift_that_was_reviewed_is_no_refusal() -> None:
    drift = (step("x", op="refresh"),)
    plan = planned()
    stacks = {**plan.stacks, "data": replace(plan.stacks["data"], drift=change_documents(result("data", *drift)))}
    assert run(Imitation(STEPS, drifts={"data": drift}), replace(plan, stacks=stacks)).ok


GUARDRAILS = {
    "organization": (
        step("guardrails-p-canary", kind=POLICY),
        step("guardrails-p-all", kind=POLICY),
        step("guardrails-p-work", kind=POLICY),
    )
}


def test_guardrails_reach_the_canary_ou_first() -> None:
    deployer = Imitation(GUARDRAILS)
    applied = run(deployer, planned(GUARDRAILS))
    assert applied.ok
    canary = (urn("guardrails-p-canary", POLICY),)
    assert [call for call in deployer.calls if call[0] == "up"] == [
        ("up", ("organization",), canary),
        ("up", ("organization",), ()),
    ]
    assert applied.canary == "1 guardrail changes are in force in the canary OU"
    assert at_once_everywhere(COMPILED, planned(GUARDRAILS).stacks["organization"].changes) == ["p-all"]


@pytest.mark.parametrize(
    ("fault", "message"),
    [({"canary": ("p-canary is not attached",)}, "is not attached"), ({"failing": {"organization": "x"}}, "x")],
)
def test_failure_in_the_canary_ou_keeps_the_other_ous_as_they_are(fault: dict[str, Any], message: str) -> None:
    deployer = Imitation(GUARDRAILS, **fault)
    applied = run(deployer, planned(GUARDRAILS))
    assert message in applied.failed["organization"]
    assert not deployer.deployed


@pytest.mark.parametrize(
    ("commit", "later", "digest", "message"),
    [
        ("d", timedelta(), None, "made for commit c, and d is checked out"),
        ("c", timedelta(hours=25), None, "applied within 24 hours"),
        ("c", timedelta(), "0" * 64, "the file was changed"),
        ("c", timedelta(hours=1), None, None),
    ],
)
def test_plan_of_another_commit_or_time_or_file_is_refused(
    commit: str, later: timedelta, digest: str | None, message: str | None
) -> None:
    refused = refusal(planned(digest="1" * 64), commit, NOW + later, digest)
    assert (message is None and refused is None) or (message is not None and message in str(refused))


def test_plan_is_read_as_it_was_written_and_mistakes_are_named(tmp_path: Path) -> None:
    file = tmp_path / FILE
    with pytest.raises(UsageError, match="Make a plan with"):
        read_plan(tmp_path, "")
    file.write_text(to_json(planned()), encoding="utf-8")
    digest = sha256(file)
    assert to_json(read_plan(tmp_path, digest)) == to_json(planned())
    file.write_text(file.read_text(encoding="utf-8").replace("update", "delete"), encoding="utf-8")
    assert sha256(file) != digest
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match="is no plan of"):
        read_plan(tmp_path, "")


@given(chosen=st.sets(st.sampled_from(sorted(GRAPH))))
def test_wave_never_holds_a_stack_before_one_that_it_needs(chosen: set[str]) -> None:
    groups = waves(sorted(chosen), GRAPH)
    assert sorted(stack for group in groups for stack in group) == sorted(chosen)
    position = {stack: number for number, group in enumerate(groups) for stack in group}
    below: dict[str, set[str]] = {}
    for stack, needed in GRAPH.items():
        below[stack] = set(needed).union(*(below[name] for name in needed))
    assert all(position[name] < position[stack] for stack in chosen for name in below[stack] & chosen)


def test_provider_changes_need_no_review() -> None:
    provider = step("ml-prod-us-east-1", kind="pulumi:providers:aws", path="assumeRoles")
    assert not not_reviewed((), change_documents(result("data", provider)))
