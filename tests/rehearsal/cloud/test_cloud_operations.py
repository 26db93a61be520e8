"""The operations that the patches add to moto, called through boto3."""

import json
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import Credentials, Endpoints

EAST, WEST = "us-east-1", "us-west-2"
ACCOUNT = "111122223333"
FILTER = {"TableCatalogId": ACCOUNT, "DatabaseName": "absent", "TableName": "absent", "Name": "absent"}
SHARE = f"arn:aws:ram:{EAST}:{ACCOUNT}:resource-share/absent"
KEY = "00000000-0000-0000-0000-000000000000"
POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}]}
)
PROTECTION = json.dumps({"Statement": [{"Operation": {"Audit": {}}}, {"Operation": {"Deidentify": {}}}]})
SELECTION = {"SelectionName": "s", "IamRoleArn": f"arn:aws:iam::{ACCOUNT}:role/r", "Resources": ["*"]}
PLAN = {"BackupPlanName": "absent", "Rules": [{"RuleName": "r", "TargetBackupVaultName": "vault"}]}
JOB = {"AccountId": ACCOUNT, "JobId": str(uuid.UUID(int=0))}

UNKNOWN = [
    ("athena", "update_work_group", {"WorkGroup": "absent"}, "InvalidRequestException"),
    (
        "backup",
        "create_backup_selection",
        {"BackupPlanId": "absent", "BackupSelection": SELECTION},
        "ResourceNotFoundException",
    ),
    (
        "backup",
        "get_backup_selection",
        {"BackupPlanId": "absent", "SelectionId": "absent"},
        "ResourceNotFoundException",
    ),
    ("backup", "list_backup_selections", {"BackupPlanId": "absent"}, "ResourceNotFoundException"),
    (
        "backup",
        "delete_backup_selection",
        {"BackupPlanId": "absent", "SelectionId": "absent"},
        "ResourceNotFoundException",
    ),
    (
        "backup",
        "put_backup_vault_access_policy",
        {"BackupVaultName": "absent", "Policy": POLICY},
        "ResourceNotFoundException",
    ),
    ("backup", "get_backup_vault_access_policy", {"BackupVaultName": "absent"}, "ResourceNotFoundException"),
    ("backup", "delete_backup_vault_access_policy", {"BackupVaultName": "absent"}, "ResourceNotFoundException"),
    ("backup", "update_backup_plan", {"BackupPlanId": "absent", "BackupPlan": PLAN}, "ResourceNotFoundException"),
    (
        "ec2",
        "accept_transit_gateway_vpc_attachment",
        {"TransitGatewayAttachmentId": "tgw-attach-00000000"},
        "InvalidTransitGatewayAttachmentID.NotFound",
    ),
    (
        "iam",
        "simulate_principal_policy",
        {"PolicySourceArn": f"arn:aws:iam::{ACCOUNT}:role/absent", "ActionNames": ["s3:GetObject"]},
        "NoSuchEntity",
    ),
    ("kms", "update_primary_region", {"KeyId": KEY, "PrimaryRegion": WEST}, "NotFoundException"),
    ("lakeformation", "get_data_cells_filter", FILTER, "EntityNotFoundException"),
    ("lakeformation", "update_data_cells_filter", {"TableData": FILTER}, "EntityNotFoundException"),
    ("lakeformation", "delete_data_cells_filter", FILTER, "EntityNotFoundException"),
    (
        "logs",
        "put_data_protection_policy",
        {"logGroupIdentifier": "absent", "policyDocument": PROTECTION},
        "ResourceNotFoundException",
    ),
    ("logs", "get_data_protection_policy", {"logGroupIdentifier": "absent"}, "ResourceNotFoundException"),
    ("logs", "delete_data_protection_policy", {"logGroupIdentifier": "absent"}, "ResourceNotFoundException"),
    ("network-firewall", "delete_firewall", {"FirewallName": "absent"}, "ResourceNotFoundException"),
    ("organizations", "describe_resource_policy", {}, "ResourcePolicyNotFoundException"),
    ("organizations", "delete_resource_policy", {}, "ResourcePolicyNotFoundException"),
    ("ram", "associate_resource_share", {"resourceShareArn": SHARE}, "UnknownResourceException"),
    ("ram", "disassociate_resource_share", {"resourceShareArn": SHARE}, "UnknownResourceException"),
    ("s3control", "describe_job", JOB, "NoSuchJobException"),
    ("s3control", "update_job_status", {**JOB, "RequestedJobStatus": "Cancelled"}, "NoSuchJobException"),
    (
        "sagemaker",
        "put_model_package_group_policy",
        {"ModelPackageGroupName": "absent", "ResourcePolicy": POLICY},
        "ValidationException",
    ),
    ("sagemaker", "get_model_package_group_policy", {"ModelPackageGroupName": "absent"}, "ValidationException"),
    ("sagemaker", "delete_model_package_group_policy", {"ModelPackageGroupName": "absent"}, "ValidationException"),
    ("sagemaker", "delete_model_package_group", {"ModelPackageGroupName": "absent"}, "ValidationException"),
    ("sagemaker", "delete_model_package", {"ModelPackageName": "absent"}, "ValidationException"),
    ("sagemaker", "delete_feature_group", {"FeatureGroupName": "absent"}, "ResourceNotFound"),
    (
        "sagemaker",
        "update_endpoint",
        {"EndpointName": "absent", "EndpointConfigName": "absent"},
        "ValidationException",
    ),
]


