"""False alarms, detection rate and delay of the monitors, over simulated quarters of one model.

Each simulated quarter has 100 captured encounters per day, outcomes that arrive after 30 days, a check of data quality
per day and a check of drift, performance and fairness per week, with the limits that are deployed. Seasons change the
shares of diagnoses and admission types, the length of stay and the emergency visits; the baseline covers a year.
"""

import argparse
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from workloads.monitoring.baseline import Baseline, make
from workloads.monitoring.judge import ALPHA, judge_day, judge_week, plausible
from workloads.monitoring.performance import Labelled
from workloads.monitoring.shift import Array
from workloads.monitoring.window import Window
from workloads.pipeline.definitions import READMISSION
from workloads.readmission import cohort, model
from workloads.readmission.schema import CATEGORIES, FIELDS, INTERCEPT, NUMBERS

PER_DAY = 100
DAYS = 91
CHANGE_DAY = 28
LABEL_DAYS = 30
LABELLED_DAYS = 60
SKEWED = {"length_of_stay_days", "admissions_12m", "emergency_visits_6m", "charlson_index", "creatinine_mg_dl"}


@dataclass(frozen=True, kw_only=True)
class Population:
    """What encounters are drawn from: shifts of means, factors of shares, and the relation to the outcome."""

    added: Mapping[str, float]
    shares: Mapping[str, float]
    """`field=value` -> added share, taken from the other values in proportion."""
    intercept: float = 0.0
    effects: Mapping[str, float] | None = None
    """Field -> effect in place of the schema's."""


STABLE = Population(added={}, shares={})


def season(day: float, *, on: bool) -> Population:
    if not on:
        return STABLE
    winter = float(np.cos(2 * np.pi * day / 365))
    return Population(
        added={"length_of_stay_days": 0.4 * winter, "emergency_visits_6m": 0.1 * winter},
        shares={"diagnosis_group=respiratory": 0.05 * winter, "admission_type=emergency": 0.05 * winter},
    )


def with_season(population: Population, day: float, *, on: bool) -> Population:
    other = season(day, on=on)
    added = {n: population.added.get(n, 0) + other.added.get(n, 0) for n in {*population.added, *other.added}}
    return replace(population, added=added, shares={**other.shares, **population.shares})


def draw(random: np.random.Generator, count: int, population: Population) -> tuple[dict[str, Array], Array]:
    odds = np.full(count, INTERCEPT + population.intercept)
    columns: dict[str, Array] = {}
    for name, number in NUMBERS.items():
        mean = number.mean + population.added.get(name, 0.0)
        if name in SKEWED:
            shape = (number.mean / number.spread) ** 2
            values = random.gamma(shape, mean / shape, count)
        else:
            values = random.normal(mean, number.spread, count)
        values = np.clip(values, number.least, 90 if name == "age_years" else number.most)
        columns[name] = np.rint(values) if number.whole else np.round(values, 2)
        effect = (population.effects or {}).get(name, number.effect)
        odds += effect * (columns[name] - number.centre)
    for name, category in CATEGORIES.items():
        shares = np.array([share for share, _ in category.values.values()])
        for index, value in enumerate(category.values):
            extra = population.shares.get(f"{name}={value}", 0.0)
            if extra:
                shares = shares * (1 - (shares[index] + extra)) / (1 - shares[index])
                shares[index] = 1 - (shares.sum() - shares[index])
        drawn = random.choice(len(shares), size=count, p=shares / shares.sum())
        odds += np.array([effect for _, effect in category.values.values()])[drawn]
        columns[name] = np.array(list(category.values), dtype=object)[drawn]
    return columns, (random.random(count) < 1 / (1 + np.exp(-odds))).astype(float)


