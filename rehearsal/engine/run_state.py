"""One run of the program over one stack: old and new resources, errors, and the record of each step."""

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
from rehearsal.engine.store import Opened
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
        opened: Opened,
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
        """The URN of the stack's root resource."""
        return urns.root(self.stack, self.project)

    @property
    def operations(self) -> Mapping[str, int]:
        """How many steps of each kind."""
        return Counter(step.op for step in self.steps)

    @property
    def stopped(self) -> bool:
        """Whether no further step may begin."""
        return bool(self.errors) or self.interrupted.is_set()

    def admit(self) -> None:
        """Raise when no further step may begin: the run was interrupted, or (in an update) a step failed."""
        if self.interrupted.is_set():
            raise CancelledError("the run was interrupted: nothing further is started")
        if self.errors and not self.dry_run:
            raise StepError("not started: an earlier step failed")

    def fail(self, error: EngineError) -> None:
        """Keep an error; the first of a kind is what the run ends with."""
        with self.lock:
            self.connection_lost = self.connection_lost or isinstance(error, ConnectionLostError)
            if not any(str(error) == str(existing) for existing in self.errors):
                self.errors.append(error)

    def emit(self, event: Event) -> None:
        """StackRun an event on, one at a time."""
        with self._telling:
            self._sink(event)

    def log(self, severity: Severity, message: str, urn: str = "", ephemeral: bool = False) -> None:
        """StackRun a message on."""
        self.emit(Log(stack=self.stack, severity=severity, message=message, urn=urn, ephemeral=ephemeral))

    @contextmanager
    def step(
        self, resource: Resource, op: Op, diff: Sequence[PropertyDiff] = (), *, counted: bool = True
    ) -> Generator[None, None, None]:
        """A step on a resource: announced, timed, counted when it went well. Default providers are not shown."""
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
        """Ask the provider for something: recorded before; closed when it refused, open when its answer was lost."""
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
        """Record what a step did: resources put, keys dropped."""
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
        """Record that the run went through: no operation's outcome is unknown any more."""
        if self.opened.folded.pending and self.opened.journal:
            with self.lock:
                self.opened.folded.apply({"t": "settled"})
            self.opened.journal.settled()

    def settle(self, resource: Resource) -> Resource:
        """The resource as registered: what must be secret in its outputs is marked, and others can find it."""
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
    """The time as checkpoints write it."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def is_default_provider(resource: Resource) -> bool:
    """Whether the engine made the provider by itself."""
    return urns.is_provider(resource.type) and not resource.parent and urns.name_of(resource.urn).startswith("default")
