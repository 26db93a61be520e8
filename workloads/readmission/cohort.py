"""A synthetic cohort of encounters with planted statistics: seeded, the same wherever it is made."""

import argparse
import csv
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from workloads.readmission.schema import CATEGORIES, FIELDS, INTERCEPT, NUMBERS, TARGET, Number

ENCOUNTERS = 100_000
SEED = 20260101
_SKEWED = frozenset(
    {"length_of_stay_days", "admissions_12m", "emergency_visits_6m", "charlson_index", "creatinine_mg_dl"}
)
"""Fields whose distribution has a long tail to the right: gamma instead of normal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cohort:
    """Encounters and what became of them: `table` is (encounters, len(FIELDS)), `readmitted` 0 or 1 each."""

    table: np.ndarray[Any, Any]
    readmitted: np.ndarray[Any, Any]

    def __len__(self) -> int:
        return len(self.readmitted)

    @property
    def version(self) -> str:
        """SHA-256 of the values, hexadecimal."""
        content = json.dumps([self.table.tolist(), self.readmitted.tolist()]).encode()
        return hashlib.sha256(content).hexdigest()


def generate(encounters: int = ENCOUNTERS, seed: int = SEED) -> Cohort:
    """A cohort drawn from the distributions and effects of `schema`.

    Raises:
        ValueError: fewer than one encounter.
    """
    if encounters < 1:
        raise ValueError(f"encounters: {encounters} is not allowed; allowed: 1 or more")
    random = np.random.Generator(np.random.PCG64(seed))
    odds = np.full(encounters, INTERCEPT)
    columns: list[np.ndarray[Any, Any]] = []
    for name, number in NUMBERS.items():
        values = _numbers(random, number, encounters, skewed=name in _SKEWED)
        odds += number.effect * (values - number.centre)
        columns.append(values.astype(object))
    for category in CATEGORIES.values():
        names = list(category.values)
        shares = np.array([share for share, _ in category.values.values()])
        drawn = random.choice(len(names), size=encounters, p=shares)
        odds += np.array([effect for _, effect in category.values.values()])[drawn]
        columns.append(np.array(names, dtype=object)[drawn])
    readmitted = (random.random(encounters) < 1 / (1 + np.exp(-odds))).astype(int)
    return Cohort(table=np.column_stack(columns), readmitted=readmitted)


def _numbers(random: np.random.Generator, number: Number, encounters: int, *, skewed: bool) -> np.ndarray[Any, Any]:
    if skewed:
        shape = (number.mean / number.spread) ** 2
        values = random.gamma(shape, number.mean / shape, encounters)
    else:
        values = random.normal(number.mean, number.spread, encounters)
    values = np.clip(values, number.least, number.most)
    return np.rint(values) if number.whole else np.round(values, 2)


def write(cohort: Cohort, file: Path) -> None:
    """Writes a cohort as CSV with a header; the target is the last column."""
    with file.open("w", encoding="utf-8", newline="") as text:
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow([*FIELDS, TARGET])
        rows.writerows([*row, outcome] for row, outcome in zip(cohort.table.tolist(), cohort.readmitted, strict=True))


def read(file: Path) -> Cohort:
    """Reads a cohort from CSV with the header that `write` gives.

    Raises:
        ValueError: naming the file, and the column or line that is wrong; no value is repeated, it may be PHI.
    """
    with file.open(encoding="utf-8", newline="") as text:
        rows = csv.reader(text)
        header = next(rows, [])
        if header != [*FIELDS, TARGET]:
            columns = ", ".join([*FIELDS, TARGET])
            raise ValueError(f"{file}: the header must be {columns}")
        table: list[list[Any]] = []
        outcomes: list[int] = []
        for line, row in enumerate(rows, start=2):
            if len(row) != len(header):
                raise ValueError(f"{file}, line {line}: {len(row)} values, the header has {len(header)}")
            table.append(_row(row, f"{file}, line {line}"))
            if row[-1] not in ("0", "1"):
                raise ValueError(f"{file}, line {line}: {TARGET} must be 0 or 1")
            outcomes.append(int(row[-1]))
    if not table:
        raise ValueError(f"{file}: no encounters")
    return Cohort(table=np.array(table, dtype=object), readmitted=np.array(outcomes))


def _row(row: Sequence[str], where: str) -> list[Any]:
    values: list[Any] = []
    for name, text in zip(FIELDS, row, strict=False):
        if name in NUMBERS:
            number = NUMBERS[name]
            try:
                value = float(text)
            except ValueError:
                raise ValueError(f"{where}: {name} must be a number") from None
            if not number.least <= value <= number.most:
                raise ValueError(f"{where}: {name} must be from {number.least:g} to {number.most:g} {number.unit}")
            values.append(value)
        elif text not in CATEGORIES[name].values:
            raise ValueError(f"{where}: {name} must be one of {', '.join(CATEGORIES[name].values)}")
        else:
            values.append(text)
    return values


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m workloads.readmission.cohort FILE`: writes a synthetic cohort."""
    parser = argparse.ArgumentParser(prog="cohort", description="Write a synthetic cohort of encounters as CSV.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--encounters", type=int, default=ENCOUNTERS)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args(arguments)
    try:
        cohort = generate(options.encounters, options.seed)
        write(cohort, options.file)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{len(cohort)} encounters, {cohort.readmitted.mean():.1%} readmitted -> {options.file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
