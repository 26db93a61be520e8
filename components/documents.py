"""IAM policy documents whose values may be outputs of resources."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

Statement = Mapping[str, Any]
"""A statement in the syntax of IAM; any value may be a Pulumi output."""


def document(statements: Sequence[Statement]) -> pulumi.Output[str]:
    """The JSON text of a policy."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trusts(service: str, account_id: pulumi.Input[str]) -> Statement:
    """A trust statement: a service assumes the role, for this account only.

    IAM User Guide, "The confused deputy problem"; for services that say whom they work for.
    """
    return {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
    }


def trusts_people(sid: str, principals: Sequence[str], *, seconds: int | None = None) -> Statement:
    """A trust statement: the named principals assume the role, with multi-factor authentication.

    The accounts are the principals, and a condition names the people: a role cannot be created while a principal that
    its trust policy names does not exist, and stops trusting a principal that is deleted (IAM User Guide, "AWS JSON
    policy elements: Principal").

    Args:
        sid: the statement's `Sid`.
        principals: ARNs of users or roles.
        seconds: longest time since the authentication; None for no limit.
    """
    accounts = sorted({principal.split(":")[4] for principal in principals})
    recent = {} if seconds is None else {"NumericLessThan": {"aws:MultiFactorAuthAge": str(seconds)}}
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": [f"arn:aws:iam::{account}:root" for account in accounts]},
        "Action": "sts:AssumeRole",
        "Condition": {
            "ArnEquals": {"aws:PrincipalArn": list(principals)},
            "Bool": {"aws:MultiFactorAuthPresent": "true"},
            **recent,
        },
    }
