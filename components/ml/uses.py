"""Statements for the key of serving: who uses it for what. In a key policy, the resource `*` is this key."""

from collections.abc import Sequence

import pulumi

from components.documents import Statement
from components.keys import uses


def serving(region: str, account_id: pulumi.Input[str], log_groups: Sequence[str]) -> Sequence[Statement]:
    """Images, endpoint volumes, the journal and logs of one account and region, each through its service alone."""
    statements = [one for group in log_groups for one in uses.logs(region, account_id, group)]
    named = [{**one, "Sid": f"{one['Sid']}{number}"} for number, one in enumerate(statements)]
    return [*named, *uses.notifications(account_id), *_through(region, account_id)]


def _through(region: str, account_id: pulumi.Input[str]) -> Sequence[Statement]:
    """ECR and SageMaker work by grants on the caller's behalf (KMS Developer Guide, "kms:ViaService")."""
    services = [f"{one}.{region}.amazonaws.com" for one in ("dynamodb", "ecr", "sagemaker", "ssm")]
    principal = {"AWS": pulumi.Output.format("arn:aws:iam::{0}:root", account_id)}
    through = {"StringEquals": {"kms:CallerAccount": account_id, "kms:ViaService": services}}
    return [
        {
            "Sid": "UseThroughServices",
            "Effect": "Allow",
            "Principal": principal,
            "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
            "Resource": "*",
            "Condition": through,
        },
        {
            "Sid": "GrantsThroughServices",
            "Effect": "Allow",
            "Principal": principal,
            "Action": "kms:CreateGrant",
            "Resource": "*",
            "Condition": {**through, "Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ]
