"""Runs queued replication operations in batches when their lag has passed, and counts pending operations per rule."""

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from rehearsal.cloud.replication.job import Jobs
from rehearsal.cloud.replication.operation import CopyStatus, Operation, Route

log = logging.getLogger(__name__)

BATCH: Final = 100
"""Operations in one go: requests to S3 wait no longer than they take."""
PUBLISHED: Final = 1.0
"""Seconds between metrics; S3 takes a minute."""
TICK: Final = 0.05
"""Seconds between looks at the queue."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """The pending operations of a rule. `latency`: age of the oldest in seconds."""

    source: str
    destination: str
    rule_id: str
    source_region: str
    destination_region: str
    operations: int
    bytes: int
    latency: float
    failed: int
    completed: int
    newly_failed: int = 0
    """Since CloudWatch was told last."""


class Replicator:
    """The replication of every bucket of the cloud.

    Args:
        perform: makes one copy in the emulator.
        publish: told the counts now and then, for CloudWatch.
        locked: holds requests to S3 back while copies are made.
        lost: tells the regions that are down; what leads from or to one of them waits.
    """

    def __init__(
        self,
        *,
        perform: Callable[[Operation], CopyStatus],
        publish: Callable[[Sequence[Pending]], None],
        locked: Callable[[], AbstractContextManager[Any]],
        lost: Callable[[], Collection[str]],
    ) -> None:
        self._perform, self._publish, self._locked, self._lost = perform, publish, locked, lost
        self._queue: deque[Operation] = deque()
        self._running: list[Operation] = []
        self._routes: dict[tuple[str, str, str], Route] = {}
        self._failed = Counter[tuple[str, str, str]]()
        self._completed = Counter[tuple[str, str, str]]()
        self._lags: dict[str, float] = {}
        self._guard = threading.Lock()
        self._stopped = threading.Event()
        self.jobs = Jobs()
        """Batch replications."""

    def start(self) -> None:
        """Start the thread that replicates until the process ends."""
        threading.Thread(target=self._run, name="replication", daemon=True).start()

    def add(self, operation: Operation) -> None:
        """Queue an operation."""
        with self._guard:
            self._routes[_name(operation.route)] = operation.route
            self._queue.append(operation)

    def set_lag(self, seconds: float, source_region: str = "*") -> None:
        """Set the replication lag of a source region in seconds; `*` sets it for every region."""
        if seconds < 0:
            raise ValueError(f"a lag is not negative: {seconds}")
        with self._guard:
            self._lags = {**({} if source_region == "*" else self._lags), source_region: seconds}

    def pending(self) -> Sequence[Pending]:
        """Return the counts of every rule that has had operations. A running operation counts as pending."""
        now = time.monotonic()
        with self._guard:
            waiting, routes = [*self._running, *self._queue], dict(self._routes)
            failed, completed = self._failed.copy(), self._completed.copy()
        result: list[Pending] = []
        for name, route in routes.items():
            own = [entry for entry in waiting if _name(entry.route) == name]
            result.append(
                Pending(
                    source=route.source,
                    destination=route.destination,
                    rule_id=route.rule_id,
                    source_region=route.source_region,
                    destination_region=route.destination_region,
                    operations=len(own),
                    bytes=sum(item.size for item in own),
                    latency=max((now - element.queued for element in own), default=0.0),
                    failed=failed[name],
                    completed=completed[name],
                )
            )
        return result

    def status(self) -> Mapping[str, Any]:
        """Return lags and counts, for the command line and drills. Runbooks read CloudWatch."""
        return {"lag": self._lag("*"), "lags": dict(self._lags), "rules": [asdict(entry) for entry in self.pending()]}

    def work(self) -> int:
        """Run the operations that are due; returns their number."""
        due = self._due()
        if not due:
            return 0
        with self._locked():
            for operation in due:
                self._finish(operation, self._outcome(operation))
        return len(due)

    def _outcome(self, operation: Operation) -> CopyStatus:
        try:
            return self._perform(operation)
        except Exception:
            # An error in one operation must not end the replication of the others.
            log.exception("replication of %s failed", operation.route.source)
            return CopyStatus.FAILED

    def _finish(self, operation: Operation, outcome: CopyStatus) -> None:
        """Count the outcome in the same step that ends the pending state, so that the counts always add up."""
        name = _name(operation.route)
        with self._guard:
            self._running = [running for running in self._running if running is not operation]
            self._completed[name] += outcome is CopyStatus.COMPLETED
            self._failed[name] += outcome is CopyStatus.FAILED

    def _feed(self) -> None:
        """Let the active jobs queue their next objects."""
        jobs = list(self.jobs.active(set(self._lost())))
        if jobs:
            with self._locked():
                for job in jobs:
                    job.step()

    def _due(self) -> list[Operation]:
        now, lost = time.monotonic(), set(self._lost())
        due: list[Operation] = []
        with self._guard:
            rest: deque[Operation] = deque()
            while self._queue and len(due) < BATCH:
                entry = self._queue.popleft()
                open_way = not {entry.route.source_region, entry.route.destination_region} & lost
                ready = open_way and now - entry.queued >= self._lag(entry.route.source_region)
                (due if ready else rest).append(entry)
            rest.extend(self._queue)
            self._queue = rest
            self._running.extend(due)
        return due

    def _lag(self, region: str) -> float:
        return self._lags.get(region, self._lags.get("*", 0.0))

    def _run(self) -> None:
        state: Mapping[tuple[str, str, str], Pending] = {}
        last = 0.0
        while not self._stopped.is_set():
            worked = 0
            try:
                self._feed()
                worked = self.work()
                if time.monotonic() - last >= PUBLISHED:
                    last = time.monotonic()
                    state = self._tell(state)
            except Exception:
                # What one bucket does to it must not end every other's replication.
                log.exception("replication failed")
            if not worked:
                self._stopped.wait(TICK)

    def _tell(self, published: Mapping[tuple[str, str, str], Pending]) -> Mapping[tuple[str, str, str], Pending]:
        """Publish the counts of rules that have pending operations or changed since they were published last."""
        now = {(entry.source, entry.destination, entry.rule_id): entry for entry in self.pending()}
        busy = [
            replace(value, newly_failed=value.failed - (published[name].failed if name in published else 0))
            for name, value in now.items()
            if value.operations or value != published.get(name)
        ]
        if busy:
            self._publish(busy)
        return now


def _name(route: Route) -> tuple[str, str, str]:
    return route.source, route.destination, route.rule_id
