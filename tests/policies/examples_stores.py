"""Compliant resources of the subject `stores`, and the smallest change to each that its policy must catch."""

from typing import Any

from tests.policies.examples import ALLOW_ONE, KEY_ARN, OWN_ACCOUNT, PUBLIC, Case, Example, text

INSTANCE = Example(
    type="aws:rds/instance:Instance",
    props={
        "engine": "postgres",
        "storageEncrypted": True,
        "kmsKeyId": KEY_ARN,
        "publiclyAccessible": False,
        "deletionProtection": True,
        "backupRetentionPeriod": 35,
        "multiAz": True,
        "manageMasterUserPassword": True,
        "iamDatabaseAuthenticationEnabled": True,
        "autoMinorVersionUpgrade": True,
        "copyTagsToSnapshot": True,
        "enabledCloudwatchLogsExports": ["postgresql"],
        "skipFinalSnapshot": False,
        "performanceInsightsEnabled": True,
        "performanceInsightsKmsKeyId": KEY_ARN,
    },
)
CLUSTER = Example(
    type="aws:rds/cluster:Cluster",
    props={
        "engine": "aurora-postgresql",
        "storageEncrypted": True,
        "kmsKeyId": KEY_ARN,
        "deletionProtection": True,
        "backupRetentionPeriod": 35,
        "manageMasterUserPassword": True,
        "iamDatabaseAuthenticationEnabled": True,
        "copyTagsToSnapshot": True,
        "enabledCloudwatchLogsExports": ["postgresql"],
        "skipFinalSnapshot": False,
    },
)
CLUSTER_PARAMETER_GROUP = Example(
    type="aws:rds/clusterParameterGroup:ClusterParameterGroup",
    props={"family": "aurora-postgresql16", "parameters": [{"name": "rds.force_ssl", "value": "1"}]},
)
FILE_SYSTEM = Example(type="aws:efs/fileSystem:FileSystem", props={"encrypted": True, "kmsKeyId": KEY_ARN})
FILE_SYSTEM_POLICY = Example(
    type="aws:efs/fileSystemPolicy:FileSystemPolicy",
    props={
        "fileSystemId": "fs-1",
        "policy": text(
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "*",
                "Resource": "*",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ),
    },
)
BACKUP_POLICY = Example(
    type="aws:efs/backupPolicy:BackupPolicy", props={"fileSystemId": "fs-1", "backupPolicy": {"status": "ENABLED"}}
)
TABLE = Example(
    type="aws:dynamodb/table:Table",
    props={
        "hashKey": "id",
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": KEY_ARN},
        "pointInTimeRecovery": {"enabled": True},
        "deletionProtectionEnabled": True,
    },
)
VOLUME = Example(
    type="aws:ebs/volume:Volume", props={"availabilityZone": "us-east-1a", "encrypted": True, "kmsKeyId": KEY_ARN}
)
STREAM = Example(type="aws:kinesis/stream:Stream", props={"encryptionType": "KMS", "kmsKeyId": KEY_ARN})
REPLICATION_GROUP = Example(
    type="aws:elasticache/replicationGroup:ReplicationGroup",
    props={"description": "c", "atRestEncryptionEnabled": True, "transitEncryptionEnabled": True},
)
PARAMETER = Example(type="aws:ssm/parameter:Parameter", props={"type": "SecureString", "keyId": KEY_ARN})
SECRET = Example(type="aws:secretsmanager/secret:Secret", props={"kmsKeyId": KEY_ARN, "recoveryWindowInDays": 30})
SECRET_ROTATION = Example(
    type="aws:secretsmanager/secretRotation:SecretRotation",
    props={"secretId": "s", "rotationRules": {"automaticallyAfterDays": 30}},
)
SECRET_POLICY = Example(
    type="aws:secretsmanager/secretPolicy:SecretPolicy",
    props={"secretArn": "arn", "policy": OWN_ACCOUNT, "blockPublicPolicy": True},
)
VAULT = Example(type="aws:backup/vault:Vault", props={"kmsKeyArn": KEY_ARN})
VAULT_LOCK_CONFIGURATION = Example(
    type="aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    props={"backupVaultName": "v", "minRetentionDays": 35, "changeableForDays": 3},
)
PLAN = Example(
    type="aws:backup/plan:Plan",
    props={
        "rules": [
            {
                "ruleName": "daily",
                "targetVaultName": "v",
                "schedule": "cron(0 5 * * ? *)",
                "copyActions": [{"destinationVaultArn": "arn:aws:backup:us-west-2:111122223333:backup-vault:v"}],
            }
        ]
    },
)

