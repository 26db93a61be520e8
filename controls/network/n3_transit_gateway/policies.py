"""Policies of N3: transit Gateway routes, associations and attachments are the network team's."""

from collections.abc import Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules.checks import on
from controls.rules.predicates import all_of, equals

POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="transit-gateway-no-defaults",
        title="A Transit Gateway connects nothing by itself",
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
        title="Attachments from other accounts are accepted one by one",
        remedy="Set auto_accept_shared_attachments to disable.",
        check=on(
            "aws:ec2transitgateway/transitGateway:TransitGateway",
            equals("autoAcceptSharedAttachments", "disable", default="disable"),
        ),
    ),
    PolicyRule(
        name="attachment-no-defaults",
        title="Accepting an attachment puts it into no route table",
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
