"""D1 to D7: patient data stays encrypted, complete and in its geography.

Actions and condition keys are checked in a test against the service authorisation reference.
"""

from collections.abc import Sequence

from controls.citations import cite
from controls.guardrails.targets import PHI
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.residency import RESIDENCY_GROUPS
from controls.zone import Zone

D1 = Control(
    id="D1",
    title="Keys stay usable: rotated, not deleted in haste, not open to everyone",
    reason="Who loses a key loses the data under it; who may use a key may read the data under it.",
    citations=cite("164.312(a)(2)(iv)", "164.308(a)(7)(ii)(A)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        targets=PHI,
        statements=(
            Statement(
                sid="D1Keys",
                actions=("kms:DisableKey", "kms:DisableKeyRotation", "kms:DeleteImportedKeyMaterial"),
            ),
            Statement(
                sid="D1Deletion",
                actions=("kms:ScheduleKeyDeletion",),
                conditions={"NumericLessThan": {"kms:ScheduleKeyDeletionPendingWindowInDays": "30"}},
                exempt=False,
            ),
            Statement(
                sid="D1Lockout",
                actions=("kms:CreateKey", "kms:PutKeyPolicy"),
                conditions={"Bool": {"kms:BypassPolicyLockoutSafetyCheck": "true"}},
                exempt=False,
            ),
        ),
    ),
    detect=(
        ConfigRule(identifier="CMK_BACKING_KEY_ROTATION_ENABLED"),
        ConfigRule(identifier="KMS_KEY_POLICY_NO_PUBLIC_ACCESS"),
        ConfigRule(identifier="KMS_CMK_NOT_SCHEDULED_FOR_DELETION"),
    ),
)


def _d2(zone: Zone) -> Control:
    """Sources: AWS KMS Developer Guide, `kms:ReplicaRegion`; S3 User Guide, `s3:locationconstraint`.

    A replica is written by the replication role in the destination's region: a rule to elsewhere copies nothing.
    """
    regions = sorted(RESIDENCY_GROUPS[zone.residency])
    return Control(
        id="D2",
        title="Keys, buckets and copies of objects are inside the residency group only",
        reason="A replica of a key makes data readable where it lies: that place must be one the data may be in.",
        citations=cite("164.308(a)(1)(ii)(B)", "164.308(a)(7)(ii)(A)"),
        severity=Severity.HIGH,
        prevent=Guardrail(
            targets=PHI,
            statements=(
                Statement(
                    sid="D2Replica",
                    actions=("kms:ReplicateKey",),
                    conditions={"StringNotEquals": {"kms:ReplicaRegion": regions}},
                    exempt=False,
                ),
                Statement(
                    sid="D2Buckets",
                    actions=("s3:CreateBucket",),
                    # The key is missing for us-east-1, which has no constraint; F7 says where requests may go.
                    conditions={
                        "StringNotEquals": {"s3:locationconstraint": regions},
                        "Null": {"s3:locationconstraint": "false"},
                    },
                    exempt=False,
                ),
                Statement(
                    sid="D2Copies",
                    actions=("s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"),
                    conditions={"StringNotEquals": {"aws:RequestedRegion": regions}},
                    exempt=False,
                ),
            ),
        ),
        detect=(ConfigRule(identifier="S3_BUCKET_REPLICATION_ENABLED"),),
    )


