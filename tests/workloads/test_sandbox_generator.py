"""Synthetic rows of a schema: every column has a value of its type, the same for the same seed."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from workloads.sandbox.generator import DataSet, SchemaError, data_sets, main, rows, text

KINDS = ("string", "int", "bigint", "double", "boolean", "date", "timestamp")
SCHEMA = DataSet(
    name="visits",
    bucket="raw-phi",
    prefix="cardiology/visits",
    columns={"mrn": "string", "consent": "string", "ward": "string", **{f"a_{kind}": kind for kind in KINDS}},
    sensitivity={"mrn": "identifier"},
    values={"ward": ["icu"], "consent": ["yes"]},
)


def test_every_column_has_a_value_of_its_type() -> None:
    drawn = rows(SCHEMA, 300)
    for row in drawn:
        assert set(row) == set(SCHEMA.columns)
        assert all(row.values())
        assert min(int(row["a_int"]), int(row["a_bigint"]), float(row["a_double"])) >= 0
        assert date.fromisoformat(row["a_date"]) < datetime.fromisoformat(row["a_timestamp"]).date().replace(year=2100)
    assert {row["a_boolean"] for row in drawn} == {"true", "false"}
    assert {row["consent"] for row in drawn} == {"yes", "no"}
    assert "icu" in {row["ward"] for row in drawn}


def test_identifiers_are_synthetic_and_unique_and_join_data_sets() -> None:
    identities = [row["mrn"] for row in rows(SCHEMA, 200)]
    assert len(set(identities)) == 200
    assert all(identity.startswith("SYN") for identity in identities)


def test_same_seed_gives_same_rows_and_another_seed_others() -> None:
    assert text(SCHEMA, 50, 1) == text(SCHEMA, 50, 1)
    assert text(SCHEMA, 50, 1) != text(SCHEMA, 50, 2)
    assert rows(SCHEMA, 50, 1) == rows(SCHEMA, 80, 1)[:50]


def test_outcomes_depend_on_measurements() -> None:
    drawn = rows(SCHEMA, 2000)
    by_outcome = {
        outcome: [float(row["a_double"]) for row in drawn if row["a_boolean"] == outcome]
        for outcome in ("true", "false")
    }
    means = {outcome: sum(values) / len(values) for outcome, values in by_outcome.items()}
    assert means["true"] > means["false"] + 3


def test_unknown_type_is_named() -> None:
    document = [{"name": "visits", "bucket": "b", "prefix": "p", "columns": {"x": "blob"}, "sensitivity": {}}]
    with pytest.raises(SchemaError, match=r"visits\.x: no type 'blob'; allowed: bigint, boolean"):
        data_sets(json.dumps(document))


def test_command_writes_a_file_per_data_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text(
        json.dumps([{"name": "a", "bucket": "b", "prefix": "p", "columns": {"x": "int"}, "sensitivity": {}}])
    )
    words = ["--schema", str(schema), "--output", str(tmp_path / "out"), "--rows"]
    assert main([*words, "3"]) == 0
    assert len((tmp_path / "out" / "a.csv").read_text().splitlines()) == 4
    assert main([*words, "0"]) == 2
    assert "rows: 0 is not allowed" in capsys.readouterr().err
