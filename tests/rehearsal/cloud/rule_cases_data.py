"""Requests that the rules of storage, data and ML services refuse, which moto or a patch enforces."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from rehearsal.cloud import Endpoints
from tests.rehearsal.cloud.rule_requests import (
    EAST,
    MANAGEMENT,
    S3,
    WEST,
    Case,
    bucket,
    in_member,
    role,
    s3,
    statement,
    trust,
    versioned,
)
from tests.rehearsal.cloud.samples import document


def replication(endpoints: Endpoints, source: str, target: str) -> Any:
    rule = {
        "ID": "r",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"{S3}{target}"},
    }
    arn = role(endpoints, f"{source}-replication", trust("s3.amazonaws.com"))
    return s3(endpoints).put_bucket_replication(Bucket=source, ReplicationConfiguration={"Role": arn, "Rules": [rule]})


LOCK: Final = {
    "ObjectLockEnabled": "Enabled",
    "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}},
}


def deleted_under_retention(endpoints: Endpoints) -> Any:
    name = bucket(endpoints, "undeletable", ObjectLockEnabledForBucket=True)
    stored = s3(endpoints).put_object(
        Bucket=name,
        Key="k",
        Body=b"",
        ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=datetime.now(UTC) + timedelta(days=2),
    )
    return s3(endpoints).delete_object(
        Bucket=name, Key="k", VersionId=stored["VersionId"], BypassGovernanceRetention=True
    )


def logs_across_regions(endpoints: Endpoints) -> Any:
    endpoints.client("s3", WEST).create_bucket(
        Bucket="logs-in-the-west", CreateBucketConfiguration={"LocationConstraint": WEST}
    )
    logging = statement(
        Principal={"Service": "logging.s3.amazonaws.com"}, Action="s3:PutObject", Resource=f"{S3}logs-in-the-west/*"
    )
    endpoints.client("s3", WEST).put_bucket_policy(Bucket="logs-in-the-west", Policy=document(logging))
    status = {"LoggingEnabled": {"TargetBucket": "logs-in-the-west", "TargetPrefix": ""}}
    return s3(endpoints).put_bucket_logging(Bucket=bucket(endpoints, "logs-in-the-east"), BucketLoggingStatus=status)


def bucket_with_versions(endpoints: Endpoints) -> Any:
    name = versioned(endpoints, "with-versions")
    s3(endpoints).put_object(Bucket=name, Key="k", Body=b"")
    s3(endpoints).delete_object(Bucket=name, Key="k")
    return s3(endpoints).delete_bucket(Bucket=name)


def bucket_of_another_account(endpoints: Endpoints) -> Any:
    name = bucket(endpoints, "taken")
    return endpoints.client("s3", EAST, in_member(endpoints)).create_bucket(Bucket=name)


def secret_scheduled_for_deletion(endpoints: Endpoints) -> Any:
    secrets = endpoints.client("secretsmanager", EAST)
    secrets.create_secret(Name="deleted", SecretString="x")
    secrets.delete_secret(SecretId="deleted")
    return secrets.create_secret(Name="deleted", SecretString="x")


def secret_with_replicas(endpoints: Endpoints) -> Any:
    secrets = endpoints.client("secretsmanager", EAST)
    secrets.create_secret(Name="replicated", SecretString="x", AddReplicaRegions=[{"Region": WEST}])
    return secrets.delete_secret(SecretId="replicated")


def table_replica_nowhere(endpoints: Endpoints) -> Any:
    tables = endpoints.client("dynamodb", EAST)
    tables.create_table(
        TableName="replicated-nowhere",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
    )
    return tables.update_table(TableName="replicated-nowhere", ReplicaUpdates=[{"Create": {"RegionName": "nowhere-1"}}])


def replica_of_fixed_capacity(endpoints: Endpoints) -> Any:
    tables = endpoints.client("dynamodb", EAST)
    tables.create_table(
        TableName="fixed-capacity",
        BillingMode="PROVISIONED",
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
    )
    return tables.update_table(TableName="fixed-capacity", ReplicaUpdates=[{"Create": {"RegionName": WEST}}])


def immutable_tag(endpoints: Endpoints) -> Any:
    ecr = endpoints.client("ecr", EAST)
    ecr.create_repository(repositoryName="immutable", imageTagMutability="IMMUTABLE")
    for number in range(2):
        ecr.put_image(repositoryName="immutable", imageManifest=manifest(number), imageTag="v1")


def manifest(number: int) -> str:
    return f'{{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": {number}}}'


def repository_with_images(endpoints: Endpoints) -> Any:
    ecr = endpoints.client("ecr", EAST)
    ecr.create_repository(repositoryName="with-images")
    ecr.put_image(repositoryName="with-images", imageManifest=manifest(0), imageTag="v1")
    return ecr.delete_repository(repositoryName="with-images")


def twice(service: str, operation: str, **parameters: Any) -> Any:
    def request(endpoints: Endpoints) -> Any:
        for _ in range(2):
            getattr(endpoints.client(service, EAST), operation)(**parameters)

    return request


def vault_lock(endpoints: Endpoints, name: str, **lock: Any) -> Any:
    backup = endpoints.client("backup", EAST)
    backup.create_backup_vault(BackupVaultName=name)
    return backup.put_backup_vault_lock_configuration(BackupVaultName=name, **lock)


def group_with_versions(endpoints: Endpoints) -> Any:
    sagemaker = endpoints.client("sagemaker", EAST)
    sagemaker.create_model_package_group(ModelPackageGroupName="with-versions")
    sagemaker.create_model_package(ModelPackageGroupName="with-versions")
    return sagemaker.delete_model_package_group(ModelPackageGroupName="with-versions")


BUDGET: Final = {
    "BudgetName": "twice",
    "BudgetType": "COST",
    "TimeUnit": "MONTHLY",
    "BudgetLimit": {"Amount": "1", "Unit": "USD"},
}
VARIANT: Final = {
    "VariantName": "v",
    "ModelName": "absent",
    "InstanceType": "ml.m5.large",
    "InitialInstanceCount": 1,
}
CASES: Final = (
    Case(
        name="replication from an unversioned bucket",
        code="InvalidRequest",
        request=lambda e: replication(e, bucket(e, "unversioned-source"), versioned(e, "versioned-target")),
    ),
    Case(
        name="replication into an unversioned bucket",
        code="InvalidRequest",
        request=lambda e: replication(e, versioned(e, "versioned-source"), bucket(e, "unversioned-target")),
    ),
    Case(
        name="replication into no bucket",
        code="InvalidRequest",
        request=lambda e: replication(e, versioned(e, "replicates-to-nothing"), "absent-bucket-of-replication"),
    ),
    Case(
        name="object lock without versioning",
        code="InvalidBucketState",
        request=lambda e: s3(e).put_object_lock_configuration(
            Bucket=bucket(e, "lock-without-versions"), ObjectLockConfiguration=LOCK
        ),
    ),
    Case(name="version under retention deleted", code="AccessDenied", request=deleted_under_retention),
    Case(name="access logs into another region", code="CrossLocationLoggingProhibited", request=logs_across_regions),
    Case(name="bucket with versions", code="BucketNotEmpty", request=bucket_with_versions),
    Case(name="bucket of another account", code="BucketAlreadyExists", request=bucket_of_another_account),
    Case(name="secret scheduled for deletion", code="InvalidRequestException", request=secret_scheduled_for_deletion),
    Case(name="secret with replicas", code="InvalidParameterException", request=secret_with_replicas),
    Case(name="replica of a table with fixed capacity", code="ValidationException", request=replica_of_fixed_capacity),
    Case(name="table replica in no region", code="ValidationException", request=table_replica_nowhere),
    Case(name="immutable image tag", code="ImageTagAlreadyExistsException", request=immutable_tag),
    Case(name="repository with images", code="RepositoryNotEmptyException", request=repository_with_images),
    Case(
        name="budget twice",
        code="DuplicateRecordException",
        request=twice("budgets", "create_budget", AccountId=MANAGEMENT, Budget=BUDGET),
    ),
    Case(
        name="vault twice",
        code="AlreadyExistsException",
        request=twice("backup", "create_backup_vault", BackupVaultName="twice"),
    ),
    Case(
        name="vault lock that is final after 2 days",
        code="InvalidParameterValueException",
        request=lambda e: vault_lock(e, "soon-locked", ChangeableForDays=2),
    ),
    Case(
        name="vault lock with minimum above maximum",
        code="InvalidParameterValueException",
        request=lambda e: vault_lock(e, "crossed", MinRetentionDays=9, MaxRetentionDays=8),
    ),
    Case(
        name="database twice",
        code="AlreadyExistsException",
        request=twice("glue", "create_database", DatabaseInput={"Name": "twice"}),
    ),
    Case(
        name="table without its database",
        code="EntityNotFoundException",
        request=lambda e: e.client("glue", EAST).create_table(DatabaseName="absent", TableInput={"Name": "t"}),
    ),
    Case(
        name="location registered twice",
        code="AlreadyExistsException",
        request=twice("lakeformation", "register_resource", ResourceArn=f"{S3}data", UseServiceLinkedRole=True),
    ),
    Case(
        name="log group twice",
        code="ResourceAlreadyExistsException",
        request=twice("logs", "create_log_group", logGroupName="twice"),
    ),
    Case(
        name="parameter twice",
        code="ParameterAlreadyExists",
        request=twice("ssm", "put_parameter", Name="twice", Value="x", Type="String"),
    ),
    Case(
        name="malformed event pattern",
        code="InvalidEventPatternException",
        request=lambda e: e.client("events", EAST).put_rule(Name="malformed", EventPattern='{"source": "aws.s3"}'),
    ),
    Case(
        name="endpoint configuration without its model",
        code="ValidationException",
        request=lambda e: e.client("sagemaker", EAST).create_endpoint_config(
            EndpointConfigName="without-model", ProductionVariants=[VARIANT]
        ),
    ),
    Case(
        name="endpoint without its configuration",
        code="ValidationException",
        request=lambda e: e.client("sagemaker", EAST).create_endpoint(
            EndpointName="without-config", EndpointConfigName="absent"
        ),
    ),
    Case(
        name="endpoint that does not exist",
        code="ValidationException",
        request=lambda e: e.client("sagemaker", EAST).delete_endpoint(EndpointName="absent"),
    ),
    Case(name="model group with versions", code="ConflictException", request=group_with_versions),
)
