"""The 18 identifiers of 45 CFR 164.514(b)(2)(i)(A) to (R): columns of the raw data and the rule of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Treatment = Literal["drop", "pseudonym", "shift", "zip3", "age"]
"""Treatment of a column: removed, replaced by a keyed pseudonym, shifted, cut to three digits, or capped at 90."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Identifier:
    """An identifier of the rule."""

    letter: str
    """Paragraph of 45 CFR 164.514(b)(2)(i)."""
    title: str
    columns: Mapping[str, Treatment]
    """Raw column -> treatment."""


def _dropped(letter: str, title: str, *columns: str) -> Identifier:
    return Identifier(letter=letter, title=title, columns=dict.fromkeys(columns, "drop"))


IDENTIFIERS: Final = (
    _dropped("A", "Names", "patient_name", "relative_name"),
    Identifier(
        letter="B",
        title="Geographic subdivisions smaller than a state",
        columns={"street": "drop", "city": "drop", "county": "drop", "zip": "zip3"},
    ),
    Identifier(
        letter="C",
        title="Elements of dates, and ages over 89",
        columns={
            "birth_date": "drop",
            "death_date": "drop",
            "admission_date": "shift",
            "discharge_date": "drop",
            "age_years": "age",
        },
    ),
    _dropped("D", "Telephone numbers", "phone"),
    _dropped("E", "Fax numbers", "fax"),
    _dropped("F", "Electronic mail addresses", "email"),
    _dropped("G", "Social security numbers", "ssn"),
    Identifier(letter="H", title="Medical record numbers", columns={"mrn": "pseudonym"}),
    _dropped("I", "Health plan beneficiary numbers", "mbi", "member_number"),
    _dropped("J", "Account numbers", "account_number"),
    _dropped("K", "Certificate and license numbers", "license_number", "dea_number"),
    _dropped("L", "Vehicle identifiers and license plates", "vehicle_plate"),
    _dropped("M", "Device identifiers and serial numbers", "device_serial"),
    _dropped("N", "Web addresses (URLs)", "url"),
    _dropped("O", "IP addresses", "ip_address"),
    _dropped("P", "Biometric identifiers", "fingerprint"),
    _dropped("Q", "Full-face photographs", "photo"),
    _dropped("R", "Any other unique identifying number, characteristic or code", "study_code", "encounter_number"),
)
TREATMENTS: Final[Mapping[str, Treatment]] = {
    column: treatment for identifier in IDENTIFIERS for column, treatment in identifier.columns.items()
}
"""Raw column -> treatment, over all identifiers."""

OLDEST_AGE: Final = 90
"""Ages over 89 are written as this number: "90 or older"."""

SPARSE_ZIP3: Final = frozenset(
    [
        "036",
        "059",
        "063",
        "102",
        "203",
        "556",
        "692",
        "790",
        "821",
        "823",
        "830",
        "831",
        "878",
        "879",
        "884",
        "890",
        "893",
    ]
)
"""Three-digit ZIP areas of 20,000 inhabitants or fewer.

Source: HHS Office for Civil Rights, "Guidance Regarding Methods for De-identification of Protected Health Information",
26 November 2012, from the 2000 Census. The Census Bureau's newest figures decide (164.514(b)(2)(i)(B)): check this list
when a decennial census is published."""
SPARSE_ZIP3_DATE: Final = "2012-11-26"


def zip3(code: str) -> str:
    """Three digits of a ZIP code, `000` for a sparse area and for whatever is not a ZIP code."""
    digits = code.strip()[:3]
    return digits if len(digits) == 3 and digits.isascii() and digits.isdigit() and digits not in SPARSE_ZIP3 else "000"  # noqa: PLR2004
