"""Runs stacks with the Pulumi CLI, through Pulumi's Automation API: the way to AWS."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pulumi.automation import CommandError, LocalWorkspace, Stack
from pulumi.automation import RuntimeError as ProgramError

from cli.pulumi_events import RunRecord
from operations.failures import explained
from operations.pulumi_cli import error_lines
from rehearsal.engine import Event, StackFinished, StackResult, StackStarted
from rehearsal.engine.events import Operation

MESSAGE: Final = "zone"
"""Text of an update in the stack's history."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunOptions:
    """How the CLI runs a stack."""

    packs: Sequence[Path]
    """Folders of policy packs."""
    pack_configs: Mapping[Path, Path]
    """Folder of a pack -> JSON file with its configuration."""
    parallel: int
    """Resources that are processed at the same time."""
    plans: Path | None = None
    """Folder of the update plans: written by a preview, applied by an update. None: no plans."""
    targets: Sequence[str] = ()
    """URNs of the resources that a preview plans and an update changes; all of them if empty."""
    preview_only: bool = False
    """`refresh` shows the drift and leaves the state as it is."""
    config_files: Mapping[str, Path] = field(default_factory=dict[str, Path])
    """Stack -> file to read instead of its stack file."""
    creating: threading.Lock = field(default_factory=threading.Lock)
    """Held while a stack is selected or created: the CLI notes the selected stack in one file."""

    @property
    def pack_folders(self) -> list[str]:
        """Folders of the policy packs, as arguments."""
        return [str(pack) for pack in self.packs]

    @property
    def pack_files(self) -> list[str]:
        """Configurations of the policy packs, in their order, as arguments."""
        return [str(self.pack_configs[pack]) for pack in self.packs if pack in self.pack_configs]

    def config_file(self, stack: str) -> str | None:
        """The file that is read instead of the stack file of a stack."""
        return str(self.config_files[stack]) if stack in self.config_files else None

    def plan(self, stack: str) -> Path | None:
        """The file of a stack's plan."""
        return self.plans / f"{stack}.json" if self.plans is not None else None


class PulumiRunner:
    """Runs one stack at a time with the Pulumi CLI.

    Args:
        workspace: the project, as the CLI sees it.
        options: how stacks are run.
        sink: receives the events of the runs.
    """

    def __init__(self, workspace: LocalWorkspace, options: RunOptions, sink: Callable[[Event], None]) -> None:
        self._workspace, self._options, self._sink = workspace, options, sink

    def interrupt(self) -> None:
        """Nothing to do: Ctrl-C reaches the CLI as well, which finishes its running steps."""

    def close(self) -> None:
        """Nothing to do: the CLI ends with its run."""

    def run(self, operation: Operation, stack: str) -> StackResult:
        """Runs an operation on a stack; a failure is in the result."""
        self._sink(StackStarted(stack=stack, operation=operation))
        record = RunRecord(stack, operation, self._sink)
        try:
            result = getattr(self, f"_{operation}")(self._opened(stack), record)
        except (CommandError, ProgramError) as error:
            result = record.result(error=_reason(error, record))
        except OSError as error:
            result = record.result(error=f"{error.filename or 'the Pulumi CLI'}: {error.strerror or error}")
        self._sink(StackFinished(stack=stack, result=result))
        return result

    def _opened(self, stack: str) -> Stack:
        """The stack, created with the secrets provider if the backend does not have it."""
        with self._options.creating:
            return Stack.create_or_select(stack, self._workspace)

    def _preview(self, stack: Stack, record: RunRecord) -> StackResult:
        plan = self._options.plan(stack.name)
        try:
            self._previewed(stack, record, plan)
        except BaseException:
            # A refused change leaves no plan that could be applied.
            if plan is not None:
                plan.unlink(missing_ok=True)
            raise
        return record.result()

    def _previewed(self, stack: Stack, record: RunRecord, plan: Path | None) -> None:
        stack.preview(
            parallel=self._options.parallel,
            color="never",
            on_event=record,
            plan=str(plan) if plan is not None else None,
            config_file=self._options.config_file(stack.name),
            target=[*self._options.targets] or None,
            policy_packs=self._options.pack_folders,
            policy_pack_configs=self._options.pack_files,
        )

    def _up(self, stack: Stack, record: RunRecord) -> StackResult:
        """Updates a stack: with a plan exactly as the plan says, otherwise after a preview that the policies pass."""
        plan = self._options.plan(stack.name)
        if plan is None:
            record.planning(planning=True)
            self._previewed(stack, record, None)
            if record.unchanged:
                return record.result()
            record.planning(planning=False)
        done = stack.up(
            parallel=self._options.parallel,
            color="never",
            message=MESSAGE,
            on_event=record,
            plan=str(plan) if plan is not None else None,
            show_secrets=False,
            target=[*self._options.targets] or None,
            policy_packs=self._options.pack_folders,
            policy_pack_configs=self._options.pack_files,
        )
        outputs = {name: "[secret]" if output.secret else output.value for name, output in done.outputs.items()}
        return record.result(outputs=outputs)

    def _refresh(self, stack: Stack, record: RunRecord) -> StackResult:
        options = self._options
        if options.preview_only:
            stack.preview_refresh(
                parallel=options.parallel,
                color="never",
                on_event=record,
                config_file=options.config_file(stack.name),
            )
        else:
            stack.refresh(parallel=options.parallel, color="never", on_event=record, show_secrets=False)
        return record.result()

    def _destroy(self, stack: Stack, record: RunRecord) -> StackResult:
        stack.destroy(parallel=self._options.parallel, color="never", on_event=record, show_secrets=False)
        return record.result()


def _reason(error: Exception, record: RunRecord) -> str:
    """Why a run failed: a known failure in plain words, otherwise what the CLI reported."""
    output = "\n".join((str(error), *record.errors))
    known = explained(output, record.stack)
    if known is not None:
        return known
    if record.violated_policies:
        return f"mandatory policies are violated: {', '.join(record.violated_policies)}"
    if record.errors:
        return "; ".join(record.errors)
    return error_lines(error) if isinstance(error, CommandError) else str(error)