def _code(raised: pytest.ExceptionInfo[ClientError]) -> str:
    return str(raised.value.response.get("Error", {}).get("Code"))


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    ("service", "operation", "parameters", "code"),
    UNKNOWN,
    ids=[f"{service}.{operation}" for service, operation, _, _ in UNKNOWN],
)
def test_an_unknown_resource_is_refused(
    endpoints: Endpoints, service: str, operation: str, parameters: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError) as raised:
        getattr(endpoints.client(service, EAST), operation)(**parameters)
    assert _code(raised) == code


class TestBackup:
    @pytest.fixture
    def backup(self, endpoints: Endpoints, in_member: Credentials) -> Any:
        return endpoints.client("backup", WEST, in_member)

    @pytest.fixture
    def plan(self, backup: Any) -> str:
        return str(backup.create_backup_plan(BackupPlan={**PLAN, "BackupPlanName": str(uuid.uuid4())})["BackupPlanId"])

    def test_a_plan_with_selections_is_not_deleted(self, backup: Any, plan: str) -> None:
        selection = backup.create_backup_selection(BackupPlanId=plan, BackupSelection=SELECTION)["SelectionId"]
        with pytest.raises(ClientError) as raised:
            backup.delete_backup_plan(BackupPlanId=plan)
        assert _code(raised) == "InvalidRequestException"
        backup.delete_backup_selection(BackupPlanId=plan, SelectionId=selection)
        backup.delete_backup_plan(BackupPlanId=plan)

    def test_a_deleted_plan_takes_no_selection(self, backup: Any, plan: str) -> None:
        backup.delete_backup_plan(BackupPlanId=plan)
        with pytest.raises(ClientError) as raised:
            backup.create_backup_selection(BackupPlanId=plan, BackupSelection=SELECTION)
        assert _code(raised) == "ResourceNotFoundException"

    def test_a_policy_of_a_vault_must_be_json(self, backup: Any) -> None:
        backup.create_backup_vault(BackupVaultName="malformed")
        with pytest.raises(ClientError) as raised:
            backup.put_backup_vault_access_policy(BackupVaultName="malformed", Policy="{")
        assert _code(raised) == "InvalidParameterValueException"

    def test_a_policy_is_deleted_with_its_vault(self, backup: Any) -> None:
        backup.create_backup_vault(BackupVaultName="again")
        backup.put_backup_vault_access_policy(BackupVaultName="again", Policy=POLICY)
        backup.delete_backup_vault(BackupVaultName="again")
        backup.create_backup_vault(BackupVaultName="again")
        with pytest.raises(ClientError) as raised:
            backup.get_backup_vault_access_policy(BackupVaultName="again")
        assert _code(raised) == "ResourceNotFoundException"


