"""The recovery point, from measurements of different ages."""

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


def test_recovery_point_is_zero_when_nothing_is_pending() -> None:
    point = recovery_point([lag("a")], ["a", "never-written"], NOW)
    assert (point.seconds, point.operations, point.unknown) == (0, 0, [])
    assert point.meets()


def test_recovery_point_is_age_of_oldest_pending_change() -> None:
    point = recovery_point([lag("a", seconds=30, operations=2, age=10), lag("b", seconds=5, operations=1)], [], NOW)
    assert (point.seconds, point.operations, point.bytes) == (40, 3, 30)


def test_stale_measurement_of_backlog_is_unknown() -> None:
    point = recovery_point([lag("a", seconds=1, operations=1, age=400)], ["a"], NOW)
    assert point.unknown == ["a"]
    assert not point.meets(10**9)


def test_stale_measurement_without_backlog_meets_target() -> None:
    assert recovery_point([lag("a", age=10_000)], ["a"], NOW).meets()


def test_lag_over_fifteen_minutes_misses_target() -> None:
    assert not recovery_point([lag("a", seconds=901, operations=1)], ["a"], NOW).meets()
