"""Roles of people: each person starts sessions under their own name only, with multi-factor authentication."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pulumi_aws import iam

from components.documents import Statement, document

SESSION_SECONDS: Final = 3600


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonRole:
    """A role of people."""

    name: str
    description: str
    boundary_arn: pulumi.Input[str]
    principals: Sequence[str]
    """ARNs of IAM users and of roles of IAM Identity Center."""
    statements: Sequence[Statement]
    """The rights."""


def declare_person_role(parent: pulumi.Resource, name: str, role: PersonRole) -> pulumi.Output[str]:
    """Declare a role of people with its rights.

    Args:
        parent: the component.
        name: beginning of the names of the resources.
        role: the role.

    Returns:
        The ARN of the role.
    """
    opts = pulumi.ResourceOptions(parent=parent)
    declared = iam.Role(
        f"{name}-role",
        name=role.name,
        description=role.description,
        assume_role_policy=document(_trust(role.principals)),
        permissions_boundary=role.boundary_arn,
        max_session_duration=SESSION_SECONDS,
        opts=opts,
    )
    iam.RolePolicy(f"{name}-rights", role=declared.id, policy=document(role.statements), opts=opts)
    return declared.arn


def _trust(principals: Sequence[str]) -> list[Statement]:
    """Each person starts sessions under their own name only.

    A user signs in with MFA here; IAM Identity Center asks for MFA itself, and its sessions carry no key for it.
    """
    users = [principal for principal in principals if ":user/" in principal]
    roles = [principal for principal in principals if ":user/" not in principal]
    statements: list[Statement] = []
    if users:
        own = {"StringEquals": {"sts:SourceIdentity": "${aws:username}"}}
        statements += _allowed("Users", users, own, {"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    if roles:
        # `aws:userid` of a session is ROLE_ID:SESSION_NAME; Identity Center sets the user name as session name.
        own = {"StringLike": {"aws:userid": "*:${sts:SourceIdentity}"}}
        statements += _allowed("IdentityCenter", roles, own, {"Null": {"sts:SourceIdentity": "false"}})
    return statements


def _allowed(sid: str, principals: Sequence[str], own: Any, more: Any) -> list[Statement]:
    accounts = sorted({principal.split(":")[4] for principal in principals})
    trusted = {"AWS": [f"arn:aws:iam::{account}:root" for account in accounts]}
    condition = {"ArnEquals": {"aws:PrincipalArn": list(principals)}, **own}
    return [
        {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": trusted,
            "Action": "sts:AssumeRole",
            "Condition": {**condition, **more},
        },
        {
            "Sid": f"{sid}SourceIdentity",
            "Effect": "Allow",
            "Principal": trusted,
            "Action": "sts:SetSourceIdentity",
            "Condition": condition,
        },
    ]