class TestLogs:
    def test_a_data_protection_policy_is_put_read_and_deleted(self, endpoints: Endpoints) -> None:
        logs = endpoints.client("logs", WEST)
        logs.create_log_group(logGroupName="protected")
        arn = logs.describe_log_groups(logGroupNamePrefix="protected")["logGroups"][0]["logGroupArn"]
        assert "policyDocument" not in logs.get_data_protection_policy(logGroupIdentifier=arn)
        logs.put_data_protection_policy(logGroupIdentifier=arn, policyDocument=PROTECTION)
        assert logs.get_data_protection_policy(logGroupIdentifier="protected")["policyDocument"] == PROTECTION
        logs.delete_data_protection_policy(logGroupIdentifier="protected")
        assert "policyDocument" not in logs.get_data_protection_policy(logGroupIdentifier="protected")

    @pytest.mark.parametrize("document", ["{", '{"Statement":[{"Operation":{"Audit":{}}}]}'])
    def test_an_incomplete_data_protection_policy_is_refused(self, endpoints: Endpoints, document: str) -> None:
        logs = endpoints.client("logs", WEST)
        group = f"incomplete-{uuid.uuid4()}"
        logs.create_log_group(logGroupName=group)
        with pytest.raises(ClientError) as raised:
            logs.put_data_protection_policy(logGroupIdentifier=group, policyDocument=document)
        assert _code(raised) == "InvalidParameterException"


class TestResourceShares:
    def test_an_association_is_reported_once_and_removed(self, endpoints: Endpoints) -> None:
        ram = endpoints.client("ram", WEST)
        arn = f"arn:aws:ec2:{WEST}:{ACCOUNT}:transit-gateway/tgw-0"
        share = ram.create_resource_share(name="twice")["resourceShare"]["resourceShareArn"]
        for _ in range(2):
            [association] = ram.associate_resource_share(resourceShareArn=share, resourceArns=[arn])[
                "resourceShareAssociations"
            ]
            assert (association["associatedEntity"], association["status"]) == (arn, "ASSOCIATED")
        own = {"associationType": "RESOURCE", "resourceShareArns": [share]}
        assert len(ram.get_resource_share_associations(**own)["resourceShareAssociations"]) == 1
        ram.disassociate_resource_share(resourceShareArn=share, resourceArns=[arn])
        assert ram.get_resource_share_associations(**own)["resourceShareAssociations"] == []

    def test_a_malformed_principal_is_not_associated(self, endpoints: Endpoints) -> None:
        ram = endpoints.client("ram", WEST)
        share = ram.create_resource_share(name="malformed")["resourceShare"]["resourceShareArn"]
        with pytest.raises(ClientError) as raised:
            ram.associate_resource_share(resourceShareArn=share, principals=["nobody"])
        assert _code(raised) == "InvalidParameterException"


