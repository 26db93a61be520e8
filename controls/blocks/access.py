"""Access that ends by itself, and access in an emergency: controls that no organisation policy can express."""

from collections.abc import Sequence

from controls.blocks.rule import rule
from controls.citations import cite
from controls.model import Control, Severity

ACCESS: Sequence[Control] = (
    Control(
        id="A1",
        title="Sessions end by themselves",
        reason="A session left open is a person's rights in whoever's hands the keyboard is.",
        citations=cite("164.312(a)(2)(iii)"),
        severity=Severity.MEDIUM,
        block=(
            rule(
                "iam-role-session",
                "Role sessions end by themselves",
                "Lower max_session_duration, or raise session_seconds in policies/configuration.yaml with a reason.",
            ),
            rule(
                "permission-set-session",
                "Sessions of people signed in through IAM Identity Center end within a working day",
                "Set session_duration to PT8H or less.",
            ),
            rule(
                "sagemaker-domain-idle",
                "Idle Studio applications shut down",
                "Set idle_settings with lifecycle_management ENABLED and idle_timeout_in_minutes of 480 or less.",
            ),
        ),
    ),
    Control(
        id="A2",
        title="Emergency access is there, and hard to misuse",
        reason="At night, with sign-in down, somebody must get in; nobody must get in the same way unnoticed.",
        citations=cite("164.312(a)(2)(ii)", "164.308(a)(7)(ii)(C)"),
        severity=Severity.HIGH,
        block=(
            rule(
                "iam-break-glass",
                "The break-glass role asks for MFA and ends after an hour",
                "Require aws:MultiFactorAuthPresent true in its trust policy and set max_session_duration to 3600.",
            ),
        ),
    ),
)
"""Controls of which only the blocking layer exists."""
