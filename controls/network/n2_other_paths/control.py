"""N2: No peering, VPN or Direct Connect beside the Transit Gateway."""

from typing import Final

from controls.citations import cite
from controls.model import Control, Guardrail, Severity, Statement
from controls.network.n2_other_paths.policies import POLICIES
from controls.targets import PRIVATE

CONTROL: Final = Control(
    id="N2",
    title="No peering, VPN or Direct Connect beside the Transit Gateway",
    reason="A connection outside the segments can connect development and production.",
    citations=cite("164.312(a)(1)", "164.312(e)(1)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        targets=PRIVATE,
        statements=(
            Statement(
                sid="N2Paths",
                actions=(
                    "directconnect:CreateConnection",
                    "ec2:AcceptVpcPeeringConnection",
                    "ec2:CreateClientVpnEndpoint",
                    "ec2:CreateCustomerGateway",
                    "ec2:CreateVpcPeeringConnection",
                    "ec2:CreateVpnConnection",
                    "ec2:CreateVpnGateway",
                ),
            ),
            Statement(
                sid="N2Services",
                # Cloud WAN, VPC Lattice and Direct Connect join networks without a Transit Gateway of the zone.
                actions=(
                    "directconnect:AcceptDirectConnectGatewayAssociationProposal",
                    "directconnect:ConfirmPrivateVirtualInterface",
                    "directconnect:ConfirmTransitVirtualInterface",
                    "directconnect:CreateDirectConnectGatewayAssociation",
                    "directconnect:CreatePrivateVirtualInterface",
                    "directconnect:CreateTransitVirtualInterface",
                    "networkmanager:CreateConnectAttachment",
                    "networkmanager:CreateCoreNetwork",
                    "networkmanager:CreateSiteToSiteVpnAttachment",
                    "networkmanager:CreateTransitGatewayPeering",
                    "networkmanager:CreateVpcAttachment",
                    "vpc-lattice:CreateResourceGateway",
                    "vpc-lattice:CreateServiceNetworkResourceAssociation",
                    "vpc-lattice:CreateServiceNetworkServiceAssociation",
                    "vpc-lattice:CreateServiceNetworkVpcAssociation",
                    "vpc-lattice:CreateServiceNetworkVpcEndpointAssociation",
                ),
            ),
        ),
    ),
    block=POLICIES,
)
