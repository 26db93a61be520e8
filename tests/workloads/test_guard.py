"""The guard of the inputs: rows unlike the training data, limits per caller, rounded predictions."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workloads.conftest import encounter, ready, serve
from workloads.pipeline import artifacts, distribution, estimators
from workloads.pipeline.definitions import READMISSION
from workloads.readmission import cohort, model
from workloads.readmission.schema import FIELDS
from workloads.serving.guard import Guard, GuardError
from workloads.serving.payloads import PayloadError

UNLIKE = encounter(admissions_12m=58, emergency_visits_6m=60, charlson_index=37, medications=0, sodium_mmol_l=96.0625)
"""Every value is in its range; no patient of the cohort is near."""


def flagged(trained: model.Trained, seed: int, **changes: Any) -> float:
    """Share of the rows of a new cohort that are out of the distribution, with changed fields."""
    table = cohort.generate(20_000, seed).table
    for name, value in changes.items():
        table[:, FIELDS.index(name)] = value
    encoded = trained.fitted.encode(estimators.top_coded(READMISSION, table))
    return float(trained.fitted.distribution.outliers(encoded).mean())


@pytest.mark.parametrize("seed", [101, 102, 103])
def test_false_alarms_on_the_same_population_stay_near_the_declared_share(trained: model.Trained, seed: int) -> None:
    assert flagged(trained, seed) <= 3 * distribution.FALSE_ALARMS


@pytest.mark.parametrize(
    "changes",
    [{"sodium_mmol_l": 100.0}, {"haemoglobin_g_dl": 24.0}, {"creatinine_mg_dl": 20.0}, {"admissions_12m": 40}],
)
def test_implausible_value_in_range_is_out_of_the_distribution(
    trained: model.Trained, changes: dict[str, float]
) -> None:
    assert flagged(trained, 104, **changes) > 0.99


def test_threshold_is_the_conformal_quantile_of_rows_not_used_for_the_covariance() -> None:
    random = np.random.Generator(np.random.PCG64(5))
    fitted = distribution.fit(random.normal(size=(50_000, 4)))
    # The squared distance of a standard normal row has the chi-squared distribution with four degrees of freedom.
    assert fitted.threshold == pytest.approx(18.47, rel=0.15)
    unseen = random.normal(size=(100_000, 4))
    assert float(fitted.outliers(unseen).mean()) == pytest.approx(distribution.FALSE_ALARMS, abs=0.0007)


def test_distribution_is_part_of_the_registered_bytes(trained: model.Trained, folder: Path) -> None:
    content, _ = artifacts.read(folder)
    loaded = estimators.loads(content, "model").distribution
    assert loaded.threshold == trained.fitted.distribution.threshold
    assert np.array_equal(loaded.precision, trained.fitted.distribution.precision)


def test_row_unlike_the_training_data_is_flagged_and_counted(folder: Path) -> None:
    server = ready(serve(folder, ENDPOINT_NAME="readmission-prod"))
    usual, unlike = server.score(encounter(), UNLIKE).document["predictions"]
    assert "out_of_distribution" not in usual
    assert unlike["out_of_distribution"] is True
    output = server.stop()
    assert '"OutOfDistribution": 1' in output
    assert '"Endpoint": "readmission-prod"' in output
    assert "96.0625" not in output


def test_row_unlike_the_training_data_is_refused_by_number_without_its_values(folder: Path) -> None:
    server = ready(serve(folder, GUARD_OUTLIERS="refuse"))
    assert server.score(encounter()).status == 200
    answer = server.score(encounter(), UNLIKE)
    assert answer.status == 422
    assert answer.document["error"]["problems"] == ["row 1: out_of_distribution"]
    server.stop()


def test_limits_and_rounding_of_the_running_server(folder: Path) -> None:
    server = ready(serve(folder, GUARD_ROWS_PER_MINUTE="5", GUARD_CALLERS="triage,wards", GUARD_DIGITS="2"))

    def status(caller: str, rows: int = 1) -> int:
        answer = server.score(*[encounter()] * rows, x_amzn_sagemaker_custom_attributes=f"caller={caller}")
        if answer.status == 429:
            assert answer.headers["retry-after"] == "60"
            assert "more than 5 encounters" in answer.document["error"]["problems"][0]
        else:
            assert all(p["risk"] == round(p["risk"], 2) for p in answer.document["predictions"])
        return answer.status

    assert status("triage", 5) == 200
    assert status("triage") == 429
    assert status("wards") == 200
    # New names have no limit of their own.
    assert [status(f"invented-{number}") for number in range(7)] == [200] * 5 + [429] * 2
    assert '"RateLimited": 3' in server.stop()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("GUARD_OUTLIERS", "drop", "GUARD_OUTLIERS is 'drop'; allowed: flag, refuse"),
        ("GUARD_DIGITS", "7", "GUARD_DIGITS is '7'; allowed: a whole number from 1 to 6"),
        ("GUARD_DIGITS", "", "GUARD_DIGITS is ''; allowed: a whole number from 1 to 6"),
        ("GUARD_ROWS_PER_MINUTE", "-1", "GUARD_ROWS_PER_MINUTE is '-1'; allowed: a whole number from 1"),
        ("GUARD_CALLERS", "triage,Ward 7", "GUARD_CALLERS has 'Ward 7'; allowed: 1 to 40 lower-case letters"),
        ("GUARD_CALLERS", "others", "GUARD_CALLERS has 'others'"),
    ],
)
def test_wrong_variable_is_named_with_what_is_allowed(name: str, value: str, message: str) -> None:
    with pytest.raises(GuardError) as error:
        Guard.from_environment({name: value})
    assert message in str(error.value)


def test_server_with_wrong_variable_exits_with_code_3(folder: Path) -> None:
    process = serve(folder, GUARD_OUTLIERS="drop").process
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 3
    assert "error: GUARD_OUTLIERS is 'drop'" in out
    assert "Traceback" not in out


@settings(deadline=None)
@given(requests=st.lists(st.tuples(st.sampled_from(["a", "b", "x", "y"]), st.integers(1, 6)), max_size=30))
def test_no_caller_is_admitted_for_more_rows_than_its_limit(requests: list[tuple[str, int]]) -> None:
    guard = Guard(rows_per_minute=10, callers=frozenset({"a", "b"}))
    admitted: dict[str, int] = dict.fromkeys(("a", "b", "others"), 0)
    for name, rows in requests:
        try:
            guard.admit(f"caller={name}", rows)
        except PayloadError:
            continue
        admitted[guard.caller(f"caller={name}")] += rows
    assert max(admitted.values()) <= 10
