"""Each of the 18 identifiers is treated by its rule, and the remaining risk is reported."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.workloads_ml.conftest import ENCOUNTERS, Finished, load, process
from workloads.pipeline.definitions import READMISSION
from workloads.pipeline.identifiers import IDENTIFIERS, TREATMENTS, Identifier
from workloads.pipeline.pseudonyms import Keyring, document
from workloads.pipeline.steps.deidentify import deidentified, residual_risk

PLANTED = "Zebulon Quackenbush 123-45-6789"


@pytest.fixture(scope="module")
def raw(readmission: Finished) -> pd.DataFrame:
    return pd.read_csv(readmission["raw.csv"], dtype="str", keep_default_na=False)


@pytest.mark.parametrize("identifier", IDENTIFIERS, ids=lambda identifier: identifier.letter)
def test_identifier_leaves_no_value(identifier: Identifier, raw: pd.DataFrame, names: Path) -> None:
    frame = raw.head(50).copy()
    treated = {column: how for column, how in identifier.columns.items() if column in frame.columns}
    assert treated
    for column, how in treated.items():
        if how in {"drop", "pseudonym"}:
            frame[column] = [f"{PLANTED} {row}" for row in range(len(frame))]
    result = deidentified(frame, READMISSION, Keyring((("k1", b"1" * 32),)), names)
    text = result.to_csv(index=False)
    assert "Quackenbush" not in text
    assert "123-45-6789" not in text
    assert set(result.columns) == set(READMISSION.columns)


def test_table_has_eighteen_identifiers() -> None:
    assert [identifier.letter for identifier in IDENTIFIERS] == list("ABCDEFGHIJKLMNOPQR")


def test_dates_of_one_patient_keep_their_distance(raw: pd.DataFrame, names: Path) -> None:
    frame = raw.head(2).copy()
    frame["mrn"], frame["admission_date"] = "M1", ["2025-01-01", "2025-03-02"]
    dates = pd.to_datetime(deidentified(frame, READMISSION, Keyring((("k1", b"1" * 32),)), names)["admission_date"])
    assert (dates.iloc[1] - dates.iloc[0]).days == 60
    assert str(dates.iloc[0].date()) != "2025-01-01"


def test_ages_over_89_become_90(raw: pd.DataFrame, names: Path) -> None:
    frame = raw.head(3).copy()
    frame["age_years"] = ["89", "90", "104"]
    assert list(deidentified(frame, READMISSION, Keyring((("k1", b"1" * 32),)), names)["age_years"]) == [
        "89",
        "90",
        "90",
    ]


def test_own_names_leave_notes_whatever_the_model_finds(raw: pd.DataFrame, names: Path) -> None:
    frame = raw.head(2).copy()
    frame["patient_name"], frame["relative_name"] = "xo yelp", "Q"
    frame["note"] = ["saw yelp today.", "seen by Dr. Featherstone; call 415-555-2671"]
    notes = list(deidentified(frame, READMISSION, Keyring((("k1", b"1" * 32),)), names)["note"])
    assert notes[0] == "saw <PERSON> today."
    assert "Featherstone" not in notes[1]
    assert "<PHONE>" in notes[1]


def test_rotated_key_keeps_old_data_joinable(readmission: Finished, raw: pd.DataFrame, names: Path) -> None:
    old, new = Keyring((("k1", b"1" * 32),)), Keyring((("k1", b"1" * 32), ("k2", b"2" * 32)))
    before = deidentified(raw.head(30), READMISSION, old, names)
    after = deidentified(raw.head(30), READMISSION, new, names)
    assert list(before["patient_key"].map(new.advance)) == list(after["patient_key"])
    assert list(before["admission_date"]) == list(after["admission_date"])


def test_report_counts_unique_quasi_identifiers() -> None:
    frame = pd.DataFrame(
        {"patient_key": ["a", "b", "c"], "age_years": ["50", "50", "51"], "sex": ["male"] * 3, "zip3": ["100"] * 3}
    )
    risk = residual_risk(frame)
    assert (risk["k_anonymity"], risk["unique_combinations"], risk["patients"]) == (1, 1, 3)


def test_manifest_states_method_and_key(finished: Finished) -> None:
    manifest = load(finished["deidentify"] / "manifest.json")
    assert manifest["files"][0]["rows"] == ENCOUNTERS
    assert manifest["notes"]["key_id"] == "k1"
    assert "164.514" in manifest["notes"]["basis"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.assign(surprise="x"), "no rule covers"),
        (lambda frame: frame.drop(columns="zip"), "has not the column(s) zip"),
        (lambda frame: frame.assign(mrn=""), "no medical record number"),
        (lambda frame: frame.assign(admission_date="yesterday"), "are not dates"),
        (lambda frame: frame.head(0), "a header and no rows"),
    ],
)
def test_bad_raw_data_stops_with_a_message(
    change: Any, message: str, raw: pd.DataFrame, names: Path, tmp_path: Path
) -> None:
    change(raw.head(5)).to_csv(tmp_path / "raw.csv", index=False)
    (tmp_path / "keys.json").write_text(document({"k1": b"1" * 32}))
    answer = process(
        "workloads.pipeline.steps.deidentify", "--model", "readmission", "--raw", tmp_path / "raw.csv",
        "--keys", tmp_path / "keys.json", "--names-model", names, "--output", tmp_path / "out",
    )  # fmt: skip
    assert answer.returncode == 3, answer.stderr
    assert message in answer.stderr
    assert "Traceback" not in answer.stderr


def test_treatments_cover_every_synthetic_identifier(raw: pd.DataFrame) -> None:
    assert set(TREATMENTS) <= set(raw.columns)
