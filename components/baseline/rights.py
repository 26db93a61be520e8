"""The rights of the pipeline in an account: statements computed from the tables of `rights_data`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.baseline.rights_data import (
    GRANTED,
    LINKED,
    NAMES,
    NAMES_FOR,
    NO_DATA,
    ORGANIZATION,
    PASSED_IN,
    PASSED_TO,
    ROUTE_53,
    SERVICES,
    SPENDING_STOPS,
)
from components.baseline.state_rights import state_objects, state_rights
from components.documents import Statement
from components.keys.key import ADMINISTRATION, REPLICATION


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """The scope of the rights."""

    prefix: str
    account_id: Any
    """Id of the account, as text or output."""
    regions: Sequence[str]
    boundary_arn: Any
    own_role_arns: Sequence[Any]
    management_account_id: str
    """Account of Pulumi's state."""
    access_role: str
    """The administrator role in member accounts that foundation stacks assume from the management account."""

    @property
    def in_regions(self) -> Mapping[str, Any]:
        """The condition that restricts rights to the regions of the zone."""
        return {"StringEquals": {"aws:RequestedRegion": list(self.regions)}}


def deploy(kind: str, scope: Scope) -> Sequence[Statement]:
    """Statements of the deploy role's policy in an account of some kind."""
    roles = f"arn:aws:iam::*:role/{scope.prefix}-*"
    statements: list[Statement] = [
        {
            "Sid": "Services",
            "Effect": "Allow",
            # What will be deployed changes with every stack; guardrails and boundary hold, and data is denied below.
            "Action": [f"{service}:*" for service in SERVICES[kind]],
            "Resource": "*",
            "Condition": scope.in_regions,
        },
        {
            "Sid": "Buckets",
            "Effect": "Allow",
            "Action": ["s3:CreateBucket", "s3:DeleteBucket*", "s3:Get*", "s3:List*", "s3:Put*"],
            "Resource": [f"arn:aws:s3:::{scope.prefix}-*"],
        },
        {
            "Sid": "AccessPoints",
            "Effect": "Allow",
            "Action": [
                "s3:CreateAccessPoint",
                "s3:DeleteAccessPoint",
                "s3:DeleteAccessPointPolicy",
                "s3:GetAccessPoint*",
                "s3:PutAccessPointPolicy",
            ],
            "Resource": ["arn:aws:s3:*:*:accesspoint/*"],
            "Condition": scope.in_regions,
        },
        {
            "Sid": "LinkedRoles",
            "Effect": "Allow",
            # KMS keeps replicas of a multi-Region key alike by a role of its own.
            "Action": "iam:CreateServiceLinkedRole",
            "Resource": "arn:aws:iam::*:role/aws-service-role/mrk.kms.amazonaws.com/*",
            "Condition": {"StringEquals": {"iam:AWSServiceName": "mrk.kms.amazonaws.com"}},
        },
        {
            "Sid": "Keys",
            "Effect": "Allow",
            "Action": ["kms:CreateKey", *ADMINISTRATION, *REPLICATION],
            "Resource": "*",
            "Condition": scope.in_regions,
        },
        {
            "Sid": "RolesWithBoundary",
            "Effect": "Allow",
            "Action": [
                "iam:AttachRolePolicy",
                "iam:CreateRole",
                "iam:DeleteRolePolicy",
                "iam:DetachRolePolicy",
                "iam:PutRolePermissionsBoundary",
                "iam:PutRolePolicy",
            ],
            "Resource": roles,
            "Condition": {"StringEquals": {"iam:PermissionsBoundary": scope.boundary_arn}},
        },
        {
            "Sid": "Roles",
            "Effect": "Allow",
            "Action": [
                "iam:DeleteRole",
                "iam:Get*",
                "iam:List*",
                "iam:TagRole",
                "iam:UntagRole",
                "iam:UpdateAssumeRolePolicy",
                "iam:UpdateRole",
            ],
            "Resource": roles,
        },
        {
            "Sid": "PassRoles",
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": roles,
            "Condition": {"StringEquals": {"iam:PassedToService": [*PASSED_TO, *PASSED_IN.get(kind, ())]}},
        },
        {
            "Sid": "OwnRoles",
            "Effect": "Deny",
            "Action": [
                "iam:Attach*",
                "iam:Create*",
                "iam:Delete*",
                "iam:Detach*",
                "iam:Pass*",
                "iam:Put*",
                "iam:Update*",
            ],
            "Resource": [*scope.own_role_arns, scope.boundary_arn],
        },
        _no_data(kind, scope),
    ]
    if kind in ("workload", "sandbox"):
        statements.append(
            {
                "Sid": "RolePolicies",
                "Effect": "Allow",
                # Managed policies of teams and runbooks: they are attached to roles with the boundary only.
                "Action": [
                    "iam:CreatePolicy*",
                    "iam:DeletePolicy*",
                    "iam:GetPolicy*",
                    "iam:ListPolicy*",
                    "iam:TagPolicy",
                    "iam:UntagPolicy",
                ],
                "Resource": [
                    f"arn:aws:iam::*:policy/{scope.prefix}-data-team-*",
                    f"arn:aws:iam::*:policy/{scope.prefix}-service-recovery-*",
                ],
            }
        )
    if kind == "sandbox":
        statements.append(
            {
                "Sid": "EmptyBuckets",
                "Effect": "Allow",
                # Synthetic data is deleted with its bucket; access logs arrive after the keeper function emptied it.
                "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
                "Resource": f"arn:aws:s3:::{scope.prefix}-*/*",
            }
        )
    if kind in LINKED:
        statements.append(_linked(kind))
    if kind in GRANTED:
        statements.append(_grants(scope, GRANTED[kind]))
    if "lambda" in GRANTED.get(kind, ()):
        statements.append(_function_variables(scope))
    if kind in NAMES_FOR:
        statements.append(
            {
                "Sid": "Names",
                "Effect": "Allow",
                "Action": list(NAMES),
                # Zones and health checks have ids that AWS chooses: there is no pattern to name.
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:RequestedRegion": ROUTE_53}},
            }
        )
    if kind == "management":
        statements += [
            # AWS Organizations and its like have no resource level for most of these.
            {"Sid": "Organization", "Effect": "Allow", "Action": list(ORGANIZATION), "Resource": "*"},
            {
                "Sid": "SpendingStops",
                "Effect": "Allow",
                "Action": list(SPENDING_STOPS),
                "Resource": f"arn:aws:budgets::*:budget/{scope.prefix}-sandbox-*",
            },
            {
                "Sid": "SharingRole",
                "Effect": "Allow",
                # Sharing with the organisation makes it (RAM User Guide, "Enable resource sharing").
                "Action": "iam:CreateServiceLinkedRole",
                "Resource": "arn:aws:iam::*:role/aws-service-role/ram.amazonaws.com/*",
                "Condition": {"StringEquals": {"iam:AWSServiceName": "ram.amazonaws.com"}},
            },
            _assume(f"arn:aws:iam::*:role/{scope.access_role}"),
            _assume(f"arn:aws:iam::*:role/{scope.prefix}-deploy"),
        ]
    return statements


