"""F9: The zone's roles cannot be changed, and every new role has the permissions boundary."""

from typing import Final

from controls.citations import cite
from controls.foundation.f9_protected_roles.policies import POLICIES
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import EVERY_OU
from controls.zone import Zone

IDENTITY_CENTER_ROLES: Final = "arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*"
"""Roles that IAM Identity Center makes from permission sets; its service-linked role changes them, which SCPs spare."""


def control(zone: Zone) -> Control:
    """F9 for one zone."""
    names = (*zone.exempt_roles, zone.preview_role, *zone.service_roles)
    own_roles = tuple(f"arn:aws:iam::*:role/{name}" for name in names)
    boundary = f"arn:aws:iam::*:policy/{zone.boundary_policy}"
    return Control(
        id="F9",
        title="The zone's roles cannot be changed, and every new role has the permissions boundary",
        reason="A principal that can change a privileged role or create one without boundary can do anything.",
        citations=cite("164.308(a)(4)(ii)(C)", "164.312(a)(1)", "164.308(a)(3)(ii)(A)"),
        severity=Severity.CRITICAL,
        prevent=Guardrail(
            targets=EVERY_OU,
            statements=(
                Statement(
                    sid="F9Roles",
                    actions=(
                        "iam:AttachRolePolicy",
                        "iam:CreateRole",  # some names are spared elsewhere (Zone.service_roles)
                        "iam:DeleteRole",
                        "iam:DeleteRolePermissionsBoundary",
                        "iam:DeleteRolePolicy",
                        "iam:DetachRolePolicy",
                        "iam:PassRole",
                        "iam:PutRolePermissionsBoundary",
                        "iam:PutRolePolicy",
                        "iam:TagRole",
                        "iam:UntagRole",
                        "iam:UpdateAssumeRolePolicy",
                        "iam:UpdateRole",
                        "iam:UpdateRoleDescription",
                    ),
                    resources=(*own_roles, IDENTITY_CENTER_ROLES),
                ),
                Statement(
                    sid="F9Trusted",
                    # Trust, key, bucket and approval policies name roles of teams, jobs and the approver by the zone's
                    # prefix: creating or changing such a role gives its rights. Passing one to a job is daily work.
                    actions=(
                        "iam:AttachRolePolicy",
                        "iam:CreateRole",
                        "iam:DeleteRole",
                        "iam:DeleteRolePolicy",
                        "iam:DetachRolePolicy",
                        "iam:PutRolePermissionsBoundary",
                        "iam:PutRolePolicy",
                        "iam:TagRole",
                        "iam:UntagRole",
                        "iam:UpdateAssumeRolePolicy",
                        "iam:UpdateRole",
                    ),
                    resources=(f"arn:aws:iam::*:role/{zone.prefix}-*",),
                ),
                Statement(
                    sid="F9BoundaryPolicy",
                    actions=(
                        "iam:CreatePolicyVersion",
                        "iam:DeletePolicy",
                        "iam:DeletePolicyVersion",
                        "iam:SetDefaultPolicyVersion",
                    ),
                    resources=(boundary,),
                ),
                Statement(
                    sid="F9WithoutBoundary",
                    actions=("iam:CreateRole", "iam:PutRolePermissionsBoundary"),
                    # A negated operator also matches when the key is absent: a role with no boundary is denied.
                    conditions={"StringNotLike": {"iam:PermissionsBoundary": boundary}},
                ),
                Statement(
                    sid="F9DropBoundary",
                    actions=("iam:DeleteRolePermissionsBoundary",),
                ),
            ),
        ),
        detect=(
            ConfigRule(identifier="IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS"),
            ConfigRule(identifier="IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS"),
        ),
        block=POLICIES,
    )