class TestModelPackageGroups:
    @pytest.fixture
    def sagemaker(self, endpoints: Endpoints) -> Any:
        return endpoints.client("sagemaker", WEST)

    @pytest.fixture
    def group(self, sagemaker: Any) -> str:
        name = f"group-{uuid.uuid4()}"
        sagemaker.create_model_package_group(ModelPackageGroupName=name, ModelPackageGroupDescription="for a test")
        return name

    def test_a_policy_is_put_read_and_deleted(self, sagemaker: Any, group: str) -> None:
        sagemaker.put_model_package_group_policy(ModelPackageGroupName=group, ResourcePolicy=POLICY)
        policy = sagemaker.get_model_package_group_policy(ModelPackageGroupName=group)["ResourcePolicy"]
        assert policy == POLICY
        sagemaker.delete_model_package_group_policy(ModelPackageGroupName=group)
        for operation in (sagemaker.get_model_package_group_policy, sagemaker.delete_model_package_group_policy):
            with pytest.raises(ClientError) as raised:
                operation(ModelPackageGroupName=group)
            assert _code(raised) == "ValidationException"

    def test_a_malformed_policy_is_refused(self, sagemaker: Any, group: str) -> None:
        with pytest.raises(ClientError) as raised:
            sagemaker.put_model_package_group_policy(ModelPackageGroupName=group, ResourcePolicy="{")
        assert _code(raised) == "ValidationException"

    def test_a_group_with_versions_is_not_deleted(self, sagemaker: Any, group: str) -> None:
        sagemaker.create_model_package(ModelPackageGroupName=group, ModelPackageDescription="version")
        with pytest.raises(ClientError) as raised:
            sagemaker.delete_model_package_group(ModelPackageGroupName=group)
        assert _code(raised) == "ConflictException"

    def test_a_group_whose_versions_are_deleted_is_deleted(self, sagemaker: Any, group: str) -> None:
        package = sagemaker.create_model_package(ModelPackageGroupName=group, ModelPackageDescription="version")
        sagemaker.delete_model_package(ModelPackageName=package["ModelPackageArn"])
        assert sagemaker.list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"] == []
        sagemaker.delete_model_package_group(ModelPackageGroupName=group)

    def test_a_feature_group_is_deleted(self, sagemaker: Any) -> None:
        name = f"features-{uuid.uuid4()}"
        definitions = [{"FeatureName": "id", "FeatureType": "String"}, {"FeatureName": "t", "FeatureType": "String"}]
        feature_group = {
            "FeatureGroupName": name,
            "RecordIdentifierFeatureName": "id",
            "EventTimeFeatureName": "t",
            "FeatureDefinitions": definitions,
        }
        store = {"OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "s3://features/x"}}}
        sagemaker.create_feature_group(**feature_group, **store)
        sagemaker.delete_feature_group(FeatureGroupName=name)
        sagemaker.create_feature_group(**feature_group, **store)

    def test_an_empty_group_is_deleted(self, sagemaker: Any, group: str) -> None:
        sagemaker.delete_model_package_group(ModelPackageGroupName=group)
        with pytest.raises(ClientError) as raised:
            sagemaker.describe_model_package_group(ModelPackageGroupName=group)
        assert _code(raised) == "ValidationException"


def test_the_primary_region_of_a_key_changes(endpoints: Endpoints) -> None:
    east, west = (endpoints.client("kms", region) for region in (EAST, WEST))
    key = east.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    with pytest.raises(ClientError) as raised:
        east.update_primary_region(KeyId=key, PrimaryRegion=WEST)
    assert _code(raised) == "NotFoundException"
    east.replicate_key(KeyId=key, ReplicaRegion=WEST)
    east.update_primary_region(KeyId=key, PrimaryRegion=WEST)
    configurations = [
        client.describe_key(KeyId=key)["KeyMetadata"]["MultiRegionConfiguration"] for client in (east, west)
    ]
    assert [configuration["MultiRegionKeyType"] for configuration in configurations] == ["REPLICA", "PRIMARY"]
    with pytest.raises(ClientError) as raised:
        east.update_primary_region(KeyId=key, PrimaryRegion=WEST)
    assert _code(raised) == "UnsupportedOperationException"


def test_filters_of_a_table_are_listed(endpoints: Endpoints) -> None:
    lake = endpoints.client("lakeformation", WEST)
    for table in ("a", "b"):
        lake.create_data_cells_filter(TableData={**FILTER, "TableName": table})
    for account, names in ((ACCOUNT, ["a"]), ("444455556666", [])):
        table = {"CatalogId": account, "DatabaseName": FILTER["DatabaseName"], "Name": "a"}
        filters = lake.list_data_cells_filter(Table=table)["DataCellsFilters"]
        assert [data_cells_filter["TableName"] for data_cells_filter in filters] == names
    assert len(lake.list_data_cells_filter()["DataCellsFilters"]) == 2


def test_unknown_state_of_a_workgroup_is_refused(endpoints: Endpoints) -> None:
    athena = endpoints.client("athena", WEST)
    athena.create_work_group(Name="stateful")
    with pytest.raises(ClientError) as raised:
        athena.update_work_group(WorkGroup="stateful", State="PAUSED")
    assert _code(raised) == "InvalidRequestException"


def test_batch_jobs_are_listed_by_status(endpoints: Endpoints) -> None:
    jobs = endpoints.client("s3control", EAST).list_jobs(AccountId=ACCOUNT, JobStatuses=["Suspended"])["Jobs"]
    assert jobs == []


def test_a_batch_job_of_an_unsupported_operation_is_refused(endpoints: Endpoints) -> None:
    with pytest.raises(ClientError) as raised:
        endpoints.client("s3control", EAST).create_job(
            AccountId=ACCOUNT,
            ConfirmationRequired=False,
            Priority=1,
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/r",
            ClientRequestToken="unsupported",
            Operation={"S3InitiateRestoreObject": {"ExpirationInDays": 1}},
            Report={"Enabled": False},
        )
    assert _code(raised) == "InvalidRequest"
