"""N6: Private zones and DNS firewalls stay associated."""

from typing import Final

from controls.citations import cite
from controls.model import Control, Guardrail, Severity, Statement
from controls.network.n6_dns.policies import POLICIES
from controls.targets import PRIVATE

CONTROL: Final = Control(
    id="N6",
    title="Private zones and DNS firewalls stay associated",
    reason="Without the private hosted zone, an endpoint's name resolves to the public address.",
    citations=cite("164.312(e)(1)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=PRIVATE,
        statements=(
            Statement(
                sid="N6Names",
                actions=(
                    "route53:DeleteHostedZone",
                    "route53:DisassociateVPCFromHostedZone",
                    "route53profiles:DisassociateProfile",
                    "route53resolver:DisassociateFirewallRuleGroup",
                    "route53resolver:UpdateFirewallConfig",
                ),
            ),
        ),
    ),
    block=POLICIES,
)
