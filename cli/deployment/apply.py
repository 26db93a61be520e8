"""Applies a reviewed plan wave by wave, and stops at the first failure or at anything that was not reviewed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from cli.deployment.release_plan import MAXIMUM_AGE, PlannedStack, ReleasePlan, not_reviewed, significant, waves
from cli.report import ChangeDocument
from rehearsal.engine import StackResult

ORGANIZATION: Final = "organization"
"""The stack with the guardrails."""


class Deployer(Protocol):
    """What a deployment does with stacks; the Pulumi CLI on AWS, an imitation in tests."""

    def preview(self, stacks: Sequence[str], targets: Sequence[str]) -> Mapping[str, StackResult]:
        """Plans stacks; with targets only these resources. The plans are what `up` applies next."""
        ...

    def up(self, stacks: Sequence[str], targets: Sequence[str]) -> Mapping[str, StackResult]:
        """Applies the plans of the last preview; a stack that was not started has no result."""
        ...

    def drift(self, stacks: Sequence[str]) -> Mapping[str, StackResult]:
        """Compares AWS with the state of stacks; changes nothing."""
        ...

    def state(self, stack: str) -> str:
        """SHA-256 of the resources in a stack's state."""
        ...

    def changes(self, result: StackResult) -> Sequence[ChangeDocument]:
        """The changes of a result as they stand in documents."""
        ...

    def canary_problems(self) -> Sequence[str]:
        """What is wrong with the guardrails of the canary OU after they were changed."""
        ...


@dataclass(kw_only=True, slots=True)
class Applied:
    """What was done of a plan."""

    done: list[str] = field(default_factory=list[str])
    failed: dict[str, str] = field(default_factory=dict[str, str])
    """Stack -> why it failed or was refused."""
    not_started: list[str] = field(default_factory=list[str])
    canary: str = ""
    """What happened in the canary OU; empty when no guardrail of it changes."""

    @property
    def ok(self) -> bool:
        """Whether everything was done."""
        return not self.failed and not self.not_started


def refusal(plan: ReleasePlan, commit: str, now: datetime, digest: str | None) -> str | None:
    """Why a plan is not applied at all; None if it can be.

    Args:
        plan: the reviewed plan.
        commit: commit that is checked out.
        now: the present time.
        digest: SHA-256 of the reviewed file, as its review names it; None if it is not checked.
    """
    if digest is not None and digest != plan.digest:
        return f"The plan's SHA-256 is {plan.digest}, and {digest} was reviewed: the file was changed."
    if plan.commit != commit:
        return f"The plan was made for commit {plan.commit}, and {commit} is checked out."
    if now - plan.created > MAXIMUM_AGE:
        hours = MAXIMUM_AGE.total_seconds() / 3600
        return f"The plan is of {plan.created:%Y-%m-%d %H:%M} UTC; a plan is applied within {hours:.0f} hours."
    return None


def apply(
    plan: ReleasePlan,
    graph: Mapping[str, Sequence[str]],
    deployer: Deployer,
    canary: Callable[[ChangeDocument], bool],
    tell: Callable[[str], None],
) -> Applied:
    """Applies a plan.

    Before a stack is changed: its state is that of the plan, AWS differs from the state as it did when the plan was
    made, and a new plan does nothing that was not reviewed. Guardrails change in the canary OU first.

    Args:
        plan: the reviewed plan.
        graph: stack -> the stacks that it needs, in dependency order.
        deployer: what deploys.
        canary: whether a change concerns the canary OU alone.
        tell: receives lines about the progress.

    Returns:
        The stacks that were deployed, those that were not, and why.
    """
    applied = Applied()
    groups = waves(list(plan.stacks), graph)
    for number, wave in enumerate(groups, start=1):
        tell(f"Wave {number} of {len(groups)}: {', '.join(wave)}")
        applied.failed |= _differences(plan, wave, deployer)
        if not applied.failed and ORGANIZATION in wave:
            _apply_canary(plan.stacks[ORGANIZATION], deployer, canary, applied)
        if not applied.failed:
            applied.failed |= _unreviewed(plan, wave, deployer)
        if not applied.failed:
            _deploy(wave, deployer, applied)
        if applied.failed:
            break
    started = {*applied.done, *applied.failed}
    applied.not_started = [stack for stack in plan.stacks if stack not in started]
    return applied


def _differences(plan: ReleasePlan, wave: Sequence[str], deployer: Deployer) -> dict[str, str]:
    """Stacks whose state or whose resources in AWS changed since the plan was made."""
    problems = {
        stack: "Another run changed the stack after the plan was made."
        for stack in wave
        if deployer.state(stack) != plan.stacks[stack].state
    }
    if problems:
        return problems
    for stack, result in deployer.drift(wave).items():
        if not result.ok:
            problems[stack] = f"Drift could not be read: {result.error}"
            continue
        drift = not_reviewed(plan.stacks[stack].drift, deployer.changes(result))
        if drift:
            problems[stack] = f"AWS changed after the plan was made: {'; '.join(drift)}"
    return problems


def _unreviewed(plan: ReleasePlan, wave: Sequence[str], deployer: Deployer) -> dict[str, str]:
    """Plans the stacks again, and compares the new plans with the reviewed ones."""
    problems: dict[str, str] = {}
    results = deployer.preview(wave, ())
    for stack in wave:
        result = results.get(stack)
        if result is None or not result.ok:
            problems[stack] = f"It cannot be planned: {_why(result)}"
            continue
        differences = not_reviewed(plan.stacks[stack].changes, deployer.changes(result))
        if differences:
            problems[stack] = f"It would do what was not reviewed: {'; '.join(differences)}"
    return problems


def _deploy(wave: Sequence[str], deployer: Deployer, applied: Applied) -> None:
    results = deployer.up(wave, ())
    for stack in wave:
        result = results.get(stack)
        if result is None:
            continue
        if result.ok:
            applied.done.append(stack)
        else:
            applied.failed[stack] = _why(result)


def _apply_canary(
    stack: PlannedStack, deployer: Deployer, canary: Callable[[ChangeDocument], bool], applied: Applied
) -> None:
    """Changes the guardrails of the canary OU, and reads back what is in force there."""
    targets = [change["urn"] for change in significant(stack.changes) if canary(change)]
    if not targets:
        return
    planned = deployer.preview([stack.name], targets).get(stack.name)
    if planned is None or not planned.ok:
        applied.failed[stack.name] = f"The canary OU cannot be planned: {_why(planned)}"
        return
    differences = not_reviewed(stack.changes, deployer.changes(planned))
    if differences:
        applied.failed[stack.name] = f"It would do what was not reviewed: {'; '.join(differences)}"
        return
    result = deployer.up([stack.name], targets).get(stack.name)
    if result is None or not result.ok:
        applied.failed[stack.name] = f"The canary OU: {_why(result)}"
        return
    problems = deployer.canary_problems()
    if problems:
        applied.failed[stack.name] = f"The canary OU has other guardrails than planned: {'; '.join(problems)}"
        return
    applied.canary = f"{len(targets)} guardrail changes are in force in the canary OU"


def _why(result: StackResult | None) -> str:
    if result is None:
        return "it was not started"
    return result.error or f"{len(result.violations)} policy violations"
