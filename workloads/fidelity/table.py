"""Rows of a CSV file as columns: numbers and categories, and both as points with comparable distances."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

Array = np.ndarray[Any, Any]
DISTINCT: Final = 10
"""A column of numbers with at most so many values is a category, such as 0 and 1."""
MINIMUM_ROWS: Final = 50
BINS: Final = 5
"""Groups of equal size that numbers are divided into where two columns are compared."""


class TableError(ValueError):
    """A file cannot be judged. The message names file and column, and never repeats a value."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A data set."""

    rows: Sequence[tuple[str, ...]]
    """Values as written, in the order of `names`."""
    names: Sequence[str]
    identifiers: Mapping[str, frozenset[str]]
    """Column that identifies a person -> its values; no part of `rows`."""

    def column(self, name: str) -> list[str]:
        """The values of a column."""
        at = list(self.names).index(name)
        return [row[at] for row in self.rows]

    def sample(self, count: int, seed: int) -> "Table":
        """At most `count` rows, drawn without replacement."""
        if len(self.rows) <= count:
            return self
        chosen = np.random.Generator(np.random.PCG64(seed)).choice(len(self.rows), count, replace=False)
        return Table(rows=[self.rows[at] for at in chosen], names=self.names, identifiers=self.identifiers)


def read(file: Path, identifiers: Sequence[str]) -> Table:
    """Reads a CSV file with a header.

    Args:
        file: the file.
        identifiers: columns that identify a person; they are compared for equality only.

    Raises:
        TableError: no rows, or rows of another length than the header, or an identifier that is no column.
    """
    with file.open(encoding="utf-8", newline="") as text:
        reader = csv.reader(text)
        header = next(reader, [])
        rows = list(reader)
    unknown = [name for name in identifiers if name not in header]
    if unknown:
        raise TableError(f"{file}: no column {unknown[0]!r}; columns: {', '.join(header) or 'none'}")
    wrong = next((number for number, row in enumerate(rows, start=2) if len(row) != len(header)), None)
    if wrong is not None:
        raise TableError(
            f"{file}, line {wrong}: the header has {len(header)} columns, the line has {len(rows[wrong - 2])}"
        )
    if len(rows) < MINIMUM_ROWS:
        raise TableError(f"{file}: {len(rows)} rows; at least {MINIMUM_ROWS} are needed")
    kept = [at for at, name in enumerate(header) if name not in identifiers]
    return Table(
        rows=[tuple(row[at] for at in kept) for row in rows],
        names=[header[at] for at in kept],
        identifiers={name: frozenset(row[header.index(name)] for row in rows) for name in identifiers},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Encoding:
    """How columns become numbers: learnt from the real rows, the same for all tables."""

    numeric: Mapping[str, tuple[float, float, Array]]
    """Column of numbers -> mean, standard deviation, limits of its groups."""
    categories: Mapping[str, Sequence[str]]
    """Column of categories -> its values."""

    @classmethod
    def of(cls, table: Table) -> "Encoding":
        """The encoding of real rows."""
        numeric: dict[str, tuple[float, float, Array]] = {}
        categories: dict[str, Sequence[str]] = {}
        for name in table.names:
            values = numbers(table.column(name))
            if values is None or len(np.unique(values)) <= DISTINCT:
                categories[name] = sorted(set(table.column(name)))
            else:
                limits = np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1)[1:-1]))
                numeric[name] = (float(values.mean()), float(values.std()) or 1.0, limits)
        return cls(numeric=numeric, categories=categories)

    def require(self, table: Table, file: Path) -> None:
        """Checks that another table has the same columns, and numbers where the real rows have numbers.

        Raises:
            TableError: naming file and column.
        """
        expected = [*self.numeric, *self.categories]
        if set(table.names) != set(expected):
            different = sorted(set(table.names) ^ set(expected))
            raise TableError(f"{file}: the columns differ from those of the reference: {', '.join(different)}")
        for name in self.numeric:
            if numbers(table.column(name)) is None:
                raise TableError(f"{file}: the column {name!r} has values that are no numbers")

    def points(self, table: Table, *, without: Sequence[str] = ()) -> Array:
        """Rows as points: numbers in standard deviations, a category as one coordinate per value."""
        columns: list[Array] = []
        for name, (mean, deviation, _) in self.numeric.items():
            if name not in without:
                columns.append((_required(table.column(name)) - mean) / deviation)
        for name, values in self.categories.items():
            if name not in without:
                column = np.array(table.column(name), dtype=object)
                # Two rows of different categories are a standard deviation apart.
                columns += [(column == value) / np.sqrt(2) for value in values]
        return np.column_stack(columns).astype(float)

    def groups(self, table: Table, name: str) -> Array:
        """A column as numbers of groups; a category that the real rows lack is a group of its own."""
        if name in self.numeric:
            return np.digitize(_required(table.column(name)), self.numeric[name][2])
        places = {value: at for at, value in enumerate(self.categories[name])}
        return np.array([places.get(value, len(places)) for value in table.column(name)])


def numbers(values: Sequence[str]) -> Array | None:
    """Texts as numbers; None if one is none."""
    try:
        converted = np.array([float(value) for value in values])
    except ValueError:
        return None
    return converted if np.isfinite(converted).all() else None


def _required(values: Sequence[str]) -> Array:
    converted = numbers(values)
    assert converted is not None, "`require` refuses other tables"
    return converted
