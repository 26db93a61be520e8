"""The role that approves versions of models, and the statements that keep authors from approving their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pulumi_aws import iam

from components.documents import Statement, document
from components.tokens import type_token

SESSION_SECONDS: Final = 3600
UNKNOWN: Final = "unknown"
"""Author of a version that was registered without one; nobody approves it."""
AUTHOR: Final = "Author"
"""Metadata property of a model package that names the person who is responsible for the version."""
REQUESTED_AUTHOR: Final = f"sagemaker:CustomerMetadataProperties/{AUTHOR}"
"""Condition key: the author in a request."""
CURRENT_AUTHOR: Final = f"sagemaker:CurrentCustomerMetadataProperties/{AUTHOR}"
"""Condition key: the author that the package has."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelRoleArgs:
    """A role of people for model packages, in one account."""

    role: str
    prefix: str
    """First part of the names of the package groups and repositories."""
    account_id: pulumi.Input[str]
    region: str
    boundary_arn: pulumi.Input[str]
    principals: Sequence[str]
    """ARNs of IAM users and of roles of IAM Identity Center."""

    def __post_init__(self) -> None:
        """Refuses a role that nobody may assume."""
        if not self.principals:
            raise ValueError("ModelRoleArgs.principals: []; allowed: at least one ARN")


class ApproverRole(pulumi.ComponentResource):
    """`hipaa-ml:ml:ApproverRole`: the role that approves and rejects versions of models, never the person's own.

    Creates an `aws.iam.Role` and its `RolePolicy`.

    A session must carry a source identity, which the trust policy compares with the name of the person. The policy
    denies a decision when the `Author` of the package is that person (45 CFR 164.308(a)(3)(ii)(A)).
    """

    def __init__(self, name: str, args: ModelRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self.arn = role(self, name, args, "Approves and rejects versions of models", _approval(args))
        self.register_outputs({"arn": self.arn})


def decision_statements(packages: pulumi.Input[str]) -> list[Statement]:
    """Statements of a package group's policy: the author does not approve, and nobody changes who the author is.

    `sagemaker:CurrentCustomerMetadataProperties/…` is the property that the package has, not one of the request
    (Service Authorization Reference, "Condition keys for Amazon SageMaker").

    Args:
        packages: ARN pattern of the packages.
    """
    current, requested = f"sagemaker:CurrentCustomerMetadataProperties/{AUTHOR}", REQUESTED_AUTHOR
    approval = {"sagemaker:ModelApprovalStatus": "Approved"}

    def deny(sid: str, action: str, condition: Any) -> Statement:
        return {
            "Sid": sid,
            "Effect": "Deny",
            "Principal": "*",
            "Action": f"sagemaker:{action}",
            "Resource": packages,
            "Condition": condition,
        }

    return [
        deny(
            "AuthorDoesNotApprove",
            "UpdateModelPackage",
            {"StringEquals": {**approval, current: ["${aws:SourceIdentity}", UNKNOWN]}},
        ),
        deny("ApprovalHasAuthor", "UpdateModelPackage", {"StringEquals": approval, "Null": {current: "true"}}),
        deny(
            "ApprovalHasPerson",
            "UpdateModelPackage",
            {"StringEquals": approval, "Null": {"aws:SourceIdentity": "true"}},
        ),
        deny("RegistrationHasAuthor", "CreateModelPackage", {"Null": {requested: "true"}}),
        deny("AuthorIsFinal", "UpdateModelPackage", {"Null": {requested: "false"}}),
        deny(
            "AuthorStays",
            "UpdateModelPackage",
            {"ForAnyValue:StringEquals": {"sagemaker:CustomerMetadataPropertiesToRemove": AUTHOR}},
        ),
    ]


def role(
    parent: pulumi.Resource, name: str, args: ModelRoleArgs, description: str, statements: Sequence[Statement]
) -> pulumi.Output[str]:
    """Declares a role of people with its rights; returns its ARN."""
    role = iam.Role(
        f"{name}-role",
        name=args.role,
        description=description,
        assume_role_policy=document(_trust(args.principals)),
        permissions_boundary=args.boundary_arn,
        max_session_duration=SESSION_SECONDS,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    iam.RolePolicy(
        f"{name}-rights", role=role.id, policy=document(statements), opts=pulumi.ResourceOptions(parent=parent)
    )
    return role.arn


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


def sagemaker_arn(args: ModelRoleArgs, resource: str) -> pulumi.Output[str]:
    """ARN of a SageMaker resource in the role's account and region."""
    return pulumi.Output.format("arn:aws:sagemaker:{0}:{1}:{2}", args.region, args.account_id, resource)


def reading(args: ModelRoleArgs) -> list[Statement]:
    """The right to read versions."""
    return [
        {
            "Sid": "ReadVersions",
            "Effect": "Allow",
            "Action": ["sagemaker:DescribeModelPackage", "sagemaker:DescribeModelPackageGroup"],
            "Resource": [
                sagemaker_arn(args, f"model-package-group/{args.prefix}-*"),
                sagemaker_arn(args, f"model-package/{args.prefix}-*/*"),
            ],
        },
        {
            "Sid": "ListVersions",
            "Effect": "Allow",
            # It has no resource types (Service Authorization Reference): the answer has names and statuses only.
            "Action": "sagemaker:ListModelPackages",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": args.region}},
        },
    ]


def _approval(args: ModelRoleArgs) -> list[Statement]:
    return [
        *reading(args),
        {
            "Sid": "Decide",
            "Effect": "Allow",
            "Action": "sagemaker:UpdateModelPackage",
            "Resource": sagemaker_arn(args, f"model-package/{args.prefix}-*/*"),
            "Condition": {
                "StringEquals": {"sagemaker:ModelApprovalStatus": ["Approved", "Rejected"]},
                "StringNotEquals": {CURRENT_AUTHOR: ["${aws:SourceIdentity}", UNKNOWN]},
                "Null": {
                    "aws:SourceIdentity": "false",
                    CURRENT_AUTHOR: "false",
                    REQUESTED_AUTHOR: "true",
                },
            },
        },
    ]
