"""What moto gets wrong of Lake Formation, access points, secrets, workgroups and backups, and AWS right."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import Credentials, Endpoints

EAST, WEST = "us-east-1", "us-west-2"
TEAM = {"DataLakePrincipalIdentifier": "arn:aws:iam::111122223333:role/team"}
CELLS = {"TableCatalogId": "111122223333", "DatabaseName": "d", "TableName": "t", "Name": "f"}


def policy(action: str) -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*", "Principal": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class TestLakeFormation:
    @pytest.fixture
    def lake(self, endpoints: Endpoints) -> Any:
        return endpoints.client("lakeformation", EAST)

    def test_data_cells_filter_is_created_updated_and_deleted(self, lake: Any) -> None:
        table = {**CELLS, "ColumnNames": ["a"], "RowFilter": {"FilterExpression": "a = 1"}}
        lake.create_data_cells_filter(TableData=table)
        with pytest.raises(ClientError, match="AlreadyExists"):
            lake.create_data_cells_filter(TableData=table)
        lake.update_data_cells_filter(TableData={**table, "ColumnNames": ["b"]})
        assert lake.get_data_cells_filter(**CELLS)["DataCellsFilter"]["ColumnNames"] == ["b"]
        listed = lake.list_data_cells_filter(Table={"DatabaseName": "d", "Name": "t"})["DataCellsFilters"]
        assert [data_cells_filter["Name"] for data_cells_filter in listed] == ["f"]
        lake.delete_data_cells_filter(**CELLS)
        assert lake.list_data_cells_filter()["DataCellsFilters"] == []
        with pytest.raises(ClientError, match="EntityNotFound"):
            lake.get_data_cells_filter(**CELLS)

    def test_extended_grant_is_revoked(self, lake: Any) -> None:
        grant = {"Principal": TEAM, "Resource": {"Database": {"Name": "widened"}}}
        lake.grant_permissions(**grant, Permissions=["DESCRIBE"])
        lake.grant_permissions(**grant, Permissions=["ALTER"])
        lake.revoke_permissions(**grant, Permissions=["ALTER", "DESCRIBE"])
        permissions = lake.list_permissions()["PrincipalResourcePermissions"]
        assert [permission for permission in permissions if permission["Resource"] == grant["Resource"]] == []

    def test_tag_is_removed_from_one_of_two_columns(self, lake: Any) -> None:
        lake.create_lf_tag(TagKey="level", TagValues=["phi"])
        tag = [{"TagKey": "level", "TagValues": ["phi"]}]

        def columns(*names: str) -> dict[str, Any]:
            return {"TableWithColumns": {"DatabaseName": "d", "Name": "t", "ColumnNames": list(names)}}

        lake.add_lf_tags_to_resource(Resource=columns("a", "b"), LFTags=tag)
        lake.remove_lf_tags_from_resource(Resource=columns("a"), LFTags=tag)
        tagged = lake.get_resource_lf_tags(Resource=columns("a", "b"))["LFTagsOnColumns"]
        assert [column["Name"] for column in tagged] == ["b"]

    def test_untagged_resource_has_no_tags(self, lake: Any) -> None:
        assert "LFTagOnDatabase" not in lake.get_resource_lf_tags(Resource={"Database": {"Name": "bare"}})


class TestAccessPoints:
    def test_access_points_of_two_regions_share_a_name(self, endpoints: Endpoints) -> None:
        account = "111122223333"
        for region in (EAST, WEST):
            control = endpoints.client("s3control", region)
            control.create_access_point(AccountId=account, Name="team", Bucket=f"bucket-{region}")
            control.put_access_point_policy(AccountId=account, Name="team", Policy=policy(f"s3:{region}"))
        for region in (EAST, WEST):
            control = endpoints.client("s3control", region)
            access_point = control.get_access_point(AccountId=account, Name="team")
            assert access_point["Bucket"] == f"bucket-{region}"
            assert access_point["AccessPointArn"] == f"arn:aws:s3:{region}:{account}:accesspoint/team"
            assert region in control.get_access_point_policy(AccountId=account, Name="team")["Policy"]


class TestSecrets:
    def test_replica_of_a_secret_has_the_requested_key(self, endpoints: Endpoints) -> None:
        client = endpoints.client("secretsmanager", EAST)
        arn = client.create_secret(Name="copied", AddReplicaRegions=[{"Region": WEST, "KmsKeyId": "alias/west"}])["ARN"]
        [replica] = client.describe_secret(SecretId=arn)["ReplicationStatus"]
        assert replica["KmsKeyId"] == "alias/west"


class TestWorkgroups:
    def test_a_workgroup_is_changed(self, endpoints: Endpoints) -> None:
        client = endpoints.client("athena", EAST)
        place = {"OutputLocation": "s3://b/", "EncryptionConfiguration": {"EncryptionOption": "SSE_S3"}}
        client.create_work_group(Name="g", Configuration={"ResultConfiguration": place})
        client.update_work_group(
            WorkGroup="g",
            ConfigurationUpdates={
                "BytesScannedCutoffPerQuery": 10_000_000,
                "ResultConfigurationUpdates": {"OutputLocation": "s3://c/", "RemoveEncryptionConfiguration": True},
            },
            State="DISABLED",
        )
        group = client.get_work_group(WorkGroup="g")["WorkGroup"]
        assert group["State"] == "DISABLED"
        assert group["Configuration"]["ResultConfiguration"] == {"OutputLocation": "s3://c/"}
        assert group["Configuration"]["BytesScannedCutoffPerQuery"] == 10_000_000


class TestBackups:
    @pytest.fixture
    def backup(self, endpoints: Endpoints, in_member: Credentials) -> Any:
        return endpoints.client("backup", EAST, in_member)

    @staticmethod
    def plan(name: str, window: int = 60) -> dict[str, Any]:
        rule = {"RuleName": "r", "TargetBackupVaultName": "vault", "StartWindowMinutes": window}
        return {"BackupPlanName": name, "Rules": [rule]}

    def test_selection_is_created_listed_and_deleted(self, backup: Any) -> None:
        plan = backup.create_backup_plan(BackupPlan=self.plan("selects"))["BackupPlanId"]
        chosen = {"SelectionName": "s", "IamRoleArn": "arn:aws:iam::111122223333:role/r", "Resources": ["*"]}
        selection = backup.create_backup_selection(BackupPlanId=plan, BackupSelection=chosen)["SelectionId"]
        assert backup.get_backup_selection(BackupPlanId=plan, SelectionId=selection)["BackupSelection"] == chosen
        [listed] = backup.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"]
        assert (listed["SelectionId"], listed["SelectionName"]) == (selection, "s")
        backup.delete_backup_selection(BackupPlanId=plan, SelectionId=selection)
        assert backup.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"] == []

    def test_empty_selection_is_refused(self, backup: Any) -> None:
        plan = backup.create_backup_plan(BackupPlan=self.plan("selects-nothing"))["BackupPlanId"]
        with pytest.raises(ClientError, match="InvalidParameterValue"):
            backup.create_backup_selection(
                BackupPlanId=plan,
                BackupSelection={"SelectionName": "s", "IamRoleArn": "arn:aws:iam::111122223333:role/r"},
            )

    def test_plan_is_updated_and_its_name_is_free_after_deletion(self, backup: Any) -> None:
        plan = backup.create_backup_plan(BackupPlan=self.plan("changes"))["BackupPlanId"]
        backup.update_backup_plan(BackupPlanId=plan, BackupPlan=self.plan("changes", window=120))
        [rule] = backup.get_backup_plan(BackupPlanId=plan)["BackupPlan"]["Rules"]
        assert rule["StartWindowMinutes"] == 120
        backup.delete_backup_plan(BackupPlanId=plan)
        assert backup.create_backup_plan(BackupPlan=self.plan("changes"))["BackupPlanId"] != plan

    def test_a_vault_has_a_policy_of_its_own(self, backup: Any) -> None:
        backup.create_backup_vault(BackupVaultName="guarded")
        with pytest.raises(ClientError, match="ResourceNotFound"):
            backup.get_backup_vault_access_policy(BackupVaultName="guarded")
        backup.put_backup_vault_access_policy(BackupVaultName="guarded", Policy=policy("backup:CopyIntoBackupVault"))
        answer = backup.get_backup_vault_access_policy(BackupVaultName="guarded")
        assert "CopyIntoBackupVault" in answer["Policy"]
        backup.delete_backup_vault_access_policy(BackupVaultName="guarded")
        with pytest.raises(ClientError, match="ResourceNotFound"):
            backup.get_backup_vault_access_policy(BackupVaultName="guarded")