ONE: list[tuple[str, Example, str, Any]] = [
    ("rds-encrypted", INSTANCE, "storageEncrypted", False),
    ("rds-encrypted", INSTANCE, "kmsKeyId", None),
    ("rds-private", INSTANCE, "publiclyAccessible", True),
    ("rds-deletion-protected", CLUSTER, "deletionProtection", None),
    ("rds-backups", CLUSTER, "backupRetentionPeriod", 7),
    ("rds-multi-az", INSTANCE, "multiAz", None),
    ("rds-final-snapshot", CLUSTER, "skipFinalSnapshot", True),
    ("rds-managed-password", CLUSTER, "manageMasterUserPassword", None),
    ("rds-managed-password", CLUSTER, "masterPassword", "x"),
    ("rds-iam-authentication", CLUSTER, "iamDatabaseAuthenticationEnabled", False),
    ("rds-logs", INSTANCE, "enabledCloudwatchLogsExports", []),
    ("rds-snapshot-tags", INSTANCE, "copyTagsToSnapshot", None),
    ("rds-insights-key", INSTANCE, "performanceInsightsKmsKeyId", None),
    ("rds-tls", CLUSTER_PARAMETER_GROUP, "parameters", []),
    ("rds-tls", CLUSTER_PARAMETER_GROUP, "parameters.0.value", "0"),
    ("efs-encrypted", FILE_SYSTEM, "encrypted", None),
    ("efs-encrypted", FILE_SYSTEM, "kmsKeyId", None),
    ("efs-policy-tls", FILE_SYSTEM_POLICY, "policy", ALLOW_ONE),
    ("efs-backups", BACKUP_POLICY, "backupPolicy.status", "DISABLED"),
    ("dynamodb-key", TABLE, "serverSideEncryption.kmsKeyArn", None),
    ("dynamodb-key", TABLE, "serverSideEncryption", None),
    ("dynamodb-recovery", TABLE, "pointInTimeRecovery", None),
    ("dynamodb-deletion-protected", TABLE, "deletionProtectionEnabled", False),
    ("ebs-volume-encrypted", VOLUME, "encrypted", None),
    ("kinesis-encrypted", STREAM, "encryptionType", None),
    ("elasticache-encrypted", REPLICATION_GROUP, "transitEncryptionEnabled", None),
    ("ssm-secure-key", PARAMETER, "keyId", None),
    ("secret-key", SECRET, "kmsKeyId", None),
    ("secret-recovery", SECRET, "recoveryWindowInDays", 0),
    ("secret-rotation", SECRET_ROTATION, "rotationRules.automaticallyAfterDays", 365),
    ("secret-not-public", SECRET_POLICY, "blockPublicPolicy", None),
    ("secret-not-public", SECRET_POLICY, "policy", PUBLIC),
    ("backup-vault-key", VAULT, "kmsKeyArn", None),
    ("backup-vault-kept", VAULT, "forceDestroy", True),
    ("backup-vault-lock", VAULT_LOCK_CONFIGURATION, "minRetentionDays", 7),
    ("backup-vault-lock", VAULT_LOCK_CONFIGURATION, "changeableForDays", None),
    ("backup-plan-copies", PLAN, "rules.0.copyActions", None),
]
CASES = [Case(policy=name, compliant=[example], changes=[(0, path, value)]) for name, example, path, value in ONE]
