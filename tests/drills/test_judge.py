"""How a drill is judged: by when somebody answered again, and by what is where at the end."""

import math
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.judge import missing, present
from drills.load import Load
from tests.drills.held import EAST, LOST_AT, WELL, WEST, asked, judged, written, zone


def test_nobody_answers_from_the_loss_to_the_end_of_the_first_answer_out_of_the_other_region() -> None:
    assert judged().rto == pytest.approx(4.5)


def test_the_first_answer_counts_and_not_the_first_that_was_asked_for() -> None:
    slow, quick = asked(2, WEST, seconds=20), asked(5, WEST, seconds=1)
    assert judged([*WELL[:2], slow, quick]).rto == pytest.approx(6)


def test_what_the_other_region_answered_before_the_loss_says_nothing() -> None:
    assert judged([asked(-1, WEST), asked(7, WEST)]).rto == pytest.approx(7.5)


def test_a_region_that_never_takes_over_meets_no_target() -> None:
    verdict = judged([asked(-3, EAST), asked(1, ""), asked(30, EAST)])
    assert math.isinf(verdict.rto)
    assert not verdict.met


def test_what_may_be_lost_is_as_old_as_the_oldest_object_that_had_not_arrived() -> None:
    assert judged(missing_then=[written(-3, "d/b"), written(-8, "d/a"), written(-1, "d/c")]).rpo == pytest.approx(8)
    assert judged().rpo == 0


def test_requests_and_objects_are_counted() -> None:
    verdict = judged(missing_then=[written(-3, "d/b")])
    assert (verdict.requests, verdict.failed) == (5, 1)
    assert (verdict.objects, verdict.missing_at_failover) == (2, 1)


def test_an_object_that_either_region_lacks_at_the_end_is_lost() -> None:
    assert judged(east=["d/a"]).lost == 1
    assert judged(west=["d/b"]).lost == 1
    assert judged(east=["d/a"], west=["d/b"]).lost == 2
    assert judged(east=["d/a"], west=["d/a"]).lost == 1


def test_an_object_with_two_versions_came_twice_however_many_regions_have_them() -> None:
    assert judged(east=["d/a", "d/a", "d/b"]).duplicated == 1
    assert judged(east=["d/a", "d/a", "d/b"], west=["d/a", "d/a", "d/b"]).duplicated == 1
    assert judged(east=["d/a", "d/a", "d/b"], west=["d/a", "d/b", "d/b"]).duplicated == 2


def test_what_another_drill_wrote_is_neither_lost_nor_twice() -> None:
    verdict = judged(east=["d/a", "d/b", "e/a", "e/a"], west=["d/a", "d/b"])
    assert (verdict.lost, verdict.duplicated, verdict.met) == (0, 0, True)


def test_inputs_are_compared_with_themselves_only() -> None:
    two = [asked(-3, EAST, 0.2, case=1), asked(-2, EAST, 0.7, case=2)]
    assert judged([*two, asked(4, WEST, 0.2, case=1), asked(5, WEST, 0.7, case=2)]).differing == 0
    assert judged([*two, asked(4, WEST, 0.7, case=1), asked(5, WEST, 0.7, case=2)]).differing == 1
    assert judged([*two, asked(4, WEST, 0.7, case=1), asked(5, WEST, 0.2, case=2)]).differing == 2


def test_a_request_without_answer_differs_from_none() -> None:
    assert judged([*WELL, asked(2, ""), asked(3, "")]).differing == 0


MISSED: Mapping[str, Mapping[str, Any]] = {
    "a prediction that differs": {"requests": [*WELL, asked(12, WEST, 0.75)]},
    "an object lost": {"west": ["d/a"]},
    "an object twice": {"east": ["d/a", "d/a", "d/b"]},
    "nobody for too long": {"requests": [asked(-3, EAST), asked(15 * 60, WEST)]},
    "too much not copied": {"missing_then": [written(-10 * 60 - 1, "d/a")]},
    "no answer at all": {"requests": []},
}


@pytest.mark.parametrize("why", MISSED, ids=lambda name: name.replace(" ", "-"))
def test_a_target_is_missed_by(why: str) -> None:
    assert judged().met
    assert not judged(**MISSED[why]).met


def test_a_target_is_met_up_to_the_last_second() -> None:
    assert judged([asked(-3, EAST), asked(15 * 60 - 0.5, WEST)]).met
    assert judged(missing_then=[written(-10 * 60, "d/a")]).met


def test_requests_that_nobody_answered_alone_miss_no_target() -> None:
    silent = [asked(number / 10, "") for number in range(40)]
    assert judged([*silent, *WELL]).met


def test_writes_that_waited_are_told_and_held_against_nobody() -> None:
    verdict = judged(refused=7)
    assert (verdict.writes_delayed, verdict.met) == (7, True)


@given(
    keys=st.lists(st.sampled_from("abcdef"), unique=True),
    there=st.lists(st.sampled_from("abcdef")),
)
def test_what_is_missing_and_what_is_there_are_everything_that_was_written(keys: list[str], there: list[str]) -> None:
    place = zone(east=[f"d/{key}" for key in there])
    objects = [written(-1, f"d/{key}") for key in keys]
    found = present(Load(place, prefix="d"), EAST)
    gone = {one.key for one in missing(objects, found)}
    assert gone.isdisjoint(found)
    assert gone | (set(found) & {one.key for one in objects}) == {one.key for one in objects}
    assert sum(found.values()) == len(there)
    assert all(one.at < LOST_AT for one in objects)
