"""The checks that precede the first change of an operation; they change nothing."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from runbooks.aws import FAILURES
from runbooks.context import Context
from runbooks.error_codes import error_code
from runbooks.errors import RefusedError, StepError
from runbooks.model import Plan, Step
from runbooks.quotas import compare_quotas
from runbooks.steps import definition, start_endpoint

_THREADS: Final = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class _Failure:
    step: Step
    cause: str


def refuse_failing(context: Context, plan: Plan) -> None:
    """Runs the check of every step that is not done.

    Args:
        context: the operation; one that was not begun yet for a new operation.
        plan: its plan.

    Raises:
        RefusedError: steps would fail. The message names each, how a person performs it, and the command that moves
            the endpoints without a failing step.
    """
    steps = [step for step in plan.steps if definition(step.kind).preflight is not None]
    with ThreadPoolExecutor(_THREADS) as pool:
        failures = [failure for failure in pool.map(lambda step: _failure(context, step), steps) if failure is not None]
    failures += _quota_failures(context, plan)
    if failures:
        raise RefusedError(_message(context, plan, failures))


def _failure(context: Context, step: Step) -> _Failure | None:
    preflight = definition(step.kind).preflight
    assert preflight is not None
    try:
        entry = context.journal.step(context.operation, step.name)
        if entry is None or entry.status != "done":
            preflight(context, step.endpoint or "")
    except StepError as error:
        return _Failure(step=step, cause=str(error))
    except FAILURES as error:
        return _Failure(step=step, cause=f"{error_code(error)}: {error}")
    return None


def _quota_failures(context: Context, plan: Plan) -> Sequence[_Failure]:
    """The endpoints of a plan that do not fit in the instance quotas of the target region together."""
    starts = {name: step for name, steps in plan.by_endpoint.items() for step in steps if _starts(step)}
    try:
        comparison = compare_quotas(context, starts)
    except FAILURES:
        return []  # SageMaker does not answer: the check of each endpoint reports it
    return [_Failure(step=starts[name], cause=cause) for name, cause in comparison.insufficient.items()]


def _starts(step: Step) -> bool:
    return step.kind == start_endpoint.STEP.kind


def _message(context: Context, plan: Plan, failures: Sequence[_Failure]) -> str:
    lines = [
        f"The {plan.kind} would fail. {_unchanged(context)}",
        *(f"{failure.step.title}: {failure.cause}\n  by hand: {failure.step.by_hand}" for failure in failures),
    ]
    failing = {failure.step.endpoint for failure in failures}
    remaining = [name for name in plan.by_endpoint if name not in failing]
    if None not in failing and remaining:
        options = " ".join(f"--endpoint {name}" for name in remaining)
        lines.append(f"The other endpoints can be moved now: `{plan.kind} {options} --execute`.")
    return "\n".join(lines)


def _unchanged(context: Context) -> str:
    operation = context.journal.open()
    if operation is None:
        return "No changes were made."
    return (
        f"This run made no changes; the {operation.kind} begun {operation.started:%Y-%m-%d %H:%M} UTC is open. "
        "`status` shows its state, `abort --execute` takes back what it did not complete."
    )
