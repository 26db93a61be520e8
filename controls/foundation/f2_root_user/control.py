"""F2: The root user of a member account has no permissions."""

from typing import Final

from controls.citations import cite
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import EVERY_OU

CONTROL: Final = Control(
    id="F2",
    title="The root user of a member account has no permissions",
    reason="No policy of the account limits the root user, and its sign-ins cannot be attributed to a person.",
    citations=cite("164.312(a)(2)(i)", "164.312(d)", "164.308(a)(4)(ii)(B)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        targets=EVERY_OU,
        statements=(
            Statement(
                sid="F2Root",
                actions=("*",),
                conditions={
                    "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"},
                    # Sessions of sts:AssumeRoot are the management account's own repairs, limited to one task each
                    # (IAM User Guide, "Centrally manage root access"); they alone carry this key.
                    "Null": {"aws:AssumedRoot": "true"},
                },
                exempt=False,
            ),
        ),
    ),
    detect=(
        ConfigRule(identifier="IAM_ROOT_ACCESS_KEY_CHECK"),
        ConfigRule(identifier="ROOT_ACCOUNT_MFA_ENABLED"),
        ConfigRule(identifier="ROOT_ACCOUNT_HARDWARE_MFA_ENABLED"),
    ),
)
