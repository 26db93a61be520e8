"""Statements for the key of the MLflow server: database, image, logs and the secret of the database."""

from collections.abc import Sequence

import pulumi

from components.documents import Statement
from components.keys import uses
from components.mlflow.names import MlflowNames

MONITORING_LOGS = "RDSOSMetrics"
"""Log group of enhanced monitoring; RDS fixes it (RDS User Guide, "Viewing OS metrics using CloudWatch Logs")."""


def key_uses(
    names: MlflowNames, region: str, account_id: pulumi.Input[str], backup_account_id: pulumi.Input[str]
) -> Sequence[Statement]:
    """Key policy statements in the primary region."""
    groups = (names.log_group, names.database_log_group, MONITORING_LOGS)
    logs = [log for group in groups for log in uses.logs(region, account_id, group)]
    return [
        *({**statement, "Sid": f"{statement['Sid']}{number}"} for number, statement in enumerate(logs)),
        *database_uses(region, account_id),
        _copies(region, backup_account_id),
    ]


def database_uses(region: str, account_id: pulumi.Input[str]) -> Sequence[Statement]:
    """RDS, ECR and Secrets Manager work with the key for the account's callers."""
    return uses.by_grants(
        ["ecr", "rds", "secretsmanager"],
        region,
        account_id,
        use="UseThroughServices",
        grant="GrantsThroughServices",
    )


def _copies(region: str, backup_account_id: pulumi.Input[str]) -> Statement:
    """The backup account copies snapshots into its vault, which encrypts them with its own key.

    AWS Backup Developer Guide, "Encryption for backups": for resources that it does not manage fully, as RDS, the key
    of the source has to be shared with the account of the copy.
    """
    return {
        "Sid": "CopiesOfTheBackupAccount",
        "Effect": "Allow",
        "Principal": {"AWS": pulumi.Output.format("arn:aws:iam::{0}:root", backup_account_id)},
        "Action": ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey"],
        "Resource": "*",
        "Condition": {
            "StringEquals": {"kms:CallerAccount": backup_account_id, "kms:ViaService": f"rds.{region}.amazonaws.com"}
        },
    }
