"""Data quality of a period: schema, missing values, ranges, new categories, constant fields, and volume.

Each check tests a rate against the baseline's rate and a tolerance, exactly and one-sided: a few wrong values in a
small period are no violation, and many in a large one are.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from scipy import stats

from workloads.monitoring.baseline import Figures
from workloads.monitoring.shift import MINIMUM, Array, Check, excess_of_rate
from workloads.monitoring.window import ABSENT, Window
from workloads.pipeline.definitions import Definition, Field

TOLERANCE: Final = 0.01
"""Share of values by which a rate may exceed the baseline's."""
VOLUME: Final = 0.2
"""Share of the usual number of records below which a feed is broken."""
_MODAL_LIMIT: Final = 0.8
"""A field whose most frequent value has a larger share in the baseline is not tested for being constant."""
UNITS: Final[Sequence[tuple[str, float, str]]] = (
    ("creatinine_mg_dl", 88.42, "µmol/l"),
    ("haemoglobin_g_dl", 10.0, "g/l"),
    ("haemoglobin_g_dl", 0.6206, "mmol/l"),
)
"""Field, factor, and unit of a sender that has not converted: IFCC and SI conversion factors."""
_UNIT_RATIO: Final = 1.25


def checks(model: Definition, figures: Figures, reference: Window, data: Window, usual: float | None) -> list[Check]:
    """Checks of one period.

    Args:
        model: with ranges and allowed values.
        figures: rates of the baseline.
        reference: records of the baseline.
        data: records of the period.
        usual: usual number of records of such a period; None when it is not known yet.
    """
    column_checks: list[Check] = list(_volume(data, usual))
    if not len(data):
        return column_checks
    total = len(data)
    refused = int(np.isnan(data.prediction).sum())
    column_checks += [
        _rate("refused", "request", refused, total, figures.refused, "requests were refused"),
        _rate("unknown_field", "record", data.unknown_fields, total, 0.0, "records have a field of another schema"),
    ]
    for name, field in model.fields.items():
        column = data.columns[name]
        absent = column == ABSENT if field.values else np.isnan(column)
        wrong = data.wrong_type[name]
        missing = int(absent.sum()) - wrong
        outside = _outside(field, column[~absent])
        numeric = not field.values and outside.any()
        hint = _unit(name, reference.columns[name], column[~absent]) if numeric else ""
        kind = "category" if field.values else "range"
        meaning = "values are none of the allowed ones" if field.values else f"values are out of range{hint}"
        column_checks += [
            _rate("missing", name, missing, total, figures.missing[name], "values are missing"),
            _rate("type", name, wrong, total, 0.0, "values have another type"),
            _rate(kind, name, int(outside.sum()), total, 0.0, meaning),
        ]
        column_checks += _constant(name, column[~absent], figures.modal_share[name])
    return column_checks


def _rate(kind: str, feature: str, count: int, total: int, before: float, meaning: str) -> Check:
    return Check(
        kind=kind,
        feature=feature,
        effect=count / total - before,
        margin=TOLERANCE,
        p_value=excess_of_rate(count, total, min(1.0, before + TOLERANCE)),
        description=f"{feature}: {count / total:.1%} of {total} {meaning}; in the baseline {before:.1%}",
    )


def _outside(field: Field, present: Array) -> Array:
    if field.values:
        return ~np.logical_or.reduce([present == value for value in field.values])
    return (present < field.minimum) | (present > field.maximum)


def _unit(name: str, reference: Array, present: Array) -> str:
    """The unit that the values probably have, from the ratio of medians of implausible values."""
    if len(present) < MINIMUM:
        return ""
    impossible = present[present > np.nanmax(reference)]
    suspects = impossible if len(impossible) else present
    ratio = float(np.median(suspects) / np.nanmedian(reference))
    for field, factor, unit in UNITS:
        if field == name and factor / _UNIT_RATIO < ratio < factor * _UNIT_RATIO:
            return f", as if they were in {unit}"
    return ""


def _constant(name: str, present: Array, modal_share: float) -> Iterator[Check]:
    """A field that has one value only: a default that a broken feed sends."""
    if len(present) < MINIMUM or modal_share > _MODAL_LIMIT:
        return
    same = bool((present == present[0]).all())
    yield Check(
        kind="constant",
        feature=name,
        effect=1.0 - modal_share if same else 0.0,
        margin=0.0,
        p_value=float(modal_share ** (len(present) - 1)) if same else 1.0,
        description=f"{name}: all {len(present)} records have the same value",
    )


def _volume(data: Window, usual: float | None) -> Iterator[Check]:
    if usual is None or usual <= 0:
        return
    yield Check(
        kind="volume",
        feature="records",
        effect=1 - len(data) / usual,
        margin=1 - VOLUME,
        p_value=float(stats.poisson.cdf(len(data), VOLUME * usual)),
        description=f"{len(data)} records arrived; usual are {usual:.0f}",
    )
