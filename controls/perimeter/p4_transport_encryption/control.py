"""P4: Resources accept TLS 1.2 or later only."""

from typing import Final

from controls.citations import cite
from controls.model import Control, Guardrail, PolicyType, Severity, Statement
from controls.perimeter.p3_trusted_identities.control import RCP_ACTIONS
from controls.perimeter.p4_transport_encryption.policies import POLICIES
from controls.targets import ROOT

CONTROL: Final = Control(
    id="P4",
    title="Resources accept TLS 1.2 or later only",
    reason="Unencrypted traffic can be read in transit.",
    citations=cite("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        policy_type=PolicyType.RCP,
        targets=ROOT,
        statements=(
            # BoolIfExists would deny services that call without the key: they are excepted by name.
            Statement(
                sid="P4Transport",
                actions=(*RCP_ACTIONS, "sts:AssumeRoleWithWebIdentity"),
                conditions={"BoolIfExists": {"aws:SecureTransport": "false", "aws:PrincipalIsAWSService": "false"}},
                exempt=False,
            ),
            Statement(
                sid="P4Version",
                actions=("s3:*",),
                conditions={"NumericLessThan": {"s3:TlsVersion": "1.2"}},
                exempt=False,
            ),
        ),
    ),
    block=POLICIES,
)
