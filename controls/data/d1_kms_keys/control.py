"""D1: Keys stay usable: rotated, not deleted in haste, not open to everyone."""

from typing import Final

from controls.citations import cite
from controls.data.d1_kms_keys.policies import POLICIES
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import PHI

CONTROL: Final = Control(
    id="D1",
    title="Keys stay usable: rotated, not deleted in haste, not open to everyone",
    reason="Who loses a key loses the data under it; who may use a key may read the data under it.",
    citations=cite("164.312(a)(2)(iv)", "164.308(a)(7)(ii)(A)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        targets=PHI,
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
