"""Databases: which policies stand behind which control."""

from collections.abc import Mapping, Sequence

from controls.blocks.rule import rule, stack_rule
from controls.model import PolicyRule

STORES: Mapping[str, Sequence[PolicyRule]] = {
    "D5": (
        rule(
            "rds-encrypted",
            "Databases are encrypted with a named key",
            "Set storage_encrypted=True and kms_key_id; an existing database is copied through an encrypted snapshot.",
        ),
        rule(
            "rds-insights-key", "Performance data is encrypted with a named key", "Set performance_insights_kms_key_id."
        ),
        rule("efs-encrypted", "File systems are encrypted with a named key", "Set encrypted=True and kms_key_id."),
        rule(
            "dynamodb-key",
            "Tables are encrypted with a named key",
            "Set server_side_encryption with enabled=True and kms_key_arn.",
        ),
        rule("ebs-volume-encrypted", "Volumes are encrypted", "Set encrypted=True and kms_key_id."),
        rule(
            "kinesis-encrypted", "Streams are encrypted with a named key", "Set encryption_type to KMS and kms_key_id."
        ),
        rule(
            "elasticache-encrypted",
            "Caches are encrypted at rest and on the way",
            "Set at_rest_encryption_enabled and transit_encryption_enabled.",
        ),
    ),
    "N8": (rule("rds-private", "Databases have no public address", "Set publicly_accessible=False."),),
    "D6": (
        rule("rds-deletion-protected", "Databases cannot be deleted by mistake", "Set deletion_protection=True."),
        rule("rds-backups", "Databases keep automated backups for 35 days", "Set backup_retention_period=35."),
        rule("rds-multi-az", "Database instances survive the loss of a zone", "Set multi_az=True."),
        rule(
            "rds-final-snapshot",
            "A deleted database leaves a snapshot",
            "Set skip_final_snapshot=False and final_snapshot_identifier.",
        ),
        rule("efs-backups", "File systems are backed up", "Set backup_policy.status to ENABLED."),
        rule(
            "dynamodb-recovery",
            "Tables can be restored to any moment of the last 35 days",
            "Set point_in_time_recovery.enabled=True.",
        ),
        rule(
            "dynamodb-deletion-protected",
            "Tables cannot be deleted by mistake",
            "Set deletion_protection_enabled=True.",
        ),
        rule("secret-recovery", "A deleted secret can be restored for 30 days", "Set recovery_window_in_days=30."),
        rule("backup-vault-key", "Backups are encrypted with a named key", "Set kms_key_arn."),
        rule("backup-vault-kept", "A vault is never emptied to be deleted", "Leave force_destroy out."),
        rule(
            "backup-vault-lock",
            "Vault locks keep recovery points for 35 days or more, beyond anyone's reach",
            "Set min_retention_days to 35 or more and changeable_for_days.",
        ),
        rule(
            "backup-plan-copies",
            "Backup plans copy to another vault and keep the copies",
            "Add copy_actions with the recovery region's or backup account's vault to every rule.",
        ),
        stack_rule(
            "data-covered",
            "Everything that holds data is backed up or copied elsewhere",
            "Name the resource in a backup Selection (or tag it as one selects), or replicate it to the other region.",
        ),
    ),
    "F3": (
        rule(
            "rds-managed-password",
            "Nobody knows the master password",
            "Set manage_master_user_password=True instead of a password.",
        ),
        rule(
            "rds-iam-authentication", "Database users sign in with IAM", "Set iam_database_authentication_enabled=True."
        ),
        rule(
            "secret-rotation",
            "Secrets rotate within 90 days",
            "Set rotation_rules.automatically_after_days to 90 or less.",
        ),
    ),
    "D7": (rule("rds-logs", "Databases export their logs", "Set enabled_cloudwatch_logs_exports."),),
    "F12": (rule("rds-snapshot-tags", "Snapshots carry the database's tags", "Set copy_tags_to_snapshot=True."),),
    "D4": (
        rule("rds-tls", "Database parameter groups require TLS", "Set the parameter rds.force_ssl to 1."),
        rule(
            "efs-policy-tls",
            "File systems are mounted over TLS only",
            "Deny the policy's actions when aws:SecureTransport is false.",
        ),
    ),
    "D3": (
        rule("ssm-secure-key", "Secure parameters use a named key", "Set key_id."),
        rule("secret-key", "Secrets are encrypted with a named key", "Set kms_key_id."),
    ),
    "F11": (
        rule(
            "secret-not-public",
            "No secret is readable by everyone",
            "Name the principals and set block_public_policy=True.",
        ),
    ),
}
"""Control id -> the policies that block for it."""
