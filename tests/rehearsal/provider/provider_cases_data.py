"""The lives of the emulated types that hold data, describe it, grant it and back it up."""

from collections.abc import Callable

from rehearsal.provider.values import Values
from tests.rehearsal.provider.provider_bench import CreatedResource
from tests.rehearsal.provider.provider_cases import Case, World, key_policy, policy
from tests.rehearsal.provider.provider_cases_plans import function

LAKE = "aws:lakeformation/"
DEPLOY, TEAM = "role/deploy", "role/team"


def role(world: World, name: str) -> str:
    return f"arn:aws:iam::{world.account}:{name}"


def database(world: World) -> str:
    return world.once("database", "aws:glue/catalogDatabase:CatalogDatabase", lambda: {"name": "team"}).outputs["name"]


def table_inputs(*columns: str) -> Callable[[World], Values]:
    return lambda world: {
        "databaseName": database(world),
        "name": f"t{len(columns)}",
        "description": " ".join(columns),
        "tableType": "EXTERNAL_TABLE",
        "parameters": {"classification": "parquet"},
        "storageDescriptor": {
            "location": "s3://b/t/",
            "inputFormat": "in",
            "outputFormat": "out",
            "serDeInfo": {"serializationLibrary": "lib"},
            "columns": [{"name": column, "type": "string"} for column in columns],
        },
    }


def table(world: World) -> str:
    resource = world.once(
        "glue-table", "aws:glue/catalogTable:CatalogTable", lambda: table_inputs("a", "b", "c")(world)
    )
    return str(resource.outputs["name"])


def renamed_columns(world: World) -> Values:
    return {**table_inputs("x", "y")(world), "description": "changed"}


def catalogue(mode: str) -> Callable[[World], Values]:
    return lambda world: {
        "dataCatalogEncryptionSettings": {
            "connectionPasswordEncryption": {
                "awsKmsKeyId": world.key.outputs["arn"],
                "returnConnectionPasswordEncrypted": mode == "SSE-KMS",
            },
            "encryptionAtRest": {"catalogEncryptionMode": "SSE-KMS", "sseAwsKmsKeyId": world.key.outputs["arn"]},
        }
    }


def lake(*admins: str) -> Callable[[World], Values]:
    return lambda world: {
        "admins": [role(world, admin) for admin in admins],
        "createDatabaseDefaultPermissions": [],
        "createTableDefaultPermissions": [],
    }


def lf_tag(world: World, key: str = "sensitivity") -> str:
    resource = world.once(f"lf-tag-{key}", f"{LAKE}lfTag:LfTag", lambda: {"key": key, "values": ["phi", "none"]})
    return str(resource.outputs["key"])


def cells(*columns: str, rows: str | None = None) -> Callable[[World], Values]:
    row_filter: Values = {"filterExpression": rows} if rows else {"allRowsWildcard": {}}
    return lambda world: {
        "tableData": {
            "databaseName": database(world),
            "tableName": table(world),
            "tableCatalogId": world.account,
            "name": "filter",
            "columnNames": list(columns),
            "rowFilter": row_filter,
        }
    }


def filtered(world: World) -> Values:
    """A grant on what a filter lets through."""
    inputs = cells("a")(world)
    inputs["tableData"]["name"] = "granted"
    resource = world.once("cells", f"{LAKE}dataCellsFilter:DataCellsFilter", lambda: inputs)
    data = resource.outputs["tableData"]
    names = ("databaseName", "name", "tableCatalogId", "tableName")
    return {
        "principal": role(world, TEAM),
        "permissions": ["SELECT"],
        "dataCellsFilter": {name: data[name] for name in names},
    }


def revoke(world: World, resource: CreatedResource) -> None:
    lake_formation = world.boto("lakeformation")
    for principal_resource_permission in lake_formation.list_permissions()["PrincipalResourcePermissions"]:
        if "DataCellsFilter" in principal_resource_permission["Resource"]:
            lake_formation.revoke_permissions(
                Principal=principal_resource_permission["Principal"],
                Resource=principal_resource_permission["Resource"],
                Permissions=principal_resource_permission["Permissions"],
            )


