"""Synthetic patients of the drill: the usual ones, and those of another hospital, whose readmissions depend on more."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from workloads.pipeline import synthetic
from workloads.pipeline.definitions import READMISSION
from workloads.readmission.schema import CATEGORIES, INTERCEPT, NUMBERS

OLDER_YEARS: Final = 12
"""Years by which the patients of the other hospital are older."""
EFFECTS: Final[Mapping[str, float]] = {"creatinine_mg_dl": 1.4, "haemoglobin_g_dl": -0.5, "admissions_12m": 0.0}
"""Field -> change of the log-odds per unit in the other hospital, instead of the one in the schema."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Patient:
    """A request, and the outcome that is known weeks later."""

    fields: Mapping[str, Any]
    outcome: int


def patients(count: int, seed: int, *, changed: bool) -> Sequence[Patient]:
    """Draws encounters.

    Args:
        count: number of encounters.
        seed: of everything that is drawn.
        changed: whether they are of the other hospital.
    """
    return [_patient(row) for row in _rows(count, seed, changed=changed)]


def write_extract(file: Path, count: int, seed: int, *, changed: bool) -> None:
    """Writes identified encounters as the hospital's extract, the input of the retraining."""
    synthetic.write(_rows(count, seed, changed=changed), file)


def read_extract(file: Path) -> int:
    """The number of encounters of an extract."""
    with file.open(encoding="utf-8", newline="") as text:
        return sum(1 for _ in csv.DictReader(text))


def _rows(count: int, seed: int, *, changed: bool) -> list[dict[str, Any]]:
    rows = synthetic.encounters(READMISSION, count, seed)
    if not changed:
        return rows
    generator = np.random.Generator(np.random.PCG64([seed, 17]))
    for row in rows:
        row["age_years"] = f"{min(float(row['age_years']) + OLDER_YEARS, 100):g}"
        row[READMISSION.target] = str(int(generator.random() < _risk(row)))
    return rows


def _risk(row: Mapping[str, Any]) -> float:
    """Probability of a readmission in the other hospital."""
    odds = INTERCEPT
    for name, number in NUMBERS.items():
        odds += EFFECTS.get(name, number.effect) * (float(row[name]) - number.centre)
    for name, category in CATEGORIES.items():
        odds += category.values[row[name]][1]
    return float(1 / (1 + np.exp(-odds)))


def _patient(row: Mapping[str, Any]) -> Patient:
    fields = {name: row[name] if field.values else float(row[name]) for name, field in READMISSION.fields.items()}
    return Patient(fields=fields, outcome=int(row[READMISSION.target]))
