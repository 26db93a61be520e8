"""The verdict of `make nannyml`, which runs in an environment of its own: a difference above a tolerance is found."""

from dataclasses import replace

import numpy as np
import pytest

from workloads.monitoring.nannyml_comparison import (
    FALL_TOLERANCE,
    TOLERANCE,
    Week,
    disagreements,
    faulty_estimate,
    own_estimate,
)

WEEK = Week(change="none", nannyml=0.70, own=0.695, observed=0.69, nannyml_fall=0.01, own_fall=0.012)


def test_estimates_within_the_tolerances_agree() -> None:
    assert disagreements([WEEK]) == []


@pytest.mark.parametrize(
    "changed",
    [{"own": 0.70 - 1.01 * TOLERANCE}, {"own_fall": 0.01 + 1.01 * FALL_TOLERANCE}, {"own": float("nan")}],
    ids=["estimate", "fall", "not a number"],
)
def test_difference_above_a_tolerance_is_found(changed: dict[str, float]) -> None:
    wrong = replace(WEEK, **changed)
    assert disagreements([WEEK, wrong]) == [wrong]


def test_planted_fault_gives_another_estimate() -> None:
    random = np.random.Generator(np.random.PCG64(1))
    score = random.random(4000) * 0.5
    outcome = (random.random(4000) < score).astype(float)
    assert abs(own_estimate(score, score, outcome) - faulty_estimate(score, score, outcome)) > TOLERANCE
