"""Synthetic identified encounters of every model: nobody's data, with all 18 kinds of identifiers planted."""

import argparse
import csv
import datetime as dt
import hashlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from workloads.pipeline import pseudonyms
from workloads.pipeline.definitions import MODELS, NOTE, Definition, definition
from workloads.pipeline.errors import StepError
from workloads.pipeline.identifiers import TREATMENTS
from workloads.pipeline.invented_names import FAMILY, GIVEN
from workloads.readmission import cohort
from workloads.readmission.schema import FIELDS

TEMPLATES: Final = (
    "{name} was seen on rounds and tolerated a regular diet.",
    "Discussed the plan with {name}, who agrees. Call {phone} with results.",
    "Patient {name}, MRN {mrn}, admitted {date} with shortness of breath.",
    "Spoke to daughter {name} by telephone; she will arrange transport home.",
    "Follow up with Dr. {family} in two weeks. Continue metoprolol and lisinopril.",
    "Pain controlled. Wound clean and dry. Ambulating with walker.",
    "Lives at {street} with spouse {name}. Home oxygen was ordered.",
    "Sodium 138, creatinine 1.1, haemoglobin stable. No fever overnight.",
    "Consent signed by {name} on {date}. Contact {email} if needed.",
    "Physical Therapy evaluated and recommends Skilled Nursing Facility placement.",
    "Chest X-ray shows no acute disease. Blood cultures are negative at 48 hours.",
    "Per {name} the cough improved. Discharge today on Augmentin for five days.",
)
NOTES_SHARE: Final = 0.1
"""Share of encounters with a note."""
_STATES: Final = ("021", "100", "200", "303", "606", "770", "900", "981", "036")


def name(random: np.random.Generator, given_names: Sequence[str] = GIVEN, family: Sequence[str] = FAMILY) -> str:
    """An invented name."""
    return f"{given_names[int(random.integers(len(given_names)))]} {family[int(random.integers(len(family)))]}"


def facts(random: np.random.Generator) -> dict[str, str]:
    """Invented values for the templates' places, beside the name."""
    digits = random.integers(0, 10, 24)
    text = "".join(map(str, digits))
    day = dt.date(2024, 1, 1) + dt.timedelta(days=int(random.integers(0, 700)))
    family = FAMILY[random.integers(len(FAMILY))]
    return {
        "family": family,
        "mrn": text[:8],
        "phone": f"{2 + digits[8] % 8}{text[9:11]}-{2 + digits[11] % 8}{text[12:14]}-{text[14:18]}",
        "date": day.strftime(("%m/%d/%Y", "%Y-%m-%d", "%B %d, %Y")[digits[18] % 3]),
        "email": f"{family.lower()}{text[19:21]}@example.org",
        "street": f"{1 + int(text[21:24])} {FAMILY[(digits[0] * 10 + digits[1]) % len(FAMILY)]} Street",
    }


