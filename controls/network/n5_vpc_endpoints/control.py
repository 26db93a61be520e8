"""N5: Endpoints are changed by deployment only and lead to AWS services only."""

from typing import Final

from controls.citations import cite
from controls.model import Control, Guardrail, Severity, Statement
from controls.network.n5_vpc_endpoints.policies import POLICIES
from controls.targets import PRIVATE

CONTROL: Final = Control(
    id="N5",
    title="Endpoints are changed by deployment only and lead to AWS services only",
    reason="An endpoint to a third party's service is a private connection out of the zone.",
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
