"""Planted PHI of every kind in every column is found; recall and false alarms are printed."""

import socket
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.workloads_ml.conftest import Finished, step
from workloads.pipeline.definitions import definition
from workloads.pipeline.errors import StepError
from workloads.pipeline.steps import frames
from workloads.pipeline.steps.findings import find
from workloads.pipeline.steps.names_model import notes
from workloads.pipeline.steps.recognizers import KINDS, Recognizers

PLANTED = {
    "SSN": ["123-45-6789", "536904399"],
    "MRN": ["MRN 00123456", "00123456"],
    "NPI": ["1234567893", "1245319599"],
    "MBI": ["1EG4-TE5-MK73", "1EG4TE5MK73"],
    "DEA": ["AB1234563", "FC5835713"],
    "PHONE": ["(415) 555-2671", "415-555-2671"],
    "EMAIL": ["jane.roe@example.org", "x+y@mail.example.com"],
    "ADDRESS": ["1600 Sutter Street", "P.O. Box 4411"],
    "DATE": ["03/14/1961", "March 14, 1961"],
    "URL": ["https://portal.example.org/u/1", "www.example.org/jane"],
    "IP": ["192.0.2.44", "203.0.113.9"],
    "PERSON": ["Anneliese Quimby", "Quimby, Anneliese"],
}
HELD_OUT = {
    "given": ["Zelda", "Boris", "Anneliese", "Kwame"],
    "family": ["Quimby", "Oyelaran", "Featherstone", "Ibarra"],
}


@pytest.fixture(scope="module")
def recognizers(names: Path) -> Recognizers:
    return Recognizers(names)


def clean(finished: Finished) -> pd.DataFrame:
    return frames.read(finished["select"] / "train.csv")


def test_every_kind_has_planted_values() -> None:
    assert set(PLANTED) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_planted_phi_is_found_in_every_column(kind: str, finished: Finished, recognizers: Recognizers) -> None:
    frame = clean(finished).head(400).copy()
    row = 0
    expected: dict[str, set[int]] = {}
    for column in frame.columns:
        for value in PLANTED[kind]:
            text = f"Spoke to daughter {value} by telephone." if column == "note" and kind == "PERSON" else value
            frame.loc[row, column] = text
            expected.setdefault(column, set()).add(row)
            row += 1
    hits = {column: {row for row, _ in findings} for column, findings in find(frame, recognizers).items()}
    missed = {
        column: sorted(rows - hits.get(column, set()))
        for column, rows in expected.items()
        if rows - hits.get(column, set())
    }
    # A date in ISO form is what the column of shifted dates holds; every other form is found there too.
    assert not missed


def test_clean_data_raises_no_alarm(finished: Finished, recognizers: Recognizers, names: Path, tmp_path: Path) -> None:
    assert find(clean(finished), recognizers) == {}
    step("scan", finished.model, {"select": finished["select"], "names_model": names}, tmp_path)


def test_planted_phi_stops_the_step_without_repeating_it(readmission: Finished, names: Path, tmp_path: Path) -> None:
    (tmp_path / "select").mkdir()
    frame = clean(readmission)
    frame.loc[7, "diagnosis_group"] = "123-45-6789"
    frames.write(frame, tmp_path / "select" / "train.csv")
    frames.write(frame.head(5), tmp_path / "select" / "holdout.csv")
    with pytest.raises(StepError, match=r"train.csv diagnosis_group: SSN in 1 value\(s\), row\(s\) 9") as error:
        step("scan", "readmission", {"select": tmp_path / "select", "names_model": names}, tmp_path / "out")
    assert "6789" not in error.value.reason + (tmp_path / "out" / "scan.json").read_text()


def test_check_digits_reject_wrong_numbers(recognizers: Recognizers) -> None:
    kinds = {
        finding.kind
        for finding in recognizers.find_in_column(["1234567890", "AB1234567", "000-12-3456", "666-12-3456"])
    }
    assert not kinds & {"NPI", "DEA", "SSN"}


def test_scan_needs_no_network(
    readmission: Finished, names: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the scan opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    step("scan", "readmission", {"select": readmission["select"], "names_model": names}, tmp_path)


def test_names_in_notes_are_found_at_the_stated_rate(
    recognizers: Recognizers, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names of no training list, in templates of the training and in sentences of none."""
    written = notes(3000, 99, given_names=HELD_OUT["given"], family=HELD_OUT["family"])
    unseen = [
        "Met with {0} and reviewed the discharge plan.", "Daughter {0} will collect him at noon.",
        "Received a message from {0} about the dressing.", "{0} declined the flu vaccine.",
        "Signed out to nurse {0} at seven.",
    ]  # fmt: skip
    generator = np.random.Generator(np.random.PCG64(4))
    people = [
        f"{HELD_OUT['given'][generator.integers(4)]} {HELD_OUT['family'][generator.integers(4)]}" for _ in range(500)
    ]
    rates = {}
    for title, sample in (
        ("known sentences", written),
        ("unknown sentences", [(unseen[at % 5].format(name), [name]) for at, name in enumerate(people)]),
    ):
        redacted = recognizers.redact([text for text, _ in sample])
        named = [(out, name) for out, (_, names) in zip(redacted, sample, strict=True) for name in names]
        rates[title] = sum(name not in out for out, name in named) / len(named)
    plain = [text for text, names in written if not names]
    alarms = {finding.index for finding in recognizers.find_in_text(plain) if finding.kind == "PERSON"}
    with capsys.disabled():
        print(
            f"\nnames: recall {rates['known sentences']:.3f} in known, {rates['unknown sentences']:.3f} in unknown "
            "sentences; "
            f"false alarms {len(alarms) / len(plain):.4f} of notes without a name"
        )
    assert rates["known sentences"] > 0.98
    assert len(alarms) / len(plain) < 0.02


def test_recall_and_false_alarms_on_many_rows(
    readmission: Finished, recognizers: Recognizers, capsys: pytest.CaptureFixture[str]
) -> None:
    base = clean(readmission)
    columns = [column for column in base.columns if column != "note"]
    frame = pd.concat([base] * (100_000 // len(base) + 1), ignore_index=True).head(100_000)
    generator = np.random.Generator(np.random.PCG64(1))
    planted: dict[tuple[int, str], str] = {}
    for row in generator.choice(len(frame), 2000, replace=False):
        column = columns[generator.integers(len(columns))]
        kind = KINDS[generator.integers(len(KINDS))]
        frame.loc[int(row), column] = f"{PLANTED[kind][generator.integers(2)]}"
        planted[int(row), column] = kind
    unique = frame.drop(columns="note")
    hits = find(unique, recognizers)
    values = {(column, unique[column].iloc[row]) for column, findings in hits.items() for row, _ in findings}
    hit = sum((column, frame[column].iloc[row]) in values for row, column in planted)
    clean_values = {(column, value) for column in columns for value in base[column].unique()}
    alarms = len(values & clean_values)
    with capsys.disabled():
        print(
            f"\nscan of 100000 rows: recall {hit / len(planted):.4f}, "
            f"false alarms {alarms} of {len(clean_values)} values"
        )
    assert hit == len(planted)
    assert alarms == 0


def test_definition_without_names_model_is_refused(readmission: Finished, tmp_path: Path) -> None:
    assert definition("readmission")
    with pytest.raises(StepError, match="no names model"):
        step("scan", "readmission", {"select": readmission["select"]}, tmp_path)
