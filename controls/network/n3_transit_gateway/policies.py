"""Policies of N3: transit Gateway routes, associations and attachments are changed by deployment only."""

from collections.abc import Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules.checks import on
from controls.rules.predicates import all_of, equals

POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="transit-gateway-no-defaults",
        title="Transit Gateways have no default route tables",
        remedy="Set default_route_table_association and default_route_table_propagation to disable.",
        check=on(
            "aws:ec2transitgateway/transitGateway:TransitGateway",
            all_of(
                equals("defaultRouteTableAssociation", "disable", default="enable"),
                equals("defaultRouteTablePropagation", "disable", default="enable"),
            ),
        ),
    ),
    PolicyRule(
        name="transit-gateway-no-auto-accept",
        title="Attachments from other accounts are not accepted automatically",
        remedy="Set auto_accept_shared_attachments to disable.",
        check=on(
            "aws:ec2transitgateway/transitGateway:TransitGateway",
            equals("autoAcceptSharedAttachments", "disable", default="disable"),
        ),
    ),
    PolicyRule(
        name="attachment-no-defaults",
        title="Accepted attachments have no default route tables",
        remedy="Set transit_gateway_default_route_table_association and …_propagation to False.",
        check=on(
            "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter",
            all_of(
                equals("transitGatewayDefaultRouteTableAssociation", False, default=True),
                equals("transitGatewayDefaultRouteTablePropagation", False, default=True),
            ),
        ),
    ),
)
