"""N4: Flow logs and DNS query logs stay on."""

from typing import Final

from controls.citations import cite
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.network.n4_network_logs.policies import POLICIES

CONTROL: Final = Control(
    id="N4",
    title="Flow logs and DNS query logs stay on",
    reason="Flow and DNS query logs are needed to investigate an incident.",
    citations=cite("164.312(b)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=("*",),
        statements=(
            Statement(
                sid="N4Logs",
                actions=(
                    "ec2:DeleteFlowLogs",
                    "route53resolver:DeleteResolverQueryLogConfig",
                    "route53resolver:DisassociateResolverQueryLogConfig",
                ),
            ),
        ),
    ),
    detect=(ConfigRule(identifier="VPC_FLOW_LOGS_ENABLED"),),
    block=POLICIES,
)
