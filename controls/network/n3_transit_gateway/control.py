"""N3: Transit Gateway routes, associations and attachments are changed by deployment only."""

from typing import Final

from controls.citations import cite
from controls.model import Control, Guardrail, Severity, Statement
from controls.network.n3_transit_gateway.policies import POLICIES
from controls.targets import PRIVATE

CONTROL: Final = Control(
    id="N3",
    title="Transit Gateway routes, associations and attachments are changed by deployment only",
    reason="Route tables alone separate the segments: a principal that changes routes connects them.",
    citations=cite("164.312(a)(1)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        targets=("Infrastructure", *PRIVATE),
        statements=(
            Statement(
                sid="N3TransitGateway",
                actions=(
                    "ec2:AcceptTransitGatewayPeeringAttachment",
                    "ec2:AssociateTransitGatewayRouteTable",
                    "ec2:CreateTransitGateway",
                    "ec2:CreateTransitGatewayPeeringAttachment",
                    "ec2:CreateTransitGatewayRoute",
                    "ec2:CreateTransitGatewayRouteTable",
                    "ec2:CreateTransitGatewayVpcAttachment",
                    "ec2:DeleteTransitGateway",
                    "ec2:DeleteTransitGatewayRoute",
                    "ec2:DeleteTransitGatewayRouteTable",
                    "ec2:DeleteTransitGatewayVpcAttachment",
                    "ec2:DisableTransitGatewayRouteTablePropagation",
                    "ec2:DisassociateTransitGatewayRouteTable",
                    "ec2:EnableTransitGatewayRouteTablePropagation",
                    "ec2:ModifyTransitGateway",
                    "ec2:ModifyTransitGatewayVpcAttachment",
                    "ec2:ReplaceTransitGatewayRoute",
                ),
            ),
            Statement(
                sid="N3References",
                # Prefix lists, policy tables, Connect attachments and multicast domains lead traffic as routes do.
                actions=(
                    "ec2:AcceptTransitGatewayMulticastDomainAssociations",
                    "ec2:AcceptTransitGatewayVpcAttachment",
                    "ec2:AssociateTransitGatewayPolicyTable",
                    "ec2:CreateTransitGatewayConnect",
                    "ec2:CreateTransitGatewayMulticastDomain",
                    "ec2:CreateTransitGatewayPrefixListReference",
                    "ec2:ModifyTransitGatewayPrefixListReference",
                ),
            ),
        ),
    ),
    block=POLICIES,
)
