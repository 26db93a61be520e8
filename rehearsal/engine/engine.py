"""The engine: runs programs for stacks, with a provider and policy packs, and stores the resulting state."""

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from pulumi.runtime.proto import engine_pb2_grpc

from rehearsal.engine import refresh as refreshing
from rehearsal.engine import update
from rehearsal.engine.errors import EngineError
from rehearsal.engine.events import Event, Log, Operation, Severity, StackFinished, StackResult, StackStarted
from rehearsal.engine.packs import PolicyPack
from rehearsal.engine.planned import PlannedResource
from rehearsal.engine.project import Project
from rehearsal.engine.references import References
from rehearsal.engine.registry import Address, Connections
from rehearsal.engine.services import EngineService, serve
from rehearsal.engine.signals import heeded
from rehearsal.engine.store import StateStore
from rehearsal.preload import Preload

PARALLEL: Final = 16
"""Default number of resources that are processed at the same time."""


class Engine:
    """Runs a project's stacks one at a time, with one connection per provider and one process per policy pack.

    Args:
        project: the program.
        store: where the stacks' state is.
        provider: the provider's address (`host:port`), or a callable that launches it and returns that; or one of
            either for each package.
        packs: folders of policy packs (each with a PulumiPolicy.yaml and a `__main__.py`).
        policy_config: for a pack's folder, the JSON file with its configuration.
        parallel: how many provider calls may run at once.
        sink: receives every event, one at a time.
        graph: for a stack, the stacks it needs; used to say what to bring up first.
        lock_wait: seconds to wait for another run on the same stack.
        preload: process that has imported the program's modules: programs and the project's own packs are forked
            from it. None: each starts in a new interpreter.
    """

    def __init__(
        self,
        project: Project,
        store: StateStore,
        *,
        provider: Address | Mapping[str, Address],
        packs: Sequence[Path] = (),
        policy_config: Mapping[Path, Path] | None = None,
        parallel: int = PARALLEL,
        sink: Callable[[Event], None] = lambda _: None,
        graph: Mapping[str, Sequence[str]] | None = None,
        lock_wait: float = 0.0,
        preload: Preload | None = None,
    ) -> None:
        self.project = project
        self.preload = preload
        self.store = store
        self.parallel = parallel
        self.lock_wait = lock_wait
        self.sink = sink
        self.references = References(store, project.name, graph or {})
        self.connections = Connections(provider, parallel=parallel, engine_address=lambda: self.address)
        self.interrupted = threading.Event()
        self._pack_paths = packs
        self._policy_config = policy_config or {}
        self._packs: list[PolicyPack] | None = None
        self._current = ""
        self._server, self.address = serve(parallel=2)
        engine_pb2_grpc.add_EngineServicer_to_server(EngineService(self._log), self._server)
        self._server.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the policy packs and close the connections."""
        for pack in self._packs or ():
            pack.close()
        self._packs = None
        self.connections.close()
        self._server.stop(0)

    def interrupt(self) -> None:
        """Start no new step; running steps finish and are saved. The run in progress then fails."""
        self.interrupted.set()

    def preview(self, stack: str) -> StackResult:
        """Return the steps that `up` would take; changes nothing."""
        return self._run(stack, "preview", lambda: update.preview(self, stack))

    def plan(self, stack: str, keep: Callable[[Sequence[PlannedResource]], None]) -> StackResult:
        """Preview, and hand the resources that the program declares to `keep`; changes nothing."""

        def work() -> StackResult:
            planned = update.plan(self, stack)
            keep(planned.resources)
            return planned.result

        return self._run(stack, "preview", work)

    def up(self, stack: str, keep: Callable[[Sequence[PlannedResource]], None] = lambda _: None) -> StackResult:
        """Preview, then update the stack to the program unless a mandatory policy is violated.

        Args:
            stack: name of the stack.
            keep: is called with the declared resources if the update succeeds, while the stack is locked.
        """

        def work() -> StackResult:
            updated = update.up(self, stack)
            if updated.result.ok:
                keep(updated.resources)
            return updated.result

        return self._run(stack, "up", work)

    def refresh(self, stack: str, *, preview_only: bool = False) -> StackResult:
        """Read every resource, report its drift, and write it to the state unless `preview_only`."""
        return self._run(stack, "refresh", lambda: refreshing.refresh(self, stack, preview_only=preview_only))

    def destroy(self, stack: str, *, unprotect: bool = False) -> StackResult:
        """Delete every resource, dependents first. Fails if resources are protected, and keeps these."""
        return self._run(stack, "destroy", lambda: refreshing.destroy(self, stack, unprotect=unprotect))

    def packs(self) -> Sequence[PolicyPack]:
        """Return the policy packs, which are started at the first call. Raises PolicyPackError."""
        if self._packs is None:
            started: list[PolicyPack] = []
            try:
                for path in self._pack_paths:
                    started.append(  # noqa: PERF401 - what started must be closed if the next one does not
                        PolicyPack(
                            path,
                            engine_address=self.address,
                            project=self.project.name,
                            cwd=self.project.root,
                            config=self._policy_config.get(path),
                            log=lambda line: self._log("info", line),
                            # The modules of another project's pack may have the same names.
                            preload=self.preload if path.resolve().parent == self.project.root else None,
                        )
                    )
            except EngineError:
                for pack in started:
                    pack.close()
                raise
            self._packs = started
        return self._packs

    def _run(self, stack: str, operation: Operation, work: Callable[[], StackResult]) -> StackResult:
        self._current = stack
        self.interrupted.clear()
        self.sink(StackStarted(stack=stack, operation=operation))
        try:
            with heeded(self.interrupt), self.store.locked(stack, wait=self.lock_wait):
                result = work()
        except EngineError as error:
            result = StackResult(
                name=stack, operation=operation, ok=False, operations={}, error=str(error), error_detail=error.detail
            )
        self.sink(StackFinished(stack=stack, result=result))
        return result

    def _log(self, severity: Severity, message: str, urn: str = "", ephemeral: bool = False) -> None:
        self.sink(Log(stack=self._current, severity=severity, message=message, urn=urn, ephemeral=ephemeral))
