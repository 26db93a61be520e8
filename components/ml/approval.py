"""The role that approves versions of models, and the statements that keep authors from approving their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.documents import Statement
from components.person_role import PersonRole, declare_person_role
from components.tokens import type_token

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
    """Declares a role of people for model packages with its rights; returns its ARN."""
    return declare_person_role(
        parent,
        name,
        PersonRole(
            name=args.role,
            description=description,
            boundary_arn=args.boundary_arn,
            principals=args.principals,
            statements=statements,
        ),
    )


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