SICKER = Population(
    added={"age_years": 9, "charlson_index": 1.2, "creatinine_mg_dl": 0.3, "length_of_stay_days": 2},
    shares={"discharged_to=skilled_nursing": 0.25, "admission_type=emergency": 0.3},
)
CHANGES: Mapping[str, Population] = {
    "covariate drift": Population(added={"age_years": 10, "charlson_index": 1.0}, shares={}),
    "new category mix": Population(added={}, shares={"discharged_to=skilled_nursing": 0.25}),
    "concept drift": Population(added={}, shares={}, intercept=1.0, effects={"admissions_12m": 0.05}),
}
OTHER = ("label drift", "unit change", "broken feed", "missing values", "lost feed", "new hospital")


def day_of(random: np.random.Generator, kind: str, day: int, start: float, *, seasonal: bool) -> tuple[Any, Array]:
    changed = day >= CHANGE_DAY
    population = CHANGES.get(kind, STABLE) if changed else STABLE
    count = int(random.poisson(PER_DAY * (0.05 if kind == "lost feed" and changed else 1)))
    here = with_season(population, start + day, on=seasonal)
    columns, outcome = draw(random, count * (4 if kind == "label drift" else 1), here)
    if kind == "label drift":
        odds = 2.0 if changed else 1.0
        weight = np.where(outcome == 1, odds, 1.0)
        kept = random.choice(len(outcome), size=count, p=weight / weight.sum())
        columns, outcome = {name: column[kept] for name, column in columns.items()}, outcome[kept]
    if kind == "new hospital" and changed:
        other, other_outcome = draw(random, count, SICKER)
        mask = random.random(count) < 0.4  # its share of the encounters
        columns = {name: np.where(mask, other[name], column) for name, column in columns.items()}
        outcome = np.where(mask, other_outcome, outcome)
    if kind == "unit change" and changed:
        mask = random.random(count) < 1 / 3  # one hospital of three sends µmol/l
        columns["creatinine_mg_dl"] = np.where(mask, 1, 1 / 88.42) * columns["creatinine_mg_dl"] * 88.42
    if kind == "broken feed" and changed:
        columns["haemoglobin_g_dl"] = np.full(count, 12.0)
    if kind == "missing values" and changed:
        columns["sodium_mmol_l"] = np.where(random.random(count) < 0.05, np.nan, columns["sodium_mmol_l"])
    return columns, outcome


@cache
def fitted() -> Any:
    return model.train(cohort.generate(30_000, 11), 11).fitted.pipeline


@cache
def baselines(seasonal: bool) -> Baseline:
    random = np.random.Generator(np.random.PCG64(17))
    parts = [draw(random, 14, season(day, on=seasonal)) for day in range(365)]
    columns = {name: np.concatenate([part[name] for part, _ in parts]) for name in FIELDS}
    mixed = random.permutation(14 * 365)[:5000]
    reference = window({name: column[mixed] for name, column in columns.items()})
    return make(READMISSION, "1", reference, np.concatenate([outcome for _, outcome in parts])[mixed])


def window(columns: Mapping[str, Array]) -> Window:
    """Records as a monitor reads them; what the server refuses has no prediction."""
    count = len(columns["sex"])
    table = np.column_stack([columns[name].astype(object) for name in FIELDS])
    valid = np.ones(count, dtype=bool)
    for name, number in NUMBERS.items():
        valid &= (columns[name] >= number.least) & (columns[name] <= number.most)
    prediction = np.full(count, np.nan)
    if valid.any():
        prediction[valid] = fitted().predict_proba(table[valid])[:, 1]
    return Window(
        columns=columns,
        wrong_type=dict.fromkeys(FIELDS, 0),
        unknown_fields=0,
        prediction=prediction,
        identifiers=[""] * count,
        times=[""] * count,
    )