def workgroup(gigabytes: int, owner: str = "one") -> Callable[[World], Values]:
    return lambda world: {
        "name": "queries",
        "description": owner,
        "forceDestroy": False,
        "tags": {"owner": owner},
        "configuration": {
            "enforceWorkgroupConfiguration": True,
            "publishCloudwatchMetricsEnabled": True,
            "bytesScannedCutoffPerQuery": gigabytes * 1_000_000_000,
            "resultConfiguration": {
                "outputLocation": f"s3://b/{owner}/",
                "expectedBucketOwner": world.account,
                "encryptionConfiguration": {"encryptionOption": "SSE_KMS", "kmsKeyArn": world.key.outputs["arn"]},
            },
        },
    }


def access_point(action: str, name: str = "point") -> Callable[[World], Values]:
    return lambda world: {
        "name": name,
        "accountId": world.account,
        "bucket": world.bucket("points"),
        "publicAccessBlockConfiguration": {"blockPublicAcls": True, "blockPublicPolicy": True},
        "policy": policy(action, Principal={"AWS": world.account}),
    }


def point_policy(action: str) -> Callable[[World], Values]:
    return lambda world: {
        "accessPointArn": world.once(
            "point", "aws:s3/accessPoint:AccessPoint", lambda: {"name": "bare", "bucket": world.bucket("points")}
        ).outputs["arn"],
        "policy": policy(action, Principal={"AWS": world.account}),
    }


def secret_inputs(description: str, *regions: str) -> Callable[[World], Values]:
    return lambda world: {
        "name": "zone/pseudonyms",
        "description": description,
        "kmsKeyId": world.key.outputs["arn"],
        "recoveryWindowInDays": 30,
        "replicas": [{"region": region, "kmsKeyId": "alias/other"} for region in regions],
        "tags": {"a": description},
    }


def secret(world: World) -> str:
    return world.once("secret", "aws:secretsmanager/secret:Secret", lambda: {"name": "zone/kept"}).id


def rotation_function(world: World) -> str:
    invoked = world.once("rotates", "aws:lambda/function:Function", lambda: function(world, "rotates", 30))
    world.once(
        "may-rotate",
        "aws:lambda/permission:Permission",
        lambda: {
            "function": invoked.id,
            "action": "lambda:InvokeFunction",
            "principal": "secretsmanager.amazonaws.com",
            "sourceAccount": world.account,
        },
    )
    return str(invoked.outputs["arn"])


def rotation(days: int) -> Callable[[World], Values]:
    return lambda world: {
        "secretId": secret(world),
        "rotationLambdaArn": rotation_function(world),
        "rotationRules": {"automaticallyAfterDays": days},
        "rotateImmediately": True,
    }


def vault(world: World, name: str = "kept") -> str:
    return world.once(f"vault-{name}", "aws:backup/vault:Vault", lambda: {"name": name}).id


def vault_inputs(owner: str) -> Callable[[World], Values]:
    return lambda world: {"name": "vault", "kmsKeyArn": world.key.outputs["arn"], "tags": {"owner": owner}}


def plan_inputs(days: int) -> Callable[[World], Values]:
    lifecycle = {"deleteAfter": days}
    return lambda world: {
        "name": "weekly",
        "tags": {"days": str(days)},
        "rules": [
            {
                "ruleName": "weekly",
                "targetVaultName": vault(world),
                "schedule": "cron(0 5 ? * SUN *)",
                "startWindow": 60,
                "completionWindow": 1440,
                "lifecycle": lifecycle,
                "copyActions": [
                    {
                        "destinationVaultArn": f"arn:aws:backup:us-west-2:{world.account}:backup-vault:kept",
                        "lifecycle": lifecycle,
                    }
                ],
            }
        ],
    }


def plan(world: World) -> str:
    return world.once("plan", "aws:backup/plan:Plan", lambda: {**plan_inputs(40)(world), "name": "kept"}).id


def selection(world: World) -> Values:
    return {
        "name": "buckets",
        "planId": plan(world),
        "iamRoleArn": role(world, "role/backup"),
        "resources": [f"arn:aws:s3:::{world.bucket('backed-up')}"],
        "selectionTags": [{"type": "STRINGEQUALS", "key": "backup", "value": "weekly"}],
    }


