"""Schema of an encounter: every field with unit, range and categories."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

VERSION: Final = "1"
"""Version of the schema; the server refuses an artifact with another version at start."""
TARGET: Final = "readmitted_30d"
"""0 or 1: an unplanned admission within 30 days of discharge (CMS's definition of the HRRP measure)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Number:
    """A measured or counted field. `effect` is the planted change of the log-odds a unit, `centre` where it is none."""

    unit: str
    least: float
    most: float
    mean: float
    spread: float
    """Standard deviation of the synthetic cohort, before it is cut to the range."""
    centre: float
    effect: float
    whole: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Category:
    """A coded field: value -> (share of the synthetic cohort, planted change of the log-odds)."""

    values: Mapping[str, tuple[float, float]]


NUMBERS: Final[Mapping[str, Number]] = {
    "age_years": Number(unit="years", least=18, most=110, mean=63, spread=17, centre=60, effect=0.012, whole=True),
    "length_of_stay_days": Number(unit="days", least=1, most=180, mean=5, spread=4, centre=5, effect=0.045, whole=True),
    "admissions_12m": Number(
        unit="admissions in the 12 months before",
        least=0,
        most=60,
        mean=1,
        spread=1.4,
        centre=0,
        effect=0.28,
        whole=True,
    ),
    "emergency_visits_6m": Number(
        unit="visits in the 6 months before", least=0, most=60, mean=1, spread=1.2, centre=0, effect=0.19, whole=True
    ),
    "charlson_index": Number(unit="points", least=0, most=37, mean=2.2, spread=2.1, centre=2, effect=0.13, whole=True),
    "medications": Number(unit="prescriptions", least=0, most=80, mean=8, spread=5, centre=8, effect=0.02, whole=True),
    "creatinine_mg_dl": Number(unit="mg/dL", least=0.1, most=25, mean=1.1, spread=0.5, centre=1.0, effect=0.18),
    "haemoglobin_g_dl": Number(unit="g/dL", least=2, most=25, mean=12.4, spread=2.0, centre=12.5, effect=-0.085),
    "sodium_mmol_l": Number(unit="mmol/L", least=95, most=190, mean=138, spread=4, centre=138, effect=-0.02),
}
"""Ranges are what a laboratory or a register can report at all; what lies outside is an error of the sender."""

CATEGORIES: Final[Mapping[str, Category]] = {
    "sex": Category(values={"female": (0.52, 0.0), "male": (0.47, 0.08), "unknown": (0.01, 0.0)}),
    "admission_type": Category(values={"elective": (0.31, 0.0), "urgent": (0.24, 0.18), "emergency": (0.45, 0.36)}),
    "diagnosis_group": Category(
        values={
            "circulatory": (0.27, 0.21),
            "respiratory": (0.15, 0.26),
            "digestive": (0.13, 0.06),
            "injury": (0.10, -0.10),
            "neoplasm": (0.07, 0.30),
            "endocrine": (0.06, 0.15),
            "other": (0.22, 0.0),
        }
    ),
    "discharged_to": Category(
        values={
            "home": (0.62, 0.0),
            "home_health": (0.17, 0.22),
            "skilled_nursing": (0.15, 0.33),
            "rehabilitation": (0.04, 0.12),
            "against_advice": (0.02, 0.75),
        }
    ),
}
INTERCEPT: Final = -2.75
"""Planted log-odds of a patient at every centre and in every reference category: about one in seven is readmitted."""

FIELDS: Final[Sequence[str]] = (*NUMBERS, *CATEGORIES)
"""In the order of the model's columns. LACE's four (length of stay, acuity, comorbidity, emergency visits: van
Walraven et al., CMAJ 2010) are among them. None identifies a person: 45 CFR 164.514(b)(2)."""


def typical() -> list[float | str]:
    """An encounter at every centre, in the first category of every field: what a server warms up and is tested with."""
    return [
        *(number.centre for number in NUMBERS.values()),
        *(next(iter(number.values)) for number in CATEGORIES.values()),
    ]