def quarter(task: tuple[str, int, bool]) -> tuple[str, list[tuple[int, str]], int]:
    """Alarms of one quarter, as day and kind; and the months of the quarter with an alarm."""
    kind, seed, seasonal = task
    random = np.random.Generator(np.random.PCG64(seed))
    start = float(random.integers(0, 365))
    days = [day_of(random, kind, day, start, seasonal=seasonal) for day in range(-LABELLED_DAYS, DAYS)]
    lengths = np.array([len(outcome) for _, outcome in days])
    whole = window({name: np.concatenate([columns[name] for columns, _ in days]) for name in FIELDS})
    outcomes = np.concatenate([outcome for _, outcome in days])
    of_day = np.repeat(np.arange(-LABELLED_DAYS, DAYS), lengths)
    baseline = baselines(seasonal)
    alarms: list[tuple[int, str]] = []
    for day in range(DAYS):
        usual = float(np.median(lengths[max(0, day + LABELLED_DAYS - 28) : day + LABELLED_DAYS]))
        judged = judge_day(READMISSION, baseline, whole.selected(of_day == day), usual)
        alarms += [(day, check.kind) for check in judged.violated]
        if day % 7 == 6:
            week = plausible(READMISSION, whole.selected((of_day > day - 7) & (of_day <= day)))
            known = (of_day > day - LABELLED_DAYS) & (of_day <= day - LABEL_DAYS) & ~np.isnan(whole.prediction)
            labelled = Labelled(data=whole.selected(known), outcome=outcomes[known])
            judged = judge_week(READMISSION, baseline, week, labelled)
            alarms += [(day, check.kind) for check in judged.violated]
    return kind, alarms, len({min(day // 30, 2) for day, _ in alarms})


def report_false(results: Sequence[tuple[str, list[tuple[int, str]], int]], name: str) -> None:
    months = 3 * len(results)
    alarmed = sum(count for _, _, count in results)
    kinds: dict[str, int] = {}
    for _, alarms, _ in results:
        for kind in {kind for _, kind in alarms}:
            kinds[kind] = kinds.get(kind, 0) + 1
    error = 1.96 * np.sqrt(max(alarmed, 1)) / months
    print(
        f"{name:26s} {len(results)} quarters: {alarmed} of {months} months with a false alarm = "
        f"{alarmed / months:.2%} (± {error:.2%}); goal: at most {ALPHA:.0%}. Kinds: {kinds or 'none'}"
    )


def report_detected(results: Sequence[tuple[str, list[tuple[int, str]], int]], name: str) -> None:
    delays: list[int] = []
    first: dict[str, int] = {}
    before = 0
    for _, alarms, _ in results:
        before += any(day < CHANGE_DAY for day, _ in alarms)
        after = [(day - CHANGE_DAY + 1, kind) for day, kind in alarms if day >= CHANGE_DAY]
        if after:
            delay = min(day for day, _ in after)
            delays.append(delay)
            for kind in {kind for day, kind in after if day == delay}:
                first[kind] = first.get(kind, 0) + 1
    delay = f"delay median {np.median(delays):.0f}, 90 % {np.percentile(delays, 90):.0f} days" if delays else "no delay"
    print(f"{name:26s} detected in {len(delays)} of {len(results)} quarters, {delay}; by {first}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quarters", type=int, default=500, help="without a change; half of them with seasons")
    parser.add_argument("--planted", type=int, default=30, help="quarters per planted kind")
    options = parser.parse_args()
    half = options.quarters // 2
    kinds = (*CHANGES, *OTHER)
    tasks = [("none", seed, False) for seed in range(half)]
    tasks += [("none", 10_000 + seed, True) for seed in range(options.quarters - half)]
    tasks += [(kind, 20_000 + 1000 * i + seed, True) for i, kind in enumerate(kinds) for seed in range(options.planted)]
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with ProcessPoolExecutor(2) as pool:
        results = list(pool.map(quarter, tasks, chunksize=10))
    report_false(results[:half], "no change")
    report_false(results[half : options.quarters], "seasons only")
    report_false(results[: options.quarters], "together")
    for index, kind in enumerate(kinds):
        begin = options.quarters + index * options.planted
        report_detected(results[begin : begin + options.planted], kind)


if __name__ == "__main__":
    main()