def encounters(model: Definition, count: int, seed: int, missing: int = 0) -> list[dict[str, Any]]:
    """Identified encounters of a model, two thirds as many patients as encounters.

    Args:
        model: whose fields and target are written.
        count: encounters.
        seed: of everything drawn.
        missing: 1-based number of patients at the end that are left out (0: none).
    """
    frame = cohort.generate(count, seed)
    random = np.random.Generator(np.random.PCG64([seed, 7]))
    columns: dict[str, Any] = {field: frame.table[:, at] for at, field in enumerate(FIELDS)}
    columns["readmitted_30d"] = frame.readmitted
    if model.name == "length_of_stay":
        columns["length_of_stay_days"] = _stays(random, columns, count)
    patients = max(count * 2 // 3 - missing, 1)
    owners = random.integers(0, patients, count)
    has_note = random.random(count) < NOTES_SHARE
    days = random.integers(0, 365, count)
    rows: list[dict[str, Any]] = []
    people = {int(owner): _person(int(owner), seed) for owner in np.unique(owners)}
    for at in range(count):
        person = people[int(owners[at])]
        admission = dt.date(2025, 1, 1) + dt.timedelta(days=int(days[at]))
        row: dict[str, Any] = {**person, "admission_date": admission.isoformat()}
        row["discharge_date"] = (admission + dt.timedelta(days=int(columns["length_of_stay_days"][at]))).isoformat()
        row["encounter_number"] = f"E{seed % 1000:03d}{at:08d}"
        for field in (*model.fields, model.target):
            value = columns[field][at]
            row[field] = f"{value:g}" if isinstance(value, float) else str(value)
        row[NOTE] = _note(random, str(person["patient_name"])) if has_note[at] else ""
        rows.append(row)
    return rows


def _stays(random: np.random.Generator, columns: Mapping[str, Any], count: int) -> np.ndarray[Any, Any]:
    rate = np.full(count, 1.35)
    rate += 0.06 * (columns["charlson_index"].astype(float) - 2) + 0.004 * (columns["age_years"].astype(float) - 60)
    rate += np.where(columns["admission_type"] == "emergency", 0.3, 0.0)
    rate += 0.08 * (columns["creatinine_mg_dl"].astype(float) - 1) - 0.03 * (
        columns["haemoglobin_g_dl"].astype(float) - 12
    )
    return np.clip(random.poisson(np.exp(np.clip(rate, -2, 4))), 1, 180)


def _person(owner: int, seed: int) -> dict[str, str]:
    random = np.random.Generator(np.random.PCG64([seed % 2**32, 11, owner]))
    drawn = facts(random)
    number = f"{owner:07d}"
    area = _STATES[int(random.integers(len(_STATES)))]
    person = dict.fromkeys(TREATMENTS, "")
    person.pop("age_years")
    return person | {
        "mrn": f"M{number}",
        "patient_name": name(random),
        "relative_name": name(random),
        "street": drawn["street"],
        "city": "Springfield",
        "county": "Example County",
        "zip": f"{area}{int(random.integers(100)):02d}",
        "birth_date": f"19{int(random.integers(30, 99)):02d}-0{1 + owner % 9}-1{owner % 10}",
        "phone": drawn["phone"],
        "fax": drawn["phone"],
        "email": drawn["email"],
        "ssn": f"{100 + owner % 500:03d}-{1 + owner % 98:02d}-{1 + owner % 9998:04d}",
        "mbi": "1EG4-TE5-MK73",
        "member_number": f"HP{number}",
        "account_number": f"AC{number}",
        "license_number": f"L{number}",
        "vehicle_plate": f"XYZ{owner % 1000:03d}",
        "device_serial": f"SN{number}",
        "url": f"https://portal.example.org/{number}",
        "ip_address": f"192.0.2.{owner % 256}",
        "fingerprint": f"fp-{number}",
        "photo": f"photos/{number}.jpg",
        "study_code": f"ST-{number}",
    }


def _note(random: np.random.Generator, patient: str) -> str:
    template = TEMPLATES[random.integers(len(TEMPLATES))]
    return template.format(name=patient, **facts(random))


def write(rows: Sequence[Mapping[str, Any]], file: Path) -> None:
    """Writes encounters as CSV."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m workloads.pipeline.synthetic MODEL FILE`: writes identified synthetic encounters."""
    parser = argparse.ArgumentParser(prog="synthetic", description="Write identified synthetic encounters as CSV.")
    parser.add_argument("model", help=f"one of {', '.join(sorted(MODELS))}")
    parser.add_argument("file", type=Path)
    parser.add_argument("--encounters", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=cohort.SEED)
    parser.add_argument("--keys", type=Path, help="also write a key file, for synthetic data only")
    options = parser.parse_args(arguments)
    try:
        rows = encounters(definition(options.model), options.encounters, options.seed)
        write(rows, options.file)
        if options.keys is not None:
            secret = hashlib.sha256(f"synthetic {options.seed}".encode()).digest()
            options.keys.write_text(pseudonyms.document({"k1": secret}), encoding="utf-8")
    except (OSError, ValueError, StepError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{len(rows)} encounters -> {options.file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