def preview(kind: str, scope: Scope) -> Sequence[Statement]:
    """Statements of the preview role's own policy, beside AWS's view-only policies."""
    statements: list[Statement] = [_no_data(kind, scope)]
    if kind == "management":
        statements.append(_assume(f"arn:aws:iam::*:role/{scope.prefix}-preview"))
    return statements


def state(scope: Scope, *, writes: bool) -> Sequence[Statement]:
    """Statements on Pulumi's state, for roles of the management account.

    They need a managed policy of their own: the statements of `deploy` nearly fill the 6,144 characters of one.

    Args:
        scope: the scope of the rights.
        writes: whether the role deploys.
    """
    return state_rights(scope.prefix, scope.management_account_id, writes=writes)


def _no_data(kind: str, scope: Scope) -> Statement:
    """Denies data: 45 CFR 164.308(a)(4)(ii)(C). In the management account Pulumi's state is the exception."""
    everything: Statement = {"Sid": "NoData", "Effect": "Deny", "Action": list(NO_DATA)}
    if kind == "management":
        return {**everything, "NotResource": state_objects(scope.prefix, scope.management_account_id)}
    return {**everything, "Resource": "*"}


def _linked(kind: str) -> Statement:
    return {
        "Sid": "LinkedRolesOfServices",
        "Effect": "Allow",
        "Action": "iam:CreateServiceLinkedRole",
        # The path of a service-linked role is its service, which the condition names: one ARN keeps the policy short.
        "Resource": "arn:aws:iam::*:role/aws-service-role/*",
        "Condition": {"StringEquals": {"iam:AWSServiceName": list(LINKED[kind])}},
    }


def _grants(scope: Scope, services: Sequence[str]) -> Statement:
    """The right to grant a service the use of a key, needed to create a resource that is encrypted with it."""
    return {
        "Sid": "Grants",
        "Effect": "Allow",
        "Action": "kms:CreateGrant",
        "Resource": "*",
        "Condition": {
            "StringEquals": {"kms:ViaService": _through(scope, services)},
            "Bool": {"kms:GrantIsForAWSResource": "true"},
        },
    }


def _function_variables(scope: Scope) -> Statement:
    return {
        "Sid": "FunctionVariables",
        "Effect": "Allow",
        # Lambda Developer Guide, "Securing Lambda environment variables": there are no secrets in them here.
        "Action": ["kms:Decrypt", "kms:Encrypt"],
        "Resource": "*",
        "Condition": {"StringEquals": {"kms:ViaService": _through(scope, ["lambda"])}},
    }


def _through(scope: Scope, services: Sequence[str]) -> list[str]:
    return [f"{service}.{region}.amazonaws.com" for service in services for region in scope.regions]


def _assume(role: str) -> Statement:
    return {
        "Sid": "Assume" + "".join(part.capitalize() for part in role.rpartition("/")[2].split("-")),
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Resource": role,
        "Condition": {"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}},
    }
