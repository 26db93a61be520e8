"""The permissions boundary of the roles that the pipeline creates."""

from collections.abc import Sequence
from typing import Final

from components.baseline.rights import Scope
from components.baseline.rights_data import PACKAGES, WORKLOAD
from components.documents import Statement
from components.packages.rights import BEARER

_ORGANIZATION_READER: Final[Statement] = {
    "Sid": "Organization",
    "Effect": "Allow",
    # What the role of AWS Config's aggregator may do (AWS managed policy AWSConfigRoleForOrganizations).
    "Action": [
        "organizations:DescribeOrganization",
        "organizations:ListAWSServiceAccessForOrganization",
        "organizations:ListAccounts",
        "organizations:ListDelegatedAdministrators",
    ],
    "Resource": "*",
}
_SPENDING_STOP: Final[Statement] = {
    "Sid": "SpendingStop",
    "Effect": "Allow",
    # What the role of the spending stop of a sandbox may do; its own policy names one SCP and one account.
    "Action": ["organizations:AttachPolicy", "organizations:DetachPolicy"],
    "Resource": ["arn:aws:organizations::*:account/*", "arn:aws:organizations::*:policy/*/service_control_policy/*"],
}


def boundary(kind: str, scope: Scope) -> Sequence[Statement]:
    """The boundary of roles that are created later: services of workloads in the regions of the zone, without IAM."""
    return [
        *([_ORGANIZATION_READER] if kind == "security" else []),
        *([_SPENDING_STOP] if kind == "management" else []),
        {
            "Sid": "Services",
            "Effect": "Allow",
            "Action": [*(f"{service}:*" for service in WORKLOAD), "kms:*", "s3:*", "sts:AssumeRole", "xray:*"],
            "Resource": "*",
            "Condition": scope.in_regions,
        },
        {
            "Sid": "PassRoles",
            "Effect": "Allow",
            "Action": ["iam:GetRole", "iam:PassRole"],
            "Resource": f"arn:aws:iam::*:role/{scope.prefix}-*",
        },
        *(_packages(kind, scope) if kind in PACKAGES else []),
        *(
            [_verify_permissions(scope.prefix), _quotas(scope), _classification(scope), _revocations(scope)]
            if kind == "workload"
            else []
        ),
        {
            "Sid": "OwnRoles",
            "Effect": "Deny",
            "Action": ["iam:PassRole", "sts:AssumeRole"],
            "Resource": [*scope.own_role_arns],
        },
    ]


def _packages(kind: str, scope: Scope) -> Sequence[Statement]:
    """Packages of CodeArtifact; its tokens are bearer tokens of AWS STS."""
    return [
        {
            "Sid": "Packages",
            "Effect": "Allow",
            "Action": list(PACKAGES[kind]),
            "Resource": "*",
            "Condition": scope.in_regions,
        },
        BEARER,
    ]


def _verify_permissions(prefix: str) -> Statement:
    """Before a runbook changes anything, it asks IAM whether its own role has all rights that the steps need."""
    return {
        "Sid": "VerifyPermissions",
        "Effect": "Allow",
        "Action": "iam:SimulatePrincipalPolicy",
        "Resource": f"arn:aws:iam::*:role/{prefix}-service-recovery-*",
    }


def _quotas(scope: Scope) -> Statement:
    """What the runbooks ask Service Quotas before a failover."""
    return {
        "Sid": "Quotas",
        "Effect": "Allow",
        "Action": ["servicequotas:ListAWSDefaultServiceQuotas", "servicequotas:ListServiceQuotas"],
        "Resource": "*",
        "Condition": scope.in_regions,
    }


def _classification(scope: Scope) -> Statement:
    """What the state machine of a retraining pipeline does with Macie."""
    return {
        "Sid": "Classification",
        "Effect": "Allow",
        "Action": [
            "macie2:CreateClassificationJob",
            "macie2:DescribeClassificationJob",
            "macie2:GetFindings",
            "macie2:GetMacieSession",
            "macie2:ListFindings",
        ],
        "Resource": "*",
        "Condition": scope.in_regions,
    }


def _revocations(scope: Scope) -> Statement:
    """What the role that promotes asks AWS Signer about the signatures of images."""
    return {
        "Sid": "Revocations",
        "Effect": "Allow",
        "Action": "signer:GetRevocationStatus",
        "Resource": "*",
        "Condition": scope.in_regions,
    }
