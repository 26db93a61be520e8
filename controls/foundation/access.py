"""F3 and F9: people and programs come through roles, and nobody widens their own rights."""

from collections.abc import Sequence
from typing import Final

from controls.citations import cite
from controls.foundation.accounts import EVERY_OU
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.zone import Zone

IDENTITY_CENTER_ROLES: Final = "arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*"
"""Roles that IAM Identity Center makes from permission sets; its service-linked role changes them, which SCPs spare."""

F3: Final = Control(
    id="F3",
    title="No IAM users, passwords or access keys, and no new way to sign in",
    reason="A long-lived key works for whoever finds it; a new identity provider lets outsiders in as anybody.",
    citations=cite("164.312(a)(2)(i)", "164.312(d)", "164.308(a)(5)(ii)(D)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=EVERY_OU,
        statements=(
            Statement(
                sid="F3Users",
                actions=(
                    "iam:AddUserToGroup",
                    "iam:AttachUserPolicy",
                    "iam:CreateAccessKey",
                    "iam:CreateLoginProfile",
                    "iam:CreateServiceSpecificCredential",
                    "iam:CreateUser",
                    "iam:PutUserPolicy",
                    "iam:ResetServiceSpecificCredential",
                    "iam:UpdateAccessKey",
                    "iam:UpdateLoginProfile",
                    "iam:UploadSSHPublicKey",
                    "iam:UploadSigningCertificate",
                ),
            ),
            Statement(
                sid="F3Providers",
                actions=(
                    "iam:AddClientIDToOpenIDConnectProvider",
                    "iam:CreateOpenIDConnectProvider",
                    "iam:CreateSAMLProvider",
                    "iam:DeleteOpenIDConnectProvider",
                    "iam:DeleteSAMLProvider",
                    "iam:RemoveClientIDFromOpenIDConnectProvider",
                    "iam:UpdateOpenIDConnectProviderThumbprint",
                    "iam:UpdateSAMLProvider",
                ),
            ),
        ),
    ),
    detect=(
        ConfigRule(identifier="IAM_USER_NO_POLICIES_CHECK"),
        ConfigRule(identifier="IAM_USER_UNUSED_CREDENTIALS_CHECK", parameters={"maxCredentialUsageAge": "90"}),
        ConfigRule(identifier="ACCESS_KEYS_ROTATED", parameters={"maxAccessKeyAge": "90"}),
        ConfigRule(identifier="IAM_PASSWORD_POLICY"),
    ),
)


def access(zone: Zone) -> Sequence[Control]:
    """F3 and F9 for one zone."""
    names = (*zone.exempt_roles, zone.preview_role, *zone.service_roles)
    own_roles = tuple(f"arn:aws:iam::*:role/{name}" for name in names)
    boundary = f"arn:aws:iam::*:policy/{zone.boundary_policy}"
    f9 = Control(
        id="F9",
        title="The zone's roles stay as they are, and every new role carries the boundary",
        reason="Who may change a powerful role, or make one without limits, has every right the account can give.",
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
    )
    return (F3, f9)
