"""Mistakes in the `data` key are said before anything is created: file, key, value, what is allowed."""

from typing import Any

import pytest
import yaml

from tests.stacks.zone import ROOT
from zone.settings import SettingsError, parse_settings

VALUES: dict[str, Any] = {
    key.removeprefix("hipaa-ml:"): entry["value"]
    for key, entry in yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"].items()
    if key.startswith("hipaa-ml:")
}
COLUMN = {"id": {"sensitivity": "phi"}}


def refused(**changes: Any) -> list[str]:
    """The messages for the reference configuration with parts of `data` changed."""
    values = {**VALUES, "data": {**VALUES["data"], **changes}}
    with pytest.raises(SettingsError) as raised:
        parse_settings(values, {})
    return list(raised.value.lines)


def with_sets(**more: Any) -> dict[str, Any]:
    return {**VALUES["data"]["data_sets"], **more}


def test_the_reference_configuration_is_right() -> None:
    assert parse_settings(VALUES, {}).data.prefix_of("readmissions") == "cardiology/readmissions"


@pytest.mark.parametrize("prefix", ["cardiology/cardiology_encounters", "cardiology/cardiology_encounters/2026"])
def test_two_teams_do_not_claim_one_prefix(prefix: str) -> None:
    lines = refused(
        data_sets=with_sets(mine={"owner": "oncology", "bucket": "raw-phi", "prefix": prefix, "columns": COLUMN})
    )
    [line] = lines
    assert line == (
        f"Pulumi.yaml: data.data_sets.mine.prefix: {prefix!r} of team 'oncology' overlaps with "
        "'cardiology/cardiology_encounters' of 'cardiology_encounters', team 'cardiology'; "
        "each data set needs a prefix of its own"
    )


def test_prefixes_that_only_begin_alike_are_apart() -> None:
    similar = {
        "owner": "oncology",
        "bucket": "raw-phi",
        "prefix": "cardiology/cardiology_encounters2",
        "columns": COLUMN,
    }
    values = {**VALUES, "data": {**VALUES["data"], "data_sets": with_sets(other=similar)}}
    assert parse_settings(values, {})


def test_unknown_owner_is_refused_with_a_suggestion() -> None:
    lines = refused(data_sets=with_sets(mine={"owner": "cardiologie", "bucket": "raw-phi", "columns": COLUMN}))
    [line] = lines
    assert line == (
        "Pulumi.yaml: data.data_sets.mine.owner: no team 'cardiologie' is declared (did you mean 'cardiology'?); "
        "allowed: cardiology, oncology"
    )


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            {"team": "oncologie", "data_set": "readmissions", "columns": ["*"], "purpose": "research"},
            (
                "data.access.0.team: no team 'oncologie' is declared (did you mean 'oncology'?); allowed: cardiology, "
                "oncology"
            ),
        ),
        (
            {"team": "oncology", "data_set": "readmission", "columns": ["*"], "purpose": "research"},
            (
                "data.access.0.data_set: no data set 'readmission' is declared (did you mean 'readmissions'?); "
                "allowed: cardiology_encounters, oncology_tumours, readmissions, responses"
            ),
        ),
        (
            {"team": "oncology", "data_set": "responses", "columns": ["stages"], "purpose": "research"},
            (
                "data.access.0.columns: no column of 'responses' 'stages' is declared (did you mean 'stage'?); "
                "allowed: pseudonym, response, stage"
            ),
        ),
    ],
)
def test_access_row_must_name_declared_teams_and_data_sets(row: dict[str, Any], message: str) -> None:
    assert refused(access=[row]) == [f"Pulumi.yaml: {message}"]


def test_one_row_a_team_and_data_set() -> None:
    row = {"team": "oncology", "data_set": "responses", "columns": ["*"], "purpose": "research"}
    assert refused(access=[row, row]) == [
        "Pulumi.yaml: data.access.1.data_set: team 'oncology' has a row for 'responses' already"
    ]


@pytest.mark.parametrize("key", ["records_days", "logs_days"])
def test_records_are_kept_six_years(key: str) -> None:
    [line] = refused(retention={key: 2191})
    assert f"{key} is 2191: records are kept six years at least (2192), 164.316(b)(2)" in line
    assert line.startswith("Pulumi.yaml: data.retention")


def test_patient_data_is_refused_in_a_shared_bucket() -> None:
    [line] = refused(data_sets=with_sets(mine={"owner": "oncology", "bucket": "features", "columns": COLUMN}))
    assert line == (
        "Pulumi.yaml: data.data_sets.mine.columns.id.sensitivity: 'phi' does not belong in the bucket 'features', "
        "which environments without patients' data have too; allowed: de-identified"
    )


def test_key_administrators_must_include_a_deploying_role() -> None:
    [line] = refused(keys={"administrators": ["key-team"]})
    assert line == (
        "Pulumi.yaml: data.keys.administrators: key-team: with these administrators the deploying role could not "
        "change the key policies; add one of OrganizationAccountAccessRole, hipaa-ml-break-glass, hipaa-ml-deploy"
    )


def test_backups_go_to_an_account_there_is() -> None:
    [line] = refused(backup={"account": "backups"})
    assert line.startswith(
        "Pulumi.yaml: data.backup.account: no account 'backups' is declared (did you mean 'backup'?); allowed: "
    )


@pytest.mark.parametrize("recovery", ["us-east-1", "eu-west-1"])
def test_copies_neither_stay_nor_leave_the_geography(recovery: str) -> None:
    with pytest.raises(SettingsError, match=r"regions\.recovery"):
        parse_settings({**VALUES, "regions": {**VALUES["regions"], "recovery": recovery}}, {})


def test_invalid_row_filter_is_refused() -> None:
    row = {"team": "oncology", "data_set": "responses", "columns": ["*"], "purpose": "research", "rows": "1; drop"}
    [line] = refused(access=[row])
    assert "a Lake Formation filter over the columns" in line
