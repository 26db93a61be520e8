"""F3: No IAM users, passwords or access keys, and no new identity providers."""

from typing import Final

from controls.citations import cite
from controls.foundation.f3_sign_in.policies import POLICIES
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import EVERY_OU

CONTROL: Final = Control(
    id="F3",
    title="No IAM users, passwords or access keys, and no new identity providers",
    reason="Anyone who finds a long-lived key can use it; a new identity provider can issue any identity to outsiders.",
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
            Statement(
                sid="F3Anchors",
                # Certificates of a trust anchor, and users of an account's own Identity Center, sign in as roles too.
                actions=(
                    "rolesanywhere:CreateProfile",
                    "rolesanywhere:CreateTrustAnchor",
                    "rolesanywhere:EnableProfile",
                    "rolesanywhere:EnableTrustAnchor",
                    "rolesanywhere:UpdateProfile",
                    "rolesanywhere:UpdateTrustAnchor",
                    "sso:CreateInstance",
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
    block=POLICIES,
)
