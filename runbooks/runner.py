"""Carries a plan out: every step journalled before and after, endpoints side by side, whatever was done skipped."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from botocore.exceptions import BotoCoreError, ClientError

from runbooks import closing, data, endpoints
from runbooks.aws import Unreachable, code, denied, expired
from runbooks.context import Context, StepError
from runbooks.errors import StepFailedError
from runbooks.plan import Plan, Step, StepKind

Action = Callable[[Context, str, datetime], dict[str, Any]]
SIDE_BY_SIDE: Final = 16
ACTIONS: Final[Mapping[StepKind, Action]] = {
    "freeze-writers": data.freeze_writers,
    "measure-replication": data.measure_replication,
    "wait-for-replication": data.wait_for_replication,
    "list-conflicts": data.list_conflicts,
    "promote-keys": data.promote_keys,
    "verify-artifact": endpoints.verify_artifact,
    "start-endpoint": endpoints.start,
    "smoke-test": endpoints.smoke_test,
    "move-traffic": endpoints.move_traffic,
    "verify-traffic": endpoints.verify_traffic,
    "stand-down": endpoints.stand_down,
    "thaw-writers": data.thaw_writers,
    "notify": closing.notify,
}
Phase = Literal["skipped", "started", "done", "failed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """What a person watching is told of a step."""

    step: Step
    phase: Phase
    seconds: float = 0.0
    details: Mapping[str, Any] | None = None
    error: str = ""


class Runner:
    """Runs the steps of one plan."""

    def __init__(
        self, context: Context, plan: Plan, tell: Callable[[Progress], None], parallel: int = SIDE_BY_SIDE
    ) -> None:
        self._context = context
        self._plan = plan
        self._tell = tell
        self._parallel = parallel

    def run(self) -> Mapping[str, Any]:
        """Carries out what is left of the plan, and ends the operation.

        Raises:
            StepFailedError: naming each step that failed and how it is done by hand; what is done stays done.
        """
        for step in self._plan.before:
            self._step(step)
        with ThreadPoolExecutor(self._parallel) as pool:
            failures = [failure for failure in pool.map(self._chain, self._plan.each.values()) if failure is not None]
        if failures:
            raise StepFailedError("\n".join(str(failure) for failure in failures))
        for step in self._plan.after:
            self._step(step)
        summary = closing.record(self._context, self._plan)
        self._context.journal.end(self._context.operation, "done", _figures(summary))
        self._context.journal.release()
        return summary

    def _chain(self, steps: Sequence[Step]) -> StepFailedError | None:
        """One endpoint's steps; what is wrong with it does not keep the others down."""
        try:
            for step in steps:
                self._step(step)
        except StepFailedError as error:
            return error
        return None

    def _step(self, step: Step) -> None:
        context = self._context
        earlier_entry = context.journal.step(context.operation, step.name)
        if earlier_entry is not None and earlier_entry.status == "done":
            self._tell(Progress(step=step, phase="skipped", details=earlier_entry.details))
            return
        context.journal.acquire(context.now())
        context.journal.note(context.operation, step.name, "started", {"begun": context.now().isoformat()})
        self._tell(Progress(step=step, phase="started"))
        begun = time.monotonic()
        try:
            details = self._act(step)
        except (ClientError, BotoCoreError, StepError) as error:
            why = _why(error)
            self._tell(Progress(step=step, phase="failed", seconds=time.monotonic() - begun, error=why))
            self._note_failure(step, why)
            raise StepFailedError(f"{step.title}: {why}\n  by hand: {step.by_hand}") from error
        seconds = round(time.monotonic() - begun, 3)
        ended = context.now().isoformat()
        context.journal.note(context.operation, step.name, "done", {**details, "ended": ended, "seconds": seconds})
        self._tell(Progress(step=step, phase="done", seconds=seconds, details=details))

    def _act(self, step: Step) -> dict[str, Any]:
        context = self._context
        if step.kind == "write-record":
            return closing.write_record(context, self._plan)
        deadline = context.now() + timedelta(minutes=step.minutes)
        return ACTIONS[step.kind](context, step.endpoint or "", deadline)

    def _note_failure(self, step: Step, why: str) -> None:
        try:
            self._context.journal.note(self._context.operation, step.name, "failed", {"error": why})
        except (ClientError, BotoCoreError):
            return  # the credentials are gone or the region is: what was noted before the step is what counts


def _why(error: Exception) -> str:
    if expired(error):
        return "the credentials have expired: log in again and run the same command, it goes on here"
    if denied(error):
        return f"not permitted: {error}"
    if isinstance(error, Unreachable):
        return f"no answer from AWS ({type(error).__name__}): {error}"
    return str(error) if isinstance(error, StepError) else f"{code(error)}: {error}"


def _figures(summary: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the history keeps: seconds a step, RPO, and from when to when."""
    return {
        "lost_at": summary["lost_at"],
        "begun": summary["begun"],
        "written": summary["written"],
        "seconds": {step["step"]: step.get("seconds") for step in summary["steps"]},
        "rpo_seconds": next((step["rpo_seconds"] for step in summary["steps"] if "rpo_seconds" in step), None),
        "conflicts": sum(step.get("conflict_count", 0) for step in summary["steps"]),
    }
