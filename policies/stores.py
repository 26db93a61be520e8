"""Databases, file systems, tables, secrets and backups, 45 CFR 164.312(a)(2)(iv) and 164.308(a)(7)."""

from collections.abc import Iterator
from typing import Final

from controls.rules import UNKNOWN, Problem, Props
from controls.rules.documents import denies_any_insecure_transport, document, every_allow, no_public_principal
from controls.rules.predicates import absent, all_of, between, each, equals, present, when
from controls.rules.values import items, lookup
from policies.checks import Checks, on

FORCING_TLS: Final = frozenset({"rds.force_ssl", "require_secure_transport"})
"""PostgreSQL's and MySQL's names for it."""


def _forces_tls(props: Props) -> Iterator[Problem]:
    forced = [
        one for one in items(lookup(props, "parameters")) if one is not UNKNOWN and one.get("name") in FORCING_TLS
    ]
    if not any(str(one.get("value")).lower() in ("1", "on", "true") for one in forced):
        yield Problem(f"none of the parameters {', '.join(sorted(FORCING_TLS))} is on")


CHECKS: Checks = {
    "rds-encrypted": on(
        ("aws:rds/instance:Instance", "aws:rds/cluster:Cluster"),
        all_of(equals("storageEncrypted", True, default=False), present("kmsKeyId")),
    ),
    "rds-private": on(
        ("aws:rds/instance:Instance", "aws:rds/cluster:Cluster", "aws:rds/clusterInstance:ClusterInstance"),
        equals("publiclyAccessible", False, default=False),
    ),
    "rds-deletion-protected": on(
        ("aws:rds/instance:Instance", "aws:rds/cluster:Cluster"), equals("deletionProtection", True, default=False)
    ),
    "rds-backups": on(
        ("aws:rds/instance:Instance", "aws:rds/cluster:Cluster"), between("backupRetentionPeriod", 35, 35, default=1)
    ),
    "rds-multi-az": on("aws:rds/instance:Instance", equals("multiAz", True, default=False)),
    "rds-final-snapshot": on(
        ("aws:rds/instance:Instance", "aws:rds/cluster:Cluster"), equals("skipFinalSnapshot", False, default=False)
    ),
    "rds-managed-password": on(
        ("aws:rds/instance:Instance", "aws:rds/cluster:Cluster"),
        all_of(equals("manageMasterUserPassword", True, default=False), absent("password", "masterPassword")),
    ),
    "rds-iam-authentication": on(
        ("aws:rds/instance:Instance", "aws:rds/cluster:Cluster"),
        equals("iamDatabaseAuthenticationEnabled", True, default=False),
    ),
    "rds-logs": on(("aws:rds/instance:Instance", "aws:rds/cluster:Cluster"), present("enabledCloudwatchLogsExports")),
    "rds-snapshot-tags": on(
        ("aws:rds/instance:Instance", "aws:rds/cluster:Cluster"), equals("copyTagsToSnapshot", True, default=False)
    ),
    "rds-insights-key": on(
        ("aws:rds/instance:Instance", "aws:rds/cluster:Cluster", "aws:rds/clusterInstance:ClusterInstance"),
        when("performanceInsightsEnabled", (True,), present("performanceInsightsKmsKeyId")),
    ),
    "rds-tls": on("aws:rds/clusterParameterGroup:ClusterParameterGroup", _forces_tls),
    "efs-encrypted": on(
        "aws:efs/fileSystem:FileSystem", all_of(equals("encrypted", True, default=False), present("kmsKeyId"))
    ),
    "efs-policy-tls": on(
        "aws:efs/fileSystemPolicy:FileSystemPolicy", document("policy", denies_any_insecure_transport)
    ),
    "efs-backups": on("aws:efs/backupPolicy:BackupPolicy", equals("backupPolicy.status", "ENABLED")),
    "dynamodb-key": on(
        "aws:dynamodb/table:Table",
        all_of(equals("serverSideEncryption.enabled", True, default=False), present("serverSideEncryption.kmsKeyArn")),
    ),
    "dynamodb-recovery": on("aws:dynamodb/table:Table", equals("pointInTimeRecovery.enabled", True, default=False)),
    "dynamodb-deletion-protected": on(
        "aws:dynamodb/table:Table", equals("deletionProtectionEnabled", True, default=False)
    ),
    "ebs-volume-encrypted": on("aws:ebs/volume:Volume", equals("encrypted", True, default=False)),
    "kinesis-encrypted": on(
        "aws:kinesis/stream:Stream", all_of(equals("encryptionType", "KMS", default="NONE"), present("kmsKeyId"))
    ),
    "elasticache-encrypted": on(
        "aws:elasticache/replicationGroup:ReplicationGroup",
        all_of(
            equals("atRestEncryptionEnabled", True, default=False),
            equals("transitEncryptionEnabled", True, default=False),
        ),
    ),
    "ssm-secure-key": on("aws:ssm/parameter:Parameter", when("type", ("SecureString",), present("keyId"))),
    "secret-key": on("aws:secretsmanager/secret:Secret", present("kmsKeyId")),
    "secret-recovery": on("aws:secretsmanager/secret:Secret", between("recoveryWindowInDays", 30, 30, default=30)),
    "secret-rotation": on(
        "aws:secretsmanager/secretRotation:SecretRotation", between("rotationRules.automaticallyAfterDays", 1, 90)
    ),
    "secret-not-public": on(
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        all_of(equals("blockPublicPolicy", True, default=False), document("policy", every_allow(no_public_principal))),
    ),
    "backup-vault-key": on("aws:backup/vault:Vault", present("kmsKeyArn")),
    "backup-vault-kept": on("aws:backup/vault:Vault", equals("forceDestroy", False, default=False)),
    "backup-vault-lock": on(
        "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        all_of(between("minRetentionDays", 35), present("changeableForDays")),
    ),
    "backup-plan-copies": on("aws:backup/plan:Plan", each("rules", present("copyActions"))),
}
