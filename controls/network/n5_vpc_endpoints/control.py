"""N5: Endpoints and their policies are the zone's; none leads to a stranger's service."""

from typing import Final

from controls.citations import cite
from controls.model import Control, Guardrail, Severity, Statement
from controls.network.n5_vpc_endpoints.policies import POLICIES
from controls.targets import PRIVATE

CONTROL: Final = Control(
    id="N5",
    title="Endpoints and their policies are the zone's; none leads to a stranger's service",
    reason="An endpoint to someone else's service is a private way out.",
    citations=cite("164.312(e)(1)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=PRIVATE,
        statements=(
            Statement(
                sid="N5Endpoints",
                actions=("ec2:DeleteVpcEndpoints", "ec2:ModifyVpcEndpoint"),
            ),
            Statement(
                sid="N5Owners",
                actions=("ec2:CreateVpcEndpoint",),
                resources=("arn:aws:ec2:*:*:vpc-endpoint/*",),
                conditions={"StringNotEquals": {"ec2:VpceServiceOwner": "amazon"}},
            ),
        ),
    ),
    block=POLICIES,
)
