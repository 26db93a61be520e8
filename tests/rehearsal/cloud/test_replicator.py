"""Replication counts add up at every moment, and an error in one operation does not stop the others."""

import contextlib
import time

import pytest

from rehearsal.cloud.replication.operation import CopyStatus, Operation, Route
from rehearsal.cloud.replication.replicator import Replicator

ROUTE = Route(
    account="111122223333",
    source="east",
    source_region="us-east-1",
    destination_account="111122223333",
    destination="west",
    destination_region="us-west-2",
    rule_id="everything",
    role="arn:aws:iam::111122223333:role/replication",
    key=None,
    encrypted=True,
    markers=True,
    modifications=True,
    metrics=True,
)


def operation(name: str) -> Operation:
    return Operation(kind="object", route=ROUTE, name=name, version=None, size=10, queued=time.monotonic())


class Observed:
    """A replicator that records its counts each time it performs an operation."""

    def __init__(self, *names: str) -> None:
        self.counts: list[tuple[int, int, int]] = []
        self.replicator = Replicator(
            perform=self.perform, publish=lambda _: None, locked=contextlib.nullcontext, lost=set
        )
        for name in names:
            self.replicator.add(operation(name))

    def perform(self, entry: Operation) -> CopyStatus:
        self.counts.append(self.count())
        if entry.name == "broken":
            raise RuntimeError("the bucket of this operation is broken")
        return CopyStatus.FAILED if entry.name == "refused" else CopyStatus.COMPLETED

    def count(self) -> tuple[int, int, int]:
        (rule,) = self.replicator.pending()
        return rule.operations, rule.completed, rule.failed


def test_running_operation_is_pending_until_it_is_counted() -> None:
    observed = Observed("first", "refused", "third")
    assert observed.count() == (3, 0, 0)
    assert observed.replicator.work() == 3
    assert observed.counts == [(3, 0, 0), (2, 1, 0), (1, 1, 1)]
    assert observed.count() == (0, 2, 1)


def test_error_in_one_operation_is_a_failure_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    observed = Observed("broken", "second")
    assert observed.replicator.work() == 2
    assert observed.count() == (0, 1, 1)
    assert "replication of east failed" in caplog.text
