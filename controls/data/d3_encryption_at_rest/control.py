"""D3: Data at rest is encrypted with the zone's own keys."""

from typing import Final

from controls.citations import cite
from controls.data.d3_encryption_at_rest.policies import POLICIES
from controls.derived import carrying
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import PHI

BYPASS: Final = {"s3:BypassGovernanceRetention": "stores no data; D4Versions denies it"}
CONTROL: Final = Control(
    id="D3",
    title="Data at rest is encrypted with the zone's own keys",
    reason="Access to a customer-managed key can be revoked, and every use of it is logged.",
    citations=cite("164.312(a)(2)(iv)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=PHI,
        statements=(
            # Without the header the bucket's default applies, which is KMS: only an explicit other choice is denied.
            Statement(
                sid="D3NotKms",
                actions=carrying("s3:x-amz-server-side-encryption", exceptions=BYPASS),
                conditions={
                    "StringNotEquals": {"s3:x-amz-server-side-encryption": ["aws:kms", "aws:kms:dsse"]},
                    "Null": {"s3:x-amz-server-side-encryption": "false"},
                },
                exempt=False,
            ),
            Statement(
                sid="D3CustomerKey",
                actions=carrying("s3:x-amz-server-side-encryption-customer-algorithm", exceptions=BYPASS),
                conditions={"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}},
                exempt=False,
            ),
        ),
    ),
    detect=(ConfigRule(identifier="S3_DEFAULT_ENCRYPTION_KMS"), ConfigRule(identifier="SNS_ENCRYPTED_KMS")),
    block=POLICIES,
)