def inventory(frequency: str) -> Callable[[World], Values]:
    return lambda world: {
        "bucket": world.bucket("listed"),
        "name": "daily",
        "includedObjectVersions": "All",
        "optionalFields": ["Size", "EncryptionStatus"],
        "schedule": {"frequency": frequency},
        "destination": {
            "bucket": {
                "bucketArn": f"arn:aws:s3:::{world.bucket('logs')}",
                "format": "CSV",
                "accountId": world.account,
                "prefix": "inventory",
                "encryption": {"sseS3": {}},
            }
        },
    }


CASES = (
    Case(
        type="aws:glue/catalogDatabase:CatalogDatabase",
        inputs=lambda w: {"name": "sets", "description": "one", "tags": {"a": "b"}},
        change=lambda w: {"name": "sets", "description": "two", "tags": {"a": "c"}},
        drift=lambda w, m: w.boto("glue").update_database(
            Name="sets", DatabaseInput={"Name": "sets", "Description": "drifted"}
        ),
        drifted="description",
    ),
    Case(
        type="aws:glue/catalogTable:CatalogTable",
        inputs=table_inputs("a", "b"),
        change=renamed_columns,
        drift=lambda w, m: w.boto("glue").delete_table(DatabaseName=database(w), Name="t2"),
    ),
    Case(
        type="aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings",
        inputs=catalogue("SSE-KMS"),
        change=catalogue("DISABLED"),
        drift=lambda w, m: w.boto("glue").put_data_catalog_encryption_settings(
            DataCatalogEncryptionSettings={"EncryptionAtRest": {"CatalogEncryptionMode": "DISABLED"}}
        ),
        drifted="dataCatalogEncryptionSettings",
        stays=True,
    ),
    Case(
        type=f"{LAKE}dataLakeSettings:DataLakeSettings",
        inputs=lake(DEPLOY),
        change=lake(DEPLOY, TEAM),
        drift=lambda w, m: w.boto("lakeformation").put_data_lake_settings(
            DataLakeSettings={"DataLakeAdmins": [{"DataLakePrincipalIdentifier": role(w, "role/stranger")}]}
        ),
        drifted="admins",
        stays=True,
    ),
    Case(
        type=f"{LAKE}resource:Resource",
        inputs=lambda w: {"arn": f"arn:aws:s3:::{w.bucket('lake')}", "roleArn": role(w, "role/lake")},
        drift=lambda w, m: w.boto("lakeformation").deregister_resource(ResourceArn=m.id),
    ),
    Case(
        type=f"{LAKE}lfTag:LfTag",
        inputs=lambda w: {"key": "project", "values": ["a", "b"]},
        change=lambda w: {"key": "project", "values": ["b", "c"]},
        drift=lambda w, m: w.boto("lakeformation").update_lf_tag(TagKey="project", TagValuesToAdd=["stray"]),
        drifted="values",
    ),
    Case(
        type=f"{LAKE}resourceLfTags:ResourceLfTags",
        inputs=lambda w: {"database": {"name": database(w)}, "lfTags": [{"key": lf_tag(w), "value": "phi"}]},
        drift=lambda w, m: w.boto("lakeformation").remove_lf_tags_from_resource(
            Resource={"Database": {"Name": database(w)}}, LFTags=[{"TagKey": "sensitivity", "TagValues": ["phi"]}]
        ),
    ),
    Case(
        type=f"{LAKE}resourceLfTags:ResourceLfTags",
        inputs=lambda w: {
            "tableWithColumns": {"databaseName": database(w), "name": table(w), "columnNames": ["a", "b"]},
            "lfTags": [{"key": lf_tag(w), "value": "phi"}],
        },
    ),
    Case(
        type=f"{LAKE}dataCellsFilter:DataCellsFilter",
        inputs=cells("a", "b"),
        change=cells("a", rows="b = 'yes'"),
        drift=lambda w, m: w.boto("lakeformation").update_data_cells_filter(
            TableData={
                "TableCatalogId": w.account,
                "DatabaseName": database(w),
                "TableName": table(w),
                "Name": "filter",
                "ColumnNames": ["a", "b", "c"],
                "RowFilter": {"AllRowsWildcard": {}},
            }
        ),
        drifted="tableData",
    ),
    Case(type=f"{LAKE}permissions:Permissions", inputs=filtered, drift=revoke),
    Case(
        type=f"{LAKE}permissions:Permissions",
        inputs=lambda w: {
            "principal": role(w, TEAM),
            "permissions": ["DESCRIBE", "ALTER"],
            "database": {"name": database(w)},
        },
    ),
    Case(
        type="aws:athena/workgroup:Workgroup",
        inputs=workgroup(100),
        change=workgroup(10, "two"),
        drift=lambda w, m: w.boto("athena").update_work_group(
            WorkGroup="queries", ConfigurationUpdates={"EnforceWorkGroupConfiguration": False}
        ),
        drifted="configuration",
    ),
    Case(
        type="aws:s3/accessPoint:AccessPoint",
        inputs=access_point("s3:GetObject"),
        change=access_point("s3:ListBucket"),
        drift=lambda w, m: w.boto("s3control").put_access_point_policy(
            AccountId=w.account, Name="point", Policy=policy("s3:*", Principal="*")
        ),
        drifted="policy",
    ),
    Case(type="aws:s3/accessPoint:AccessPoint", inputs=access_point("s3:GetObject"), region="us-west-2"),
    Case(
        type="aws:s3control/accessPointPolicy:AccessPointPolicy",
        inputs=point_policy("s3:GetObject"),
        change=point_policy("s3:ListBucket"),
        drift=lambda w, m: w.boto("s3control").delete_access_point_policy(AccountId=w.account, Name="bare"),
    ),
    Case(
        type="aws:secretsmanager/secret:Secret",
        inputs=secret_inputs("one", "us-west-2"),
        change=secret_inputs("two", "eu-west-1"),
        drift=lambda w, m: w.boto("secretsmanager").remove_regions_from_replication(
            SecretId=m.id, RemoveReplicaRegions=["eu-west-1"]
        ),
        drifted="replicas",
    ),
    Case(
        type="aws:secretsmanager/secretPolicy:SecretPolicy",
        inputs=lambda w: {"secretArn": secret(w), "policy": key_policy(w.account), "blockPublicPolicy": True},
        change=lambda w: {
            "secretArn": secret(w),
            "policy": key_policy(w.account, "secretsmanager:GetSecretValue"),
            "blockPublicPolicy": True,
        },
        drift=lambda w, m: w.boto("secretsmanager").delete_resource_policy(SecretId=m.id),
    ),
    Case(
        type="aws:secretsmanager/secretRotation:SecretRotation",
        inputs=rotation(90),
        change=rotation(30),
        drift=lambda w, m: w.boto("secretsmanager").rotate_secret(
            SecretId=m.id, RotationRules={"AutomaticallyAfterDays": 365}
        ),
        drifted="rotationRules",
    ),
    Case(
        type="aws:backup/vault:Vault",
        inputs=vault_inputs("one"),
        change=vault_inputs("two"),
        drift=lambda w, m: w.boto("backup").untag_resource(ResourceArn=m.outputs["arn"], TagKeyList=["owner"]),
        drifted="tags",
    ),
    Case(
        type="aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        inputs=lambda w: {"backupVaultName": vault(w, "locked"), "minRetentionDays": 35, "changeableForDays": 3},
        drift=lambda w, m: w.boto("backup").put_backup_vault_lock_configuration(
            BackupVaultName=vault(w, "locked"), MinRetentionDays=1
        ),
        drifted="minRetentionDays",
    ),
    Case(
        type="aws:backup/vaultPolicy:VaultPolicy",
        inputs=lambda w: {"backupVaultName": vault(w), "policy": policy("backup:CopyIntoBackupVault", Principal="*")},
        change=lambda w: {"backupVaultName": vault(w), "policy": policy("backup:List*", Principal="*")},
        drift=lambda w, m: w.boto("backup").delete_backup_vault_access_policy(BackupVaultName=m.id),
    ),
    Case(
        type="aws:backup/plan:Plan",
        inputs=plan_inputs(40),
        change=plan_inputs(60),
        drift=lambda w, m: w.boto("backup").delete_backup_plan(BackupPlanId=m.id),
    ),
    Case(
        type="aws:backup/selection:Selection",
        inputs=selection,
        drift=lambda w, m: w.boto("backup").delete_backup_selection(BackupPlanId=plan(w), SelectionId=m.id),
    ),
    Case(
        type="aws:s3/inventory:Inventory",
        inputs=inventory("Daily"),
        change=inventory("Weekly"),
        drift=lambda w, m: w.boto("s3").delete_bucket_inventory_configuration(Bucket=w.bucket("listed"), Id="daily"),
    ),
)
