"""What would be lost now, from measurements of different ages."""

from datetime import UTC, datetime, timedelta

from runbooks.rpo import Lag, recovery_point

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def lag(source: str, *, seconds: float = 0, operations: int = 0, age: float = 0) -> Lag:
    return Lag(
        source=source,
        destination=f"{source}-there",
        seconds=seconds,
        operations=operations,
        bytes=operations * 10,
        measured=NOW - timedelta(seconds=age),
    )


def test_nothing_waits_so_nothing_is_lost() -> None:
    point = recovery_point([lag("a")], ["a", "never-written"], NOW)
    assert (point.seconds, point.operations, point.unknown) == (0, 0, [])
    assert point.meets()


def test_the_oldest_change_of_any_bucket_counts_and_has_aged_since_it_was_measured() -> None:
    point = recovery_point([lag("a", seconds=30, operations=2, age=10), lag("b", seconds=5, operations=1)], [], NOW)
    assert (point.seconds, point.operations, point.bytes) == (40, 3, 30)


def test_a_backlog_that_nobody_measured_lately_is_unknown_and_misses_every_target() -> None:
    point = recovery_point([lag("a", seconds=1, operations=1, age=400)], ["a"], NOW)
    assert point.unknown == ["a"]
    assert not point.meets(10**9)


def test_an_old_measurement_that_nothing_waits_is_none_that_something_does() -> None:
    assert recovery_point([lag("a", age=10_000)], ["a"], NOW).meets()


def test_beyond_fifteen_minutes_the_target_is_missed() -> None:
    assert not recovery_point([lag("a", seconds=901, operations=1)], ["a"], NOW).meets()
