"""Requests and runs operations in tests."""

from collections.abc import Mapping
from typing import Any

from runbooks import operate
from runbooks.operate import OperationRequest
from runbooks.runner import StepProgress
from tests.runbooks.recovery_environment import RecoveryEnvironment


def operation_request(kind: str, **more: Any) -> OperationRequest:
    return OperationRequest(kind="failback" if kind == "failback" else "failover", poll_seconds=0.02, **more)


def run(
    environment: RecoveryEnvironment, kind: str, messages: list[str] | None = None, **more: Any
) -> Mapping[str, Any]:
    """Plans and carries out an operation, as the command line does after the confirmation."""
    situation = environment.read_situation()
    request = operation_request(kind, **more)
    plan = operate.plan_operation(situation, request)
    operate.refuse_unpermitted(situation, plan)
    operate.refuse_failing(situation, request, plan)
    output = messages if messages is not None else []
    return operate.carry_out(
        situation, request, plan, on_progress=lambda step: output.append(_progress_line(step)), on_message=output.append
    )


def _progress_line(progress: StepProgress) -> str:
    return f"{progress.phase} {progress.step.name}"


def step_entry(record: Mapping[str, Any], name: str) -> Any:
    return next(entry for entry in record["steps"] if entry["step"] == name)
