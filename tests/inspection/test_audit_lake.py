"""Grants as they are in Lake Formation, compared with the declared table; ways into data and backups likewise."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import pytest

from inspection.audit_data_ways import data_backups, data_ways
from inspection.audit_lake import data_grants
from inspection.declared import DeclaredData, DeclaredRead, DeclaredZone
from inspection.observation import Observation
from rehearsal.cloud import Cloud

EAST: Final = "us-east-1"
ACCOUNT: Final = "123456789012"
DEPLOY: Final = f"arn:aws:iam::{ACCOUNT}:role/deploy"
CARDIOLOGY: Final = f"arn:aws:iam::{ACCOUNT}:role/cardiology"
ONCOLOGY: Final = f"arn:aws:iam::{ACCOUNT}:role/oncology"
CELLS: Final = {"TableCatalogId": ACCOUNT, "DatabaseName": "d", "TableName": "encounters"}
WHOLE: Final = DeclaredRead(
    role=CARDIOLOGY, database="d", table="encounters", columns=frozenset({"mrn", "fraction"}), rows=""
)
PART: Final = DeclaredRead(
    role=ONCOLOGY, database="d", table="encounters", columns=frozenset({"fraction"}), rows="consent = 'yes'"
)
DATA: Final = DeclaredData(
    name="prod",
    account=ACCOUNT,
    buckets={},
    keys={},
    copied=frozenset(),
    reads=[WHOLE, PART],
    administrators=[DEPLOY],
    workgroups=["zone-cardiology"],
    access_points={EAST: ["cardiology-raw-phi"]},
    backed_up=["arn:aws:s3:::phi"],
)


class Account:
    """One account of the emulated cloud, as an audit reaches it."""

    def __init__(self, cloud: Cloud) -> None:
        self.endpoints = cloud.endpoints()

    def client(self, service: str, *, account: str | None = None, region: str | None = None) -> Any:
        assert account == ACCOUNT
        return self.endpoints.client(service, region or EAST)

    def grant(self, read: DeclaredRead, name: str) -> None:
        lake = self.client("lakeformation", account=ACCOUNT)
        rows: dict[str, Any] = {"FilterExpression": read.rows} if read.rows else {"AllRowsWildcard": {}}
        lake.create_data_cells_filter(
            TableData={**CELLS, "Name": name, "ColumnNames": sorted(read.columns), "RowFilter": rows}
        )
        self.permit(read.role, "SELECT", {"DataCellsFilter": {**CELLS, "Name": name}})

    def permit(self, who: str, permission: str, resource: dict[str, Any]) -> None:
        self.client("lakeformation", account=ACCOUNT).grant_permissions(
            Principal={"DataLakePrincipalIdentifier": who}, Resource=resource, Permissions=[permission]
        )

    def governed(self, *admins: str) -> None:
        self.client("lakeformation", account=ACCOUNT).put_data_lake_settings(
            DataLakeSettings={"DataLakeAdmins": [{"DataLakePrincipalIdentifier": admin} for admin in admins]}
        )


@pytest.fixture
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    running = Cloud.start(tmp_path_factory.mktemp("cloud"), management_account=ACCOUNT)
    yield Account(running)
    running.stop()


@pytest.fixture
def zone() -> DeclaredZone:
    return DeclaredZone(
        management_account=ACCOUNT,
        regions=[EAST],
        organizational_units=[],
        accounts=[],
        policies=[],
        policy_types=[],
        log_archive="log-archive",
        trail=None,
        trail_region=EAST,
        buckets=[],
        network_account="",
        vpcs=[],
        roles={},
        data=[DATA],
    )


def differing(observations: Iterator[Observation]) -> list[tuple[str, str, str]]:
    return [
        (observation.subject, observation.expected, observation.found)
        for observation in observations
        if not observation.ok
    ]


def test_grants_are_compared_with_the_access_table(account: Account, zone: DeclaredZone) -> None:
    account.governed(DEPLOY)
    account.grant(WHOLE, "whole")
    account.grant(PART, "part")
    account.permit(ONCOLOGY, "DESCRIBE", {"Database": {"Name": "d"}})
    assert differing(data_grants(zone, account)) == []

    wider = replace(PART, columns=frozenset({"fraction", "mrn"}))
    account.grant(wider, "wider")
    account.permit("IAM_ALLOWED_PRINCIPALS", "ALL", {"Database": {"Name": "d"}})
    account.permit(ONCOLOGY, "SELECT", {"Table": {"DatabaseName": "d", "Name": "encounters"}})
    account.governed(DEPLOY, ONCOLOGY)
    observations = differing(data_grants(zone, account))
    assert (f"prod {EAST} administrators", str([DEPLOY]), str([DEPLOY, ONCOLOGY])) in observations
    assert (f"prod {EAST} {ONCOLOGY}", "nothing", str(wider)) in observations
    assert (f"prod {EAST} IAM_ALLOWED_PRINCIPALS", "nothing", "ALL") in observations
    assert (f"prod {EAST} {ONCOLOGY}", "nothing", "SELECT on Table d.encounters") in observations
    assert len(observations) == 4


def test_missing_grant_is_reported(account: Account, zone: DeclaredZone) -> None:
    account.governed(DEPLOY)
    account.grant(WHOLE, "whole")
    assert differing(data_grants(zone, account)) == [(f"prod {EAST} {ONCOLOGY}", str(PART), "nothing")]


def test_ungoverned_lake_is_reported_as_open(account: Account, zone: DeclaredZone) -> None:
    subjects = {subject for subject, _, _ in differing(data_grants(zone, account))}
    defaults = {"CreateDatabaseDefaultPermissions", "CreateTableDefaultPermissions", "administrators"}
    assert {f"prod {EAST} {default}" for default in defaults} <= subjects


def test_missing_access_points_and_workgroups_are_reported(account: Account, zone: DeclaredZone) -> None:
    assert [subject for subject, _, _ in differing(data_ways(zone, account))] == [
        f"{EAST} workgroup zone-cardiology",
        f"{EAST} access point cardiology-raw-phi",
    ]
    encrypted = {"EncryptionConfiguration": {"EncryptionOption": "SSE_KMS", "KmsKey": "k"}}
    account.client("athena", account=ACCOUNT).create_work_group(
        Name="zone-cardiology",
        Configuration={"EnforceWorkGroupConfiguration": True, "ResultConfiguration": encrypted},
    )
    control = account.client("s3control", account=ACCOUNT)
    which = {"AccountId": ACCOUNT, "Name": "cardiology-raw-phi"}
    control.create_access_point(**which, Bucket="phi")
    control.put_access_point_policy(**which, Policy=json.dumps({"Statement": [{"Sid": "TeamOnly"}]}))
    assert differing(data_ways(zone, account)) == []


def test_a_bucket_that_no_plan_selects_is_found(account: Account, zone: DeclaredZone) -> None:
    unselected = ("arn:aws:s3:::phi is selected", "True", "False")
    assert differing(data_backups(zone, account)) == [unselected]
    backup = account.client("backup", account=ACCOUNT)
    backup.create_backup_vault(BackupVaultName="kept")
    rule = {"RuleName": "r", "TargetBackupVaultName": "kept"}
    plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": "p", "Rules": [rule]})["BackupPlanId"]
    chosen = {"SelectionName": "s", "IamRoleArn": DEPLOY, "Resources": ["arn:aws:s3:::phi"]}
    backup.create_backup_selection(BackupPlanId=plan, BackupSelection=chosen)
    assert differing(data_backups(zone, account)) == [("prod vault kept is locked", "True", "False")]
    backup.put_backup_vault_lock_configuration(BackupVaultName="kept", MinRetentionDays=35)
    assert differing(data_backups(zone, account)) == []
