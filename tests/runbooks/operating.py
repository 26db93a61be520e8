"""Short words for what tests do with runbooks."""

from collections.abc import Mapping
from typing import Any

from runbooks import operate
from runbooks.operate import OperationRequest
from runbooks.runner import StepProgress
from tests.runbooks.recoverable import Recoverable


def wanted(kind: str, **more: Any) -> OperationRequest:
    return OperationRequest(kind="failback" if kind == "failback" else "failover", poll_seconds=0.02, **more)


def run(recoverable: Recoverable, kind: str, messages: list[str] | None = None, **more: Any) -> Mapping[str, Any]:
    """Plans and carries out, as the command line does after it was confirmed."""
    situation = recoverable.look()
    want = wanted(kind, **more)
    plan = operate.plan_operation(situation, want)
    operate.refuse_unpermitted(situation, plan)
    heard = messages if messages is not None else []
    return operate.carry_out(
        situation, want, plan, on_progress=lambda step: heard.append(_line(step)), on_message=heard.append
    )


def _line(progress: StepProgress) -> str:
    return f"{progress.phase} {progress.step.name}"


def step(record: Mapping[str, Any], name: str) -> Any:
    return next(one for one in record["steps"] if one["step"] == name)
