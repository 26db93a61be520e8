"""Carries out a plan: records every step before and after it, and runs the steps of different endpoints in parallel."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

from runbooks import compensate
from runbooks.aws import FAILURES
from runbooks.context import Context
from runbooks.error_codes import error_code, is_denied, is_expired
from runbooks.errors import LeaseLostError, StepError, StepFailedError
from runbooks.model import Plan, Step
from runbooks.record import incident_record
from runbooks.steps import definition

PARALLEL_ENDPOINTS: Final = 16
"""Endpoints whose steps run at the same time."""


_ABORT: Final = "writers may be suspended. Run the same command to continue, or `abort --execute` to end the operation."


@dataclass(frozen=True, kw_only=True, slots=True)
class StepProgress:
    """The progress of one step."""

    step: Step
    phase: Literal["skipped", "started", "done", "failed"]
    seconds: float = 0.0
    details: Mapping[str, Any] | None = None
    """Details that the step added to its journal entry."""
    error: str = ""


class Runner:
    """Carries out one plan."""

    def __init__(
        self,
        context: Context,
        plan: Plan,
        on_progress: Callable[[StepProgress], None],
        parallel: int = PARALLEL_ENDPOINTS,
    ) -> None:
        self._context = context
        self._plan = plan
        self._on_progress = on_progress
        self._parallel = parallel

    def run(self) -> Mapping[str, Any]:
        """Carries out the steps that are not done yet, and ends the operation.

        Returns:
            The incident record.

        Raises:
            StepFailedError: steps failed; the message names each, how a person performs it, and what was taken back.
                Other completed steps are kept.
            LeaseLostError: this process lost the lease; it changed nothing after that.
        """
        try:
            return self._run_all()
        except StepFailedError as error:
            raise StepFailedError("\n".join([str(error), *self._compensate()])) from error

    def _run_all(self) -> Mapping[str, Any]:
        for step in self._plan.before:
            self._run_step(step)
        with ThreadPoolExecutor(self._parallel) as pool:
            results = pool.map(self._run_steps_of_endpoint, self._plan.by_endpoint.values())
            failures = [failure for failure in results if failure is not None]
        if failures:
            raise StepFailedError("\n".join(str(failure) for failure in failures))
        for step in self._plan.after:
            self._run_step(step)
        record = incident_record(self._context)
        self._context.journal.end(self._context.operation, "done", _summary(record))
        return record

    def _compensate(self) -> list[str]:
        """Takes back what must not outlast a failed run, and returns the texts about it."""
        texts: list[str] = []
        try:
            for planned in compensate.planned(self._context, automatic=True):
                undone = compensate.carry_out(self._context, planned)
                texts += [undone.restored, *undone.left]
        except (*FAILURES, StepError, LeaseLostError) as error:
            texts.append(f"Could not be taken back ({self._cause(error)}): {_ABORT}")
        return [text for text in texts if text]

    def _run_steps_of_endpoint(self, steps: Sequence[Step]) -> StepFailedError | None:
        """Runs the steps of one endpoint; a failure does not stop the steps of the other endpoints."""
        try:
            for step in steps:
                self._run_step(step)
        except StepFailedError as error:
            return error
        return None

    def _run_step(self, step: Step) -> None:
        context = self._context
        entry = context.journal.step(context.operation, step.name)
        if entry is not None and entry.status == "done":
            self._on_progress(StepProgress(step=step, phase="skipped", details=entry.details))
            return
        context.journal.lease.ensure_held()
        context.journal.note(context.operation, step.name, "started", {"begun": context.now().isoformat()})
        self._on_progress(StepProgress(step=step, phase="started"))
        start = time.monotonic()
        try:
            deadline = context.now() + timedelta(minutes=step.minutes)
            details = definition(step.kind).change(context, step.endpoint or "", deadline)
        except (*FAILURES, StepError) as error:
            cause = self._cause(error)
            self._on_progress(StepProgress(step=step, phase="failed", seconds=time.monotonic() - start, error=cause))
            self._record_failure(step, cause)
            raise StepFailedError(f"{step.title}: {cause}\n  by hand: {step.by_hand}") from error
        seconds = round(time.monotonic() - start, 3)
        ended = context.now().isoformat()
        context.journal.note(context.operation, step.name, "done", {**details, "ended": ended, "seconds": seconds})
        self._on_progress(StepProgress(step=step, phase="done", seconds=seconds, details=details))

    def _record_failure(self, step: Step, cause: str) -> None:
        try:
            self._context.journal.note(self._context.operation, step.name, "failed", {"error": cause})
        except FAILURES:
            return  # without credentials or the region, the entry that the step was started is what remains

    def _cause(self, error: Exception) -> str:
        if is_expired(error):
            return "the credentials have expired: log in again and run the same command, it goes on here"
        if is_denied(error):
            return f"not permitted: {error}"
        if isinstance(error, self._context.aws.no_response):
            return f"no answer from AWS ({type(error).__name__}): {error}"
        return str(error) if isinstance(error, StepError) else f"{error_code(error)}: {error}"


def _summary(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the part of an incident record that the history of operations keeps."""
    return {
        "lost_at": record["lost_at"],
        "begun": record["begun"],
        "written": record["written"],
        "seconds": {step["step"]: step.get("seconds") for step in record["steps"]},
        "rpo_seconds": next((step["rpo_seconds"] for step in record["steps"] if "rpo_seconds" in step), None),
        "conflicts": sum(step.get("conflict_count", 0) for step in record["steps"]),
    }
