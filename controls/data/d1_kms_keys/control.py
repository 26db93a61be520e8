"""D1: Keys are rotated, protected from deletion and not public."""

from typing import Final

from controls.citations import cite
from controls.data.d1_kms_keys.policies import POLICIES
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import RECORDS

CONTROL: Final = Control(
    id="D1",
    title="Keys are rotated, protected from deletion and not public",
    reason="Without its key, encrypted data is lost; a principal that can use the key can read the data.",
    citations=cite("164.312(a)(2)(iv)", "164.308(a)(7)(ii)(A)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        targets=RECORDS,
        statements=(
            Statement(
                sid="D1Keys",
                actions=("kms:DisableKey", "kms:DisableKeyRotation", "kms:DeleteImportedKeyMaterial"),
            ),
            Statement(
                sid="D1Deletion",
                actions=("kms:ScheduleKeyDeletion",),
                conditions={"NumericLessThan": {"kms:ScheduleKeyDeletionPendingWindowInDays": "30"}},
                exempt=False,
            ),
            Statement(
                sid="D1Lockout",
                actions=("kms:CreateKey", "kms:PutKeyPolicy"),
                conditions={"Bool": {"kms:BypassPolicyLockoutSafetyCheck": "true"}},
                exempt=False,
            ),
        ),
    ),
    detect=(
        ConfigRule(identifier="CMK_BACKING_KEY_ROTATION_ENABLED"),
        ConfigRule(identifier="KMS_KEY_POLICY_NO_PUBLIC_ACCESS"),
        ConfigRule(identifier="KMS_CMK_NOT_SCHEDULED_FOR_DELETION"),
    ),
    block=POLICIES,
)
