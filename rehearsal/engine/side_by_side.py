"""Concurrent stacks: each starts on a free runner as soon as the stacks that it needs are done."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from rehearsal.engine.events import Event, StackResult
from rehearsal.engine.signals import heeded

Graph = Mapping[str, Iterable[str]]
"""Stack -> the stacks that must be done before it."""


class StackRunner(Protocol):
    """Runs one stack at a time: the embedded engine, or the Pulumi CLI."""

    def interrupt(self) -> None:
        """Start no new step; the run in progress ends as soon as its running steps are done."""
        ...

    def close(self) -> None:
        """Release what the runner holds."""
        ...


Runner = TypeVar("Runner", bound=StackRunner)


def among(stacks: Sequence[str], needs: Graph, *, reverse: bool = False) -> dict[str, set[str]]:
    """Return for each stack the selected stacks that it depends on, also through stacks that are not selected.

    Args:
        stacks: the stacks of a run.
        needs: the whole graph.
        reverse: what needs a stack goes before it, as when stacks are destroyed.
    """
    result: dict[str, set[str]] = {stack: set() for stack in stacks}
    for stack in stacks:
        above = list(needs.get(stack, ()))
        visited: set[str] = set()
        while above:
            entry = above.pop()
            if entry in visited:
                continue
            visited.add(entry)
            above.extend(needs.get(entry, ()))
            if entry in result:
                before, after = (stack, entry) if reverse else (entry, stack)
                result[after].add(before)
    return result


class SideBySide(Generic[Runner]):
    """Runs stacks on several runners. After a failure or an interrupt no stack starts; running ones finish.

    Args:
        count: how many stacks may run at the same time.
        make: makes a runner that tells its events to the given sink.
        sink: receives the events of all runners, one at a time.
        keep_going: start stacks after a failure too, except those that need a stack that failed; for previews.
    """

    def __init__(
        self,
        count: int,
        make: Callable[[Callable[[Event], None]], Runner],
        sink: Callable[[Event], None],
        *,
        keep_going: bool = False,
    ) -> None:
        lock = threading.Lock()

        def tell(event: Event) -> None:
            with lock:
                sink(event)

        self._ended = threading.Event()
        self._keep_going = keep_going
        self._runners = [make(tell) for _ in range(count)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def run(self, before: Graph, work: Callable[[Runner, str], StackResult]) -> list[StackResult]:
        """Run `work` for every stack; returns the results in the graph's order, without stacks that did not start."""
        results: dict[str, StackResult] = {}
        with heeded(self.interrupt), ThreadPoolExecutor(len(self._runners)) as pool:
            try:
                self._run(before, lambda runner, stack: pool.submit(work, runner, stack), results)
            except BaseException:
                self._close()  # without provider and packs what is under way fails at once, and is waited for
                raise
        return [results[stack] for stack in before if stack in results]

    def _run(
        self, before: Graph, begin: Callable[[Runner, str], Future[StackResult]], results: dict[str, StackResult]
    ) -> None:
        sorter = TopologicalSorter(before)
        sorter.prepare()
        idle, ready, order = list(self._runners), list[str](), list(before)
        running: dict[Future[StackResult], tuple[Runner, str]] = {}
        while True:
            ready = sorted([*ready, *sorter.get_ready()], key=order.index)
            while ready and idle and not self._ended.is_set():
                runner, stack = idle.pop(), ready.pop(0)
                running[begin(runner, stack)] = runner, stack
            if not running:
                return
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                runner, stack = running.pop(done)
                idle.append(runner)
                results[stack] = done.result()
                if results[stack].ok:
                    sorter.done(stack)
                elif not self._keep_going:
                    self._ended.set()

    def interrupt(self) -> None:
        """Start no more stacks; running ones finish their steps."""
        self._ended.set()
        for runner in self._runners:
            runner.interrupt()

    def _close(self) -> None:
        for runner in self._runners:
            runner.close()
