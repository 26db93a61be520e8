"""De-identifies encounters by the table of the 18 identifiers, and reports the risk that remains.

Pseudonyms and shifted dates are derived from the patient's record: the release rests on an expert determination
(45 CFR 164.514(b)(1)) whose rules are those of (b)(2)(i), and the manifest says so.
"""

import sys
from pathlib import Path
from typing import Any, Final

import pandas as pd

from workloads.pipeline import identifiers, pseudonyms, versions
from workloads.pipeline.definitions import NOTE, PATIENT, ZIP3, Definition
from workloads.pipeline.errors import StepError
from workloads.pipeline.plan import Job
from workloads.pipeline.steps import command, frames
from workloads.pipeline.steps.recognizers import Recognizers

FILE: Final = "encounters.csv"
QUASI_IDENTIFIERS: Final = ("age_years", "sex", ZIP3)
BASIS: Final = (
    "Rules of 45 CFR 164.514(b)(2)(i); keyed pseudonyms and shifted dates need an expert determination, (b)(1)."
)


def run(model: Definition, job: Job) -> dict[str, Any]:
    """Writes `encounters.csv`, its manifest and `residual_risk.json`.

    Raises:
        StepError: a column is missing, unknown or malformed.
    """
    raw = frames.read(frames.source(job.inputs["raw"]))
    ring = pseudonyms.read(job.inputs["keys"])
    frame = deidentified(raw, model, ring, job.inputs["names_model"])
    frames.write(frame, job.output / FILE)
    risk = residual_risk(frame)
    job.write("residual_risk.json", risk)
    notes = {
        "basis": BASIS,
        "key_id": ring.current,
        "sparse_zip3_list": identifiers.SPARSE_ZIP3_DATE,
        "residual_risk": risk,
    }
    version = versions.describe(job.output, [FILE], model=model.name, schema_hash=model.schema_hash, notes=notes)
    (job.output / versions.MANIFEST).write_text(version.text(), encoding="utf-8")
    return {"rows": len(frame), "version": version.identifier, **risk}


def deidentified(raw: pd.DataFrame, model: Definition, ring: pseudonyms.Keyring, names_model: Path) -> pd.DataFrame:
    """The columns of the model's definition, from raw columns. A column that is in neither table is refused."""
    frames.require(raw, ["mrn", "zip", "admission_date", *model.fields, model.target, NOTE], "The raw data")
    allowed = {*identifiers.TREATMENTS, *model.fields, model.target, NOTE}
    unknown = [column for column in raw.columns if column not in allowed]
    if unknown:
        raise StepError(
            f"The raw data has {len(unknown)} column(s) that no rule covers, the first at position "
            f"{list(raw.columns).index(unknown[0]) + 1}.",
            action="Remove the column, or give it a rule in workloads/pipeline/identifiers.py.",
        )
    records = raw["mrn"].astype(str)
    if (records.str.strip() == "").any():
        raise StepError(
            f"{int((records.str.strip() == '').sum())} row(s) have no medical record number.",
            action="Export the data again: without it encounters of one patient cannot be joined or split.",
        )
    unique = records.unique()
    pseudonym = {record: ring.pseudonym(record) for record in unique}
    shift = {record: ring.shift(record) for record in unique}
    columns: dict[str, Any] = {PATIENT: records.map(pseudonym)}
    dates = pd.to_datetime(raw["admission_date"], format="%Y-%m-%d", errors="coerce")
    if dates.isna().any():
        raise StepError(
            f"{int(dates.isna().sum())} value(s) of admission_date are not dates of the form YYYY-MM-DD, the first in "
            f"row {int(dates.isna().to_numpy().argmax()) + 2}.",
            action="Correct the extract.",
        )
    columns["admission_date"] = (dates + pd.to_timedelta(records.map(shift), unit="D")).dt.strftime("%Y-%m-%d")
    zips = {code: identifiers.zip3(code) for code in raw["zip"].unique()}
    columns[ZIP3] = raw["zip"].map(zips)
    for name in (*model.fields, model.target):
        columns[name] = raw[name]
    if "age_years" in columns:
        ages = pd.to_numeric(raw["age_years"], errors="coerce")
        columns["age_years"] = raw["age_years"].mask(ages >= identifiers.OLDEST_AGE, str(identifiers.OLDEST_AGE))
    notes = raw[NOTE].astype(str)
    written = notes[notes != ""]
    columns[NOTE] = notes
    frame = pd.DataFrame(columns)[list(model.columns)]
    if len(written):
        frame.loc[written.index, NOTE] = Recognizers(names_model).redact(list(written), _own_names(raw, written))
    return frame


def _own_names(raw: pd.DataFrame, notes: pd.Series) -> list[list[str]]:
    """Full names and their words (longer than two letters) of each note's patient and relative."""
    names: list[set[str]] = [set() for _ in range(len(notes))]
    for column in ("patient_name", "relative_name"):
        if column in raw.columns:
            for own, full in zip(names, raw.loc[notes.index, column].astype(str), strict=True):
                own.update(part for part in (full, *full.split()) if len(part) > 2)  # noqa: PLR2004 - no initials
    return [sorted(own) for own in names]


def residual_risk(frame: pd.DataFrame) -> dict[str, Any]:
    """k-anonymity over age, sex and three-digit ZIP, per patient."""
    present = [column for column in QUASI_IDENTIFIERS if column in frame.columns]
    patients = frame.drop_duplicates(PATIENT)
    sizes = patients.groupby(present, sort=False, observed=True).size()
    unique = int((sizes == 1).sum())
    return {
        "quasi_identifiers": present,
        "patients": len(patients),
        "k_anonymity": int(sizes.min()),
        "unique_combinations": unique,
        "unique_share": round(unique / len(patients), 6),
        "below_11": int(sizes[sizes < 11].sum()),  # noqa: PLR2004 - CMS's cell size suppression
    }


if __name__ == "__main__":
    sys.exit(command.main("deidentify"))