D3 = Control(
    id="D3",
    title="Data at rest is encrypted with the zone's own keys",
    reason="A key of our own can be withdrawn, and every use of it is logged.",
    citations=cite("164.312(a)(2)(iv)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=PHI,
        statements=(
            # Without the header the bucket's default applies, which is KMS: only an explicit other choice is denied.
            Statement(
                sid="D3NotKms",
                actions=("s3:PutObject",),
                conditions={
                    "StringNotEquals": {"s3:x-amz-server-side-encryption": ["aws:kms", "aws:kms:dsse"]},
                    "Null": {"s3:x-amz-server-side-encryption": "false"},
                },
                exempt=False,
            ),
            Statement(
                sid="D3CustomerKey",
                actions=("s3:PutObject",),
                conditions={"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}},
                exempt=False,
            ),
        ),
    ),
    detect=(ConfigRule(identifier="S3_DEFAULT_ENCRYPTION_KMS"), ConfigRule(identifier="SNS_ENCRYPTED_KMS")),
)

D5 = Control(
    id="D5",
    title="Disks, file systems and databases are created encrypted",
    reason="What is created without encryption cannot be encrypted later without a copy.",
    citations=cite("164.312(a)(2)(iv)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=PHI,
        statements=(
            Statement(
                sid="D5Volumes",
                actions=("ec2:CreateVolume",),
                conditions={"Bool": {"ec2:Encrypted": "false"}},
                exempt=False,
            ),
            Statement(
                sid="D5FileSystems",
                actions=("elasticfilesystem:CreateFileSystem",),
                conditions={"Bool": {"elasticfilesystem:Encrypted": "false"}},
                exempt=False,
            ),
            Statement(
                sid="D5Clusters",
                actions=("rds:CreateDBCluster", "rds:RestoreDBClusterFromS3"),
                conditions={"Bool": {"rds:StorageEncrypted": "false"}},
                exempt=False,
            ),
        ),
    ),
    detect=(
        ConfigRule(identifier="ENCRYPTED_VOLUMES"),
        ConfigRule(identifier="EFS_ENCRYPTED_CHECK"),
        ConfigRule(identifier="RDS_STORAGE_ENCRYPTED"),
    ),
)

D6 = Control(
    id="D6",
    title="Backups cannot be deleted, and vaults keep their locks",
    reason="Ransomware goes for the backups first.",
    citations=cite("164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        targets=(*PHI, "Security"),
        statements=(
            Statement(
                sid="D6Vaults",
                actions=(
                    "backup:DeleteBackupPlan",
                    "backup:DeleteBackupSelection",
                    "backup:DeleteBackupVault",
                    "backup:DeleteBackupVaultAccessPolicy",
                    "backup:DeleteBackupVaultLockConfiguration",
                    "backup:DeleteRecoveryPoint",
                    "backup:DisassociateRecoveryPoint",
                    "backup:PutBackupVaultAccessPolicy",
                    "backup:PutBackupVaultLockConfiguration",
                    "backup:UpdateRecoveryPointLifecycle",
                ),
            ),
        ),
    ),
    detect=(
        ConfigRule(identifier="BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK"),
        ConfigRule(identifier="BACKUP_RECOVERY_POINT_ENCRYPTED"),
        ConfigRule(identifier="BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED"),
        ConfigRule(identifier="DYNAMODB_IN_BACKUP_PLAN"),
        ConfigRule(identifier="DYNAMODB_PITR_ENABLED"),
        ConfigRule(identifier="DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED"),
        ConfigRule(identifier="EFS_IN_BACKUP_PLAN"),
        ConfigRule(identifier="RDS_IN_BACKUP_PLAN"),
        ConfigRule(identifier="S3_RESOURCES_PROTECTED_BY_BACKUP_PLAN"),
    ),
)

D7 = Control(
    id="D7",
    title="Log groups are kept long enough and encrypted; images stay what they were",
    reason="An incident is often found months after it began; logs may quote data.",
    citations=cite("164.312(b)", "164.316(b)(2)(i)"),
    severity=Severity.MEDIUM,
    prevent=Guardrail(
        targets=PHI,
        statements=(
            Statement(
                sid="D7Logs",
                actions=(
                    "logs:DeleteDataProtectionPolicy",
                    "logs:DeleteLogGroup",
                    "logs:DeleteLogStream",
                    "logs:DeleteRetentionPolicy",
                    "logs:DisassociateKmsKey",
                    "logs:PutRetentionPolicy",
                ),
            ),
            Statement(
                sid="D7Images",
                actions=(
                    "ecr:BatchDeleteImage",
                    "ecr:DeleteRepository",
                    "ecr:PutImageTagMutability",
                    "ecr:SetRepositoryPolicy",
                ),
            ),
        ),
    ),
    detect=(
        ConfigRule(identifier="CLOUDWATCH_LOG_GROUP_ENCRYPTED"),
        ConfigRule(identifier="CW_LOGGROUP_RETENTION_PERIOD_CHECK"),
    ),
)


def _d4(zone: Zone) -> Control:
    """Buckets of the zone carry its prefix, so that what protects them can name them."""
    return Control(
        id="D4",
        title="Buckets of data and records keep what was written, and answer only over TLS",
        reason="Records prove what happened for six years; a model cannot be explained without the data it saw.",
        citations=cite("164.312(c)(1)", "164.312(e)(1)", "164.316(b)(2)(i)", "164.308(a)(7)(ii)(A)"),
        severity=Severity.HIGH,
        prevent=Guardrail(
            targets=(*PHI, "Security"),
            statements=(
                Statement(
                    sid="D4Buckets",
                    actions=(
                        "s3:DeleteBucket",
                        "s3:DeleteBucketPolicy",
                        "s3:PutBucketObjectLockConfiguration",
                        "s3:PutBucketOwnershipControls",
                        "s3:PutBucketPolicy",
                        "s3:PutBucketPublicAccessBlock",
                        "s3:PutBucketVersioning",
                        "s3:PutEncryptionConfiguration",
                        "s3:PutLifecycleConfiguration",
                        "s3:PutReplicationConfiguration",
                    ),
                    resources=(f"arn:aws:s3:::{zone.prefix}-*",),
                ),
                Statement(
                    sid="D4Versions",
                    actions=("s3:BypassGovernanceRetention", "s3:DeleteObjectVersion", "s3:PutObjectLegalHold"),
                    resources=(f"arn:aws:s3:::{zone.prefix}-*/*",),
                ),
            ),
        ),
        detect=(
            ConfigRule(identifier="S3_BUCKET_CROSS_REGION_REPLICATION_ENABLED"),
            ConfigRule(identifier="S3_BUCKET_VERSIONING_ENABLED"),
            ConfigRule(identifier="S3_BUCKET_DEFAULT_LOCK_ENABLED"),
            ConfigRule(identifier="S3_BUCKET_SSL_REQUESTS_ONLY"),
        ),
    )


def data(zone: Zone) -> Sequence[Control]:
    """D1 to D7 for one zone."""
    return (D1, _d2(zone), D3, _d4(zone), D5, D6, D7)
