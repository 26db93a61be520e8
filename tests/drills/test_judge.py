"""The verdict on a drill: recovery time and point, and the objects in each region at the end."""

import math
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.judge import missing_objects, stored_versions
from drills.load import Load
from tests.drills.sample_drills import EAST, LOST_AT, WELL, WEST, request, stored_object, verdict_on, zone


def test_rto_ends_with_first_answer_of_recovery_region() -> None:
    assert verdict_on().rto == pytest.approx(4.5)


def test_rto_uses_first_answer_not_first_request() -> None:
    slow, quick = request(2, WEST, seconds=20), request(5, WEST, seconds=1)
    assert verdict_on([*WELL[:2], slow, quick]).rto == pytest.approx(6)


def test_rto_ignores_answers_before_loss() -> None:
    assert verdict_on([request(-1, WEST), request(7, WEST)]).rto == pytest.approx(7.5)


def test_rto_is_infinite_without_answer_of_recovery_region() -> None:
    verdict = verdict_on([request(-3, EAST), request(1, ""), request(30, EAST)])
    assert math.isinf(verdict.rto)
    assert not verdict.met


def test_availability_is_measured_over_the_whole_window() -> None:
    verdict = verdict_on()
    assert verdict.availability == pytest.approx(3 / 4)
    assert verdict.availability_after == 1
    assert verdict.longest_outage == pytest.approx(4.5)
    later = verdict_on([*WELL, request(31, ""), request(33, ""), request(35, EAST)])
    assert later.availability_after == pytest.approx(3 / 5)
    assert later.longest_outage == pytest.approx(5)
    assert verdict_on([*WELL, request(40, "", seconds=20)]).longest_outage == pytest.approx(29.5)


def test_rpo_is_age_of_oldest_missing_object() -> None:
    assert verdict_on(
        missing_at_failover=[stored_object(-3, "d/b"), stored_object(-8, "d/a"), stored_object(-1, "d/c")]
    ).rpo == pytest.approx(8)
    assert verdict_on().rpo == 0


def test_requests_and_objects_are_counted() -> None:
    verdict = verdict_on(missing_at_failover=[stored_object(-3, "d/b")])
    assert (verdict.requests, verdict.failed) == (5, 1)
    assert (verdict.objects, verdict.missing_at_failover) == (2, 1)


def test_object_missing_in_one_region_is_lost() -> None:
    assert verdict_on(east=["d/a"]).lost == 1
    assert verdict_on(west=["d/b"]).lost == 1
    assert verdict_on(east=["d/a"], west=["d/b"]).lost == 2
    assert verdict_on(east=["d/a"], west=["d/a"]).lost == 1


def test_object_with_two_versions_is_duplicated_once() -> None:
    assert verdict_on(east=["d/a", "d/a", "d/b"]).duplicated == 1
    assert verdict_on(east=["d/a", "d/a", "d/b"], west=["d/a", "d/a", "d/b"]).duplicated == 1
    assert verdict_on(east=["d/a", "d/a", "d/b"], west=["d/a", "d/b", "d/b"]).duplicated == 2


def test_objects_of_other_drills_are_ignored() -> None:
    verdict = verdict_on(east=["d/a", "d/b", "e/a", "e/a"], west=["d/a", "d/b"])
    assert (verdict.lost, verdict.duplicated, verdict.met) == (0, 0, True)


def test_predictions_are_compared_per_input() -> None:
    two = [request(-3, EAST, 0.2, case=1), request(-2, EAST, 0.7, case=2)]
    assert verdict_on([*two, request(4, WEST, 0.2, case=1), request(5, WEST, 0.7, case=2)]).differing == 0
    assert verdict_on([*two, request(4, WEST, 0.7, case=1), request(5, WEST, 0.7, case=2)]).differing == 1
    assert verdict_on([*two, request(4, WEST, 0.7, case=1), request(5, WEST, 0.2, case=2)]).differing == 2


def test_missing_answer_is_not_a_difference() -> None:
    assert verdict_on([*WELL, request(2, ""), request(3, "")]).differing == 0


MISSED: Mapping[str, Mapping[str, Any]] = {
    "a prediction that differs": {"requests": [*WELL, request(12, WEST, 0.75)]},
    "an object lost": {"west": ["d/a"]},
    "an object altered": {"altered": ["d/b"]},
    "one answer, then none": {
        "requests": [request(-3, EAST), request(4, WEST), *(request(5 + second, "") for second in range(595))]
    },
    "an outage as long during the failback": {
        "requests": [
            *WELL,
            *(request(60 + second, "", seconds=1) for second in range(15 * 60 + 1)),
            request(2000, EAST),
        ]
    },
    "an object twice": {"east": ["d/a", "d/a", "d/b"]},
    "nobody for too long": {"requests": [request(-3, EAST), request(15 * 60, WEST)]},
    "too much not copied": {"missing_at_failover": [stored_object(-10 * 60 - 1, "d/a")]},
    "no answer at all": {"requests": []},
}


@pytest.mark.parametrize("why", MISSED, ids=lambda name: name.replace(" ", "-"))
def test_verdict_misses_target(why: str) -> None:
    assert verdict_on().met
    assert not verdict_on(**MISSED[why]).met


def test_limit_itself_meets_target() -> None:
    assert verdict_on([request(-3, EAST), request(15 * 60 - 0.5, WEST)]).met
    assert verdict_on(missing_at_failover=[stored_object(-10 * 60, "d/a")]).met


def test_unanswered_requests_alone_miss_no_target() -> None:
    silent = [request(number / 10, "") for number in range(40)]
    assert verdict_on([*silent, *WELL]).met


def test_delayed_writes_are_counted_and_miss_no_target() -> None:
    verdict = verdict_on(refused=7)
    assert (verdict.writes_delayed, verdict.met) == (7, True)


@given(
    keys=st.lists(st.sampled_from("abcdef"), unique=True),
    stored_keys=st.lists(st.sampled_from("abcdef")),
)
def test_written_objects_are_either_missing_or_stored(keys: list[str], stored_keys: list[str]) -> None:
    drill_zone = zone(east=[f"d/{key}" for key in stored_keys])
    objects = [stored_object(-1, f"d/{key}") for key in keys]
    versions = stored_versions(Load(drill_zone, prefix="d"), EAST)
    gone = {written_object.key for written_object in missing_objects(objects, versions)}
    assert gone.isdisjoint(versions)
    assert gone | (set(versions) & {written_object.key for written_object in objects}) == {
        written_object.key for written_object in objects
    }
    assert sum(versions.values()) == len(stored_keys)
    assert all(written_object.at < LOST_AT for written_object in objects)
