"""A run of the program over one stack: old and new resources, errors, and the record of each step."""

import dataclasses
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rehearsal.engine import urns
from rehearsal.engine.errors import CancelledError, EngineError, StepError
from rehearsal.engine.events import (
    Event,
    Log,
    Op,
    PropertyDiff,
    Remediated,
    Severity,
    Step,
    StepDone,
    StepStarted,
    Violation,
)
from rehearsal.engine.goal import Goal
from rehearsal.engine.project import StackConfig
from rehearsal.engine.provider_answers import ConnectionLostError
from rehearsal.engine.resource import Resource
from rehearsal.engine.store import OpenedStack
from rehearsal.engine.values import Values, is_secret, secret


class StackRun:
    """The state of one run of the program over one stack, shared by the threads that serve the program.

    `old_resources` are the resources in the state by URN, `awaiting_deletion` those that were replaced and not yet
    deleted, `new_resources` those that the program registered in this run. A dry run records nothing.
    """

    def __init__(
        self,
        *,
        stack: str,
        project: str,
        root: Path,
        dry_run: bool,
        opened: OpenedStack,
        config: StackConfig,
        sink: Callable[[Event], None],
        parallel: int,
    ) -> None:
        self.stack = stack
        self.project = project
        self.root = root
        self.dry_run = dry_run
        self.opened = opened
        self.config = config
        self.parallel = parallel
        self.lock = threading.RLock()
        self.old_resources: dict[str, Resource] = {}
        self.awaiting_deletion: list[Resource] = []
        for resource in opened.resources.values():
            if resource.delete:
                self.awaiting_deletion.append(resource)
            else:
                self.old_resources[resource.urn] = resource
        self.new_resources: dict[str, Resource] = {}
        self.goals: dict[str, Goal] = {}
        self.adopted: dict[str, str] = {}
        self.adopted_by: dict[str, str] = {}
        self.replaced: set[str] = set()
        self.deleted_before_replacement: set[str] = set()
        self.steps: list[Step] = []
        self.violations: list[Violation] = []
        self.remediations: list[Remediated] = []
        self.errors: list[EngineError] = []
        self.interrupted = threading.Event()
        self.connection_lost = False
        self._sink = sink
        self._telling = threading.RLock()

    @property
    def root_urn(self) -> str:
        """Return the URN of the stack's root resource."""
        return urns.root(self.stack, self.project)

    @property
    def operations(self) -> Mapping[str, int]:
        """The number of steps per kind."""
        return Counter(step.op for step in self.steps)

    @property
    def stopped(self) -> bool:
        """Whether no further step may begin."""
        return bool(self.errors) or self.interrupted.is_set()

    def admit(self) -> None:
        """Raise if no further step may begin: the run was interrupted or, in an update, a step failed."""
        if self.interrupted.is_set():
            raise CancelledError("the run was interrupted: nothing further is started")
        if self.errors and not self.dry_run:
            raise StepError("not started: an earlier step failed")

    def fail(self, error: EngineError) -> None:
        """Record an error; the run ends with the first one."""
        with self.lock:
            self.connection_lost = self.connection_lost or isinstance(error, ConnectionLostError)
            if not any(str(error) == str(existing) for existing in self.errors):
                self.errors.append(error)

    def emit(self, event: Event) -> None:
        """Publish an event; events are published one at a time."""
        with self._telling:
            self._sink(event)

    def log(self, severity: Severity, message: str, urn: str = "", ephemeral: bool = False) -> None:
        """Publish a log message."""
        self.emit(Log(stack=self.stack, severity=severity, message=message, urn=urn, ephemeral=ephemeral))

    @contextmanager
    def step(
        self, resource: Resource, op: Op, diff: Sequence[PropertyDiff] = (), *, counted: bool = True
    ) -> Generator[None, None, None]:
        """Take a step on a resource: publish its events, time it, count it. Default providers are not shown."""
        if is_default_provider(resource):
            yield
            return
        urn, type_, started = resource.urn, resource.type, time.monotonic()
        self.emit(StepStarted(stack=self.stack, urn=urn, type=type_, op=op, preview=self.dry_run))
        error = ""
        try:
            yield
            with self.lock:
                if counted:
                    self.steps.append(Step(urn=urn, type=type_, op=op, diff=tuple(diff)))
        except EngineError as failure:
            error = str(failure)
            raise
        finally:
            seconds = time.monotonic() - started
            done = StepDone(
                stack=self.stack, urn=urn, type=type_, op=op, preview=self.dry_run, seconds=seconds, error=error
            )
            self.emit(done)

    @contextmanager
    def asking(self, op: str, resource: Resource) -> Generator[None, None, None]:
        """Record an operation before the provider is called. After a lost answer the record stays open."""
        if self.dry_run:
            yield
            return
        journal = self.opened.journal
        assert journal is not None
        entry = resource.to_json(self.opened.crypter)
        with self.lock:
            self.opened.folded.apply({"t": "begin", "op": op, "resource": entry})
        journal.begin(op, entry)
        try:
            yield
        except ConnectionLostError:
            raise
        except EngineError:
            self.record(op, resource.urn)
            raise

    def record(self, op: str, urn: str, *, put: Sequence[Resource] = (), drop: Sequence[str] = ()) -> None:
        """Record the result of a step: resources written, keys removed."""
        if self.dry_run:
            return
        journal = self.opened.journal
        assert journal is not None
        # Former names are needed until they are dropped, which is here.
        entries = [dataclasses.replace(resource, aliases=()).to_json(self.opened.crypter) for resource in put]
        with self.lock:
            self.opened.folded.apply({"t": "end", "op": op, "urn": urn, "put": entries, "drop": drop})
            journal.end(op, urn, put=entries, drop=drop)

    def settled(self) -> None:
        """Record that the run completed: no operation has an unknown result."""
        if self.opened.folded.pending and self.opened.journal:
            with self.lock:
                self.opened.folded.apply({"t": "settled"})
            self.opened.journal.settled()

    def settle(self, resource: Resource) -> Resource:
        """Complete a registration: mark secret outputs, and make the resource available to others."""
        outputs: Values = dict(resource.outputs)
        for key in resource.additional_secret_outputs:
            if key in outputs:
                outputs[key] = secret(outputs[key])
        for key, value in outputs.items():
            if is_secret(resource.inputs.get(key)) and not is_secret(value):
                outputs[key] = secret(value)
        settled = dataclasses.replace(resource, outputs=outputs)
        with self.lock:
            self.new_resources[settled.urn] = settled
        return settled


def now() -> str:
    """Return the current time in the form of checkpoints."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def is_default_provider(resource: Resource) -> bool:
    """Return whether the URN is that of a default provider, which the engine creates itself."""
    return urns.is_provider(resource.type) and not resource.parent and urns.name_of(resource.urn).startswith("default")
