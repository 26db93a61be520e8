"""Model definitions: fields, target, metrics, slices and decision rule of each model, declared as data."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final, Literal

from workloads.pipeline.errors import USAGE, StepError
from workloads.readmission import schema

Kind = Literal["classification", "regression"]
PATIENT: Final = "patient_key"
"""Column of the pseudonym; encounters of one patient share it."""
PATIENT_PATTERN: Final = r"^k[0-9]+:[0-9a-f]{32}$"
DATES: Final = ("admission_date",)
"""Columns of shifted dates, ISO 8601."""
ZIP3: Final = "zip3"
NOTE: Final = "note"
"""Column of redacted free text."""
CONTEXT: Final = (PATIENT, *DATES, ZIP3)
"""Columns of every de-identified file beside the model's fields, target and note."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """A field: a number with unit and range, or a category with its allowed values."""

    unit: str = ""
    minimum: float = 0.0
    maximum: float = 0.0
    whole: bool = False
    values: tuple[str, ...] = ()
    """Allowed values of a category; empty for a number."""
    input_maximum: float | None = None
    """Largest value in a request where it is above `maximum`, which then stands for all values from `maximum` on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """The declared decision: when a challenger replaces the champion."""

    metric: str
    """Primary metric."""
    higher_is_better: bool
    floor: float
    """Worst allowed value of the primary metric of any challenger, with or without a champion."""
    margin: float
    """The lower bound of the paired 95 % interval of the gain must be above this value."""
    slice_margin: float
    """Non-inferiority margin: on every slice the lower bound of the gain is above minus this value."""
    minimum_count: int
    """Encounters (and, for a classification, events and non-events divided by ten) that a slice needs to be judged."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Definition:
    """A model that the pipeline trains."""

    name: str
    version: str
    """Version of the definition; part of the lineage of every model package."""
    kind: Kind
    title: str
    intended_use: str
    fields: Mapping[str, Field]
    target: str
    target_field: Field
    metrics: tuple[str, ...]
    slices: Mapping[str, tuple[float, ...]]
    """Field -> upper limits of its groups for a number, or an empty tuple for each value of a category."""
    rule: Rule

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of a de-identified file, in order."""
        return (*CONTEXT, *self.fields, self.target, NOTE)

    @property
    def schema_hash(self) -> str:
        """SHA-256 of fields, target and columns: data of another schema is refused."""
        document = {
            "columns": self.columns,
            "fields": {name: asdict(field) for name, field in self.fields.items()},
            "target": asdict(self.target_field),
        }
        return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _fields() -> dict[str, Field]:
    numbers = {
        name: Field(unit=number.unit, minimum=number.least, maximum=number.most, whole=number.whole)
        for name, number in schema.NUMBERS.items()
    }
    # 45 CFR 164.514(b)(2)(i)(C): ages over 89 are one category, written as 90.
    numbers["age_years"] = Field(
        unit="years, 90 = 90 or more",
        minimum=18,
        maximum=90,
        whole=True,
        input_maximum=schema.NUMBERS["age_years"].most,
    )
    return numbers | {name: Field(values=tuple(field.values)) for name, field in schema.CATEGORIES.items()}


_SLICES: Final[Mapping[str, tuple[float, ...]]] = {"sex": (), "age_years": (45, 65, 80), "admission_type": ()}

READMISSION: Final = Definition(
    name="readmission",
    version="1",
    kind="classification",
    title="Unplanned readmission within 30 days",
    intended_use="Prioritise follow-up calls after discharge. Not for denying, delaying or ending care.",
    fields=_fields(),
    target=schema.TARGET,
    target_field=Field(unit="0 or 1", minimum=0, maximum=1, whole=True),
    metrics=("auroc", "auprc", "brier"),
    slices=_SLICES,
    rule=Rule(metric="auroc", higher_is_better=True, floor=0.6, margin=0.0, slice_margin=0.03, minimum_count=200),
)
LENGTH_OF_STAY: Final = Definition(
    name="length_of_stay",
    version="1",
    kind="regression",
    title="Length of stay in days, predicted at admission",
    intended_use="Plan beds and staff for the next days. Not for deciding when a patient is discharged.",
    fields={name: field for name, field in _fields().items() if name not in {"length_of_stay_days", "discharged_to"}},
    target="length_of_stay_days",
    target_field=Field(unit="days", minimum=1, maximum=180, whole=True),
    metrics=("mae", "rmse", "r2"),
    slices=_SLICES,
    rule=Rule(metric="mae", higher_is_better=False, floor=3.0, margin=0.0, slice_margin=0.1, minimum_count=200),
)
MODELS: Final[Mapping[str, Definition]] = {model.name: model for model in (READMISSION, LENGTH_OF_STAY)}


def definition(name: str) -> Definition:
    """The definition of a model.

    Raises:
        StepError: there is no such model.
    """
    try:
        return MODELS[name]
    except KeyError:
        raise StepError(
            f"There is no model {name!r}; allowed: {', '.join(sorted(MODELS))}.",
            action="Name one of the allowed models, or declare a model in workloads/pipeline/definitions.py.",
            code=USAGE,
        ) from None
