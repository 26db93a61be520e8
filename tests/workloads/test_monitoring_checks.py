"""What the monitors detect, and what they must not: planted changes of data, seasons, and the tests themselves."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from tests.workloads.monitoring_data import baseline, data, fitted, predicted, records, rows
from workloads.monitoring import cbpe
from workloads.monitoring.judge import Judgement, judge_day, judge_week, plausible, usual_volume
from workloads.monitoring.performance import Labelled, fairness, joined, judged_slices, performance
from workloads.monitoring.shift import Check, auroc, holm, kolmogorov_smirnov, shares
from workloads.monitoring.window import Record, Window, window
from workloads.pipeline.definitions import READMISSION
from workloads.readmission.schema import FIELDS

NOBODY = Labelled(data=data(1, 3).selected(np.array([False])), outcome=np.array([]))
ALWAYS = 100


def kinds(judgement: Judgement) -> set[str]:
    return {check.kind for check in judgement.violated}


def fields(judgement: Judgement) -> set[str]:
    return {check.feature for check in judgement.violated}


def day(change: Any = None, *, count: int = 200, usual: float | None = ALWAYS) -> Judgement:
    return judge_day(READMISSION, baseline(), data(count, 31, change), usual)


def week(change: Any = None, *, count: int = 700, seed: int = 32) -> Judgement:
    drawn = plausible(READMISSION, data(count, seed, change))
    return judge_week(READMISSION, baseline(), drawn, NOBODY)


class TestQuality:
    def test_an_unchanged_day_has_no_violation(self) -> None:
        assert not day().violated

    def test_creatinine_in_micromoles_names_field_and_unit(self) -> None:
        judgement = day(lambda row: {**row, "creatinine_mg_dl": row["creatinine_mg_dl"] * 88.42})
        (violation,) = [check for check in judgement.violated if check.kind == "range"]
        assert violation.feature == "creatinine_mg_dl"
        assert "µmol/l" in violation.description
        assert "refused" in kinds(judgement), "the server refuses what is out of range"
        assert not judgement.retrain, "a model must not be trained on values of another unit"

    def test_unit_change_of_one_hospital_in_ten(self) -> None:
        drawn = records(300, 31)
        changed = [
            {**r.fields, "creatinine_mg_dl": r.fields["creatinine_mg_dl"] * 88.42} if i % 10 == 0 else r.fields
            for i, r in enumerate(drawn)
        ]
        risks = predicted(changed)
        mixed = [
            Record(fields=row, prediction=risk, identifier="", time="")
            for row, risk in zip(changed, risks, strict=True)
        ]
        judgement = judge_day(READMISSION, baseline(), window(READMISSION, mixed), None)
        assert fields(judgement) >= {"creatinine_mg_dl"}

    @pytest.mark.parametrize(
        ("field", "value", "kind"),
        [
            ("haemoglobin_g_dl", 12.0, "constant"),
            ("sodium_mmol_l", None, "missing"),
            ("age_years", "sixty", "type"),
            ("diagnosis_group", "psychiatric", "category"),
            ("sex", 1, "type"),
            ("age_years", 500, "range"),
        ],
    )
    def test_broken_feed_of_one_field(self, field: str, value: Any, kind: str) -> None:
        judgement = day(lambda row: {**row, field: value})
        assert (kind, field) in {(check.kind, check.feature) for check in judgement.violated}

    def test_field_of_another_schema(self) -> None:
        assert "unknown_field" in kinds(day(lambda row: {**row, "lactate_mmol_l": 1.2}))

    def test_volume(self) -> None:
        assert kinds(day(count=5, usual=200)) == {"volume"}
        assert not day(count=150, usual=200).violated
        nothing = judge_day(READMISSION, baseline(), data(1, 3).selected(np.array([False])), 200)
        assert kinds(nothing) == {"volume"}

    def test_usual_volume_is_the_median_of_days_with_records(self) -> None:
        stamps = [f"2026-02-{number:02d}T00:00:00Z" for number in range(1, 9) for _ in range(number)]
        history = window(READMISSION, [Record(fields={}, prediction=None, identifier="", time=time) for time in stamps])
        assert usual_volume(history, "2026-02-09T00:00:00Z") == pytest.approx(4.5)
        assert usual_volume(history, "2026-05-09T00:00:00Z") is None

    def test_ages_over_89_are_one_category(self) -> None:
        assert not day(lambda row: {**row, "age_years": 104 if row["age_years"] > 80 else row["age_years"]}).violated


class TestDrift:
    def test_unchanged_weeks_have_no_violation(self) -> None:
        assert [kinds(week(seed=seed)) for seed in range(40, 46)] == [set()] * 6

    def test_older_patients(self) -> None:
        judgement = week(lambda row: {**row, "age_years": min(90.0, row["age_years"] + 10)})
        assert "age_years" in fields(judgement)
        assert judgement.retrain

    def test_another_mix_of_discharges(self) -> None:
        judgement = week(lambda row: {**row, "discharged_to": "skilled_nursing"} if row["medications"] > 10 else row)
        assert "discharged_to" in fields(judgement)

    def test_dependence_alone_is_seen_jointly_only(self) -> None:
        drawn = data(2000, 33)
        columns = dict(drawn.columns)
        order = np.argsort(columns["sodium_mmol_l"])
        twisted = columns["haemoglobin_g_dl"].copy()
        twisted[order] = np.sort(twisted)  # the same values, in the order of sodium
        changed = Window(
            columns={**columns, "haemoglobin_g_dl": twisted},
            wrong_type=drawn.wrong_type,
            unknown_fields=0,
            prediction=drawn.prediction,
            identifiers=drawn.identifiers,
            times=drawn.times,
        )
        assert kinds(judge_week(READMISSION, baseline(), changed, NOBODY)) == {"joint_drift"}

    def test_season_does_not_alarm(self) -> None:
        def winter(row: dict[str, Any]) -> dict[str, Any]:
            respiratory = row["diagnosis_group"] == "other" and row["haemoglobin_g_dl"] < 11.6  # a third of them
            longer = row["length_of_stay_days"] + (row["age_years"] > 85)
            group = "respiratory" if respiratory else row["diagnosis_group"]
            return {**row, "diagnosis_group": group, "length_of_stay_days": longer}

        changed = [week(winter, seed=seed) for seed in range(50, 54)]
        effects = {check.feature: check.effect for check in changed[0].checks}
        assert effects["diagnosis_group"] > 0.03, "the season changes the data"
        assert [kinds(judgement) for judgement in changed] == [set()] * 4

    def test_prediction_drift(self) -> None:
        judgement = week(lambda row: {**row, "admissions_12m": row["admissions_12m"] + 2})
        assert "prediction_drift" in kinds(judgement)


class TestPerformanceWithoutOutcomes:
    @pytest.mark.parametrize("change", ["none", "older", "younger"])
    def test_estimate_agrees_with_the_outcomes_under_covariate_shift(self, change: str) -> None:
        """Simulation: many records whose outcomes are drawn from the planted relation; the shift selects patients."""
        drawn, outcomes = rows(60_000, 77)
        ages = np.array([row["age_years"] for row in drawn])
        keep = {"none": ages > 0, "older": ages > 70, "younger": ages < 50}[change]
        table = np.array([[row[name] for name in FIELDS] for row in drawn], dtype=object)[keep]
        outcome = np.array(outcomes)[keep]
        score = fitted().predict_proba(table)[:, 1]
        figures = baseline().figures
        probability = cbpe.calibrated(score, list(figures.calibration_scores), list(figures.calibration_rates))
        estimate = cbpe.estimated_auroc(score, probability)
        realized, error = auroc(outcome, score)
        assert estimate == pytest.approx(realized, abs=0.025 + 2 * error)
        assert np.mean(probability) == pytest.approx(outcome.mean(), abs=0.02)

    def test_estimate_of_perfectly_known_probabilities_is_exact(self) -> None:
        generator = np.random.Generator(np.random.PCG64(5))
        probability = generator.beta(2, 6, 200_000)
        outcome = (generator.random(200_000) < probability).astype(float)
        assert cbpe.estimated_auroc(probability, probability) == pytest.approx(
            auroc(outcome, probability)[0], abs=0.004
        )

    def test_estimated_fall_is_a_violation(self) -> None:
        """Everybody looks alike: a model that cannot separate patients any more."""
        judgement = week(lambda row: {**row, "admissions_12m": 1.0, "charlson_index": 2.0, "age_years": 60.0})
        assert "estimated_performance" in kinds(judgement)

    def test_calibration_is_monotone(self) -> None:
        generator = np.random.Generator(np.random.PCG64(6))
        score = generator.random(3000)
        scores, rates = cbpe.calibration(score, (generator.random(3000) < score**2).astype(float))
        assert rates == sorted(rates)
        assert float(cbpe.calibrated(np.array([0.5]), scores, rates)[0]) == pytest.approx(0.25, abs=0.05)


class TestPerformanceWithOutcomes:
    def labelled(self, count: int = 2500, seed: int = 60, *, flipped: float = 0.0) -> Labelled:
        drawn, (_, outcomes) = data(count, seed), rows(count, seed)
        generator = np.random.Generator(np.random.PCG64(1))
        exchanged = generator.permutation(outcomes)
        outcome = np.where(generator.random(count) < flipped, exchanged, outcomes)
        return Labelled(data=drawn, outcome=outcome)

    def violated(self, labelled: Labelled) -> set[str]:
        judgement = judge_week(READMISSION, baseline(), data(700, 61), labelled)
        return {f"{check.kind} {check.feature}" for check in judgement.violated}

    def test_unchanged(self) -> None:
        assert self.violated(self.labelled()) == set()

    def test_concept_drift(self) -> None:
        assert "performance auroc" in self.violated(self.labelled(flipped=0.7))

    def test_more_outcomes_than_predicted(self) -> None:
        labelled = self.labelled()
        generator = np.random.Generator(np.random.PCG64(2))
        more = Labelled(data=labelled.data, outcome=np.maximum(labelled.outcome, generator.random(2500) < 0.15))
        assert "performance calibration" in self.violated(more)

    def test_join_is_by_pseudonym_and_position(self) -> None:
        drawn = window(READMISSION, records(3, 62))
        known = {drawn.identifiers[1]: 1.0, "k1:unknown/0": 1.0}
        labelled = joined(drawn, known)
        assert list(labelled.data.identifiers) == [drawn.identifiers[1]]
        assert labelled.outcome.tolist() == [1.0]

    def test_a_slice_that_falls_behind(self) -> None:
        labelled = self.labelled(6000, 63)
        women = np.flatnonzero(labelled.data.columns["sex"] == "female")
        outcome = labelled.outcome.copy()
        lowest_first = women[np.argsort(labelled.data.prediction[women])]
        half = lowest_first[: len(women) // 2]
        outcome[half], outcome[lowest_first[len(half) :]] = np.linspace(0, 1, len(half)) < 0.3, 0.0
        violated = self.violated(Labelled(data=labelled.data, outcome=outcome))
        assert "fairness sex = female" in violated
        assert "fairness sex = male" not in violated

    def test_a_small_slice_has_no_figures(self) -> None:
        figures = baseline().figures
        labelled = self.labelled(1500, 64)
        checks, slices = fairness(READMISSION, labelled, baseline=figures.slice_gap, margin=0.1)
        small = next(row for row in slices if row["slice"] == "sex = unknown")
        assert small == {"slice": "sex = unknown", "judged": False}
        assert judged_slices(slices) == len(checks) > 0

    def test_too_few_outcomes_judge_nothing(self) -> None:
        assert performance(self.labelled(90), expected=0.7, drop=0.04, gap=0.03) == []


class TestStatistics:
    def check(self, p_value: float) -> Check:
        return Check(kind="range", feature="f", effect=0, margin=0, p_value=p_value, description="")

    def test_holm_is_stepwise(self) -> None:
        checks = [self.check(p_value) for p_value in (0.01, 0.02, 0.04, 0.9)]
        assert [check.p_value for check in holm(checks, 0.05)] == [0.01]
        assert [check.p_value for check in holm(checks[:3], 0.06)] == [0.01, 0.02, 0.04]
        assert holm([], 0.05) == []

    def test_a_change_at_the_margin_is_rarely_rejected(self) -> None:
        generator = np.random.Generator(np.random.PCG64(4))
        before = generator.normal(size=3000)
        rejected = sum(kolmogorov_smirnov(before, generator.normal(0.2, 1, 700), 0.08)[1] < 0.05 for _ in range(200))
        assert rejected <= 0.05 * 200, "the true distance is 0.08"
        assert kolmogorov_smirnov(before, generator.normal(0.6, 1, 700), 0.08)[1] < 1e-4

    def test_shares_name_the_value(self) -> None:
        before, after = np.array(["a"] * 500 + ["b"] * 500), np.array(["a"] * 300 + ["b"] * 100)
        effect, value, p_value = shares(before, after, ("a", "b"), 0.08)
        assert (round(effect, 2), value) == (0.25, "a")
        assert p_value < 1e-6
        assert shares(before[:10], after, ("a", "b"), 0.08) == (0.0, "", 1.0)

    def test_auroc_of_ties_is_a_half(self) -> None:
        area, error = auroc(np.array([0, 1, 0, 1]), np.array([1, 1, 1, 1]))
        assert area == pytest.approx(0.5)
        assert error > 0

    def test_every_description_is_free_of_single_values(self) -> None:
        judgement = week()
        described: Mapping[str, str] = {check.feature: check.description for check in judgement.checks}
        assert all("{" not in text and len(text) < 160 for text in described.values())
