"""Glue: which policies stand behind which control."""

from collections.abc import Mapping, Sequence

from controls.blocks.rule import rule
from controls.model import PolicyRule

ANALYTICS: Mapping[str, Sequence[PolicyRule]] = {
    "D5": (
        rule(
            "glue-security-keys",
            "Glue security configurations encrypt data, logs and bookmarks",
            "Set SSE-KMS for S3 and logs and CSE-KMS for bookmarks, each with kms_key_arn.",
        ),
        rule("glue-job-secured", "Glue jobs use a security configuration", "Set security_configuration."),
        rule(
            "glue-catalog-encrypted",
            "The catalogue and its connection passwords are encrypted",
            "Set both parts of data_catalog_encryption_settings.",
        ),
    ),
    "M12": (rule("glue-job-vpc", "Glue jobs run in a VPC through a connection", "Set connections."),),
    "M7": (rule("glue-job-limit", "Glue jobs end by themselves within a day", "Set timeout to 1440 minutes or less."),),
    "D3": (
        rule(
            "athena-results-key",
            "Query results are encrypted with a named key",
            "Set result_configuration.encryption_configuration to SSE_KMS with kms_key_arn.",
        ),
        rule(
            "athena-enforced",
            "A query cannot choose its own place and encryption",
            "Set configuration.enforce_workgroup_configuration=True.",
        ),
    ),
    "C1": (
        rule(
            "athena-cutoff",
            "A query that scans too much is stopped",
            "Set configuration.bytes_scanned_cutoff_per_query.",
        ),
    ),
    "D9": (
        rule(
            "lakeformation-no-defaults",
            "New databases and tables are open to nobody",
            "Set create_database_default_permissions and create_table_default_permissions to empty lists.",
        ),
        rule(
            "lakeformation-no-everyone",
            "Grants name a principal, never everyone",
            "Name a role or group instead of IAM_ALLOWED_PRINCIPALS.",
        ),
        rule("lakeformation-no-regrant", "Grants cannot be passed on", "Leave permissions_with_grant_options out."),
        rule(
            "lakeformation-columns",
            "Nobody is granted ALL on tables",
            "Grant SELECT on the columns that are needed (table_with_columns or a data cells filter).",
        ),
    ),
}
"""Control id -> the policies that block for it."""
