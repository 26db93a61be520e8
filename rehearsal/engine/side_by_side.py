"""Concurrent stacks: each starts on a free engine as soon as the stacks that it needs are done."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from types import TracebackType
from typing import Self

from rehearsal.engine.engine import Engine
from rehearsal.engine.events import Event, StackResult
from rehearsal.engine.signals import heeded

Graph = Mapping[str, Iterable[str]]
"""Stack -> the stacks that must be done before it."""


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


class SideBySide:
    """Runs stacks on several engines. After a failure or an interrupt no stack starts; running ones finish.

    Args:
        count: how many stacks may run at the same time.
        make: makes an engine that tells its events to the given sink.
        sink: receives the events of all engines, one at a time.
    """

    def __init__(
        self, count: int, make: Callable[[Callable[[Event], None]], Engine], sink: Callable[[Event], None]
    ) -> None:
        lock = threading.Lock()

        def tell(event: Event) -> None:
            with lock:
                sink(event)

        self._ended = threading.Event()
        self._engines: list[Engine] = []
        for _ in range(count):
            self._engines.append(make(tell))
            # What one has planned or made, the others refer to.
            self._engines[-1].references = self._engines[0].references

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def run(self, before: Graph, work: Callable[[Engine, str], StackResult]) -> list[StackResult]:
        """Run `work` for every stack; returns the results in the graph's order, without stacks that did not start."""
        results: dict[str, StackResult] = {}
        with heeded(self.interrupt), ThreadPoolExecutor(len(self._engines)) as pool:
            try:
                self._run(before, lambda engine, stack: pool.submit(work, engine, stack), results)
            except BaseException:
                self._close()  # without provider and packs what is under way fails at once, and is waited for
                raise
        return [results[stack] for stack in before if stack in results]

    def _run(
        self, before: Graph, begin: Callable[[Engine, str], Future[StackResult]], results: dict[str, StackResult]
    ) -> None:
        sorter = TopologicalSorter(before)
        sorter.prepare()
        idle, ready, order = list(self._engines), list[str](), list(before)
        running: dict[Future[StackResult], tuple[Engine, str]] = {}
        while True:
            ready = sorted([*ready, *sorter.get_ready()], key=order.index)
            while ready and idle and not self._ended.is_set():
                engine, stack = idle.pop(), ready.pop(0)
                running[begin(engine, stack)] = engine, stack
            if not running:
                return
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                engine, stack = running.pop(done)
                idle.append(engine)
                results[stack] = done.result()
                sorter.done(stack)
                if not results[stack].ok:
                    self._ended.set()

    def interrupt(self) -> None:
        """Start no more stacks; running ones finish their steps."""
        self._ended.set()
        for engine in self._engines:
            engine.interrupt()

    def _close(self) -> None:
        for engine in self._engines:
            engine.close()
