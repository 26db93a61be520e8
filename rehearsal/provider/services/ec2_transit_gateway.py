"""EC2: Transit Gateways, attachments, route tables, peering."""

from typing import Any, Final

from rehearsal.provider.services.ec2_common import TAGS, arn
from rehearsal.provider.services.shapes import find_item, wrap
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.vocabulary import ApiCall, Find, on

_MODULE: Final = "aws:ec2transitgateway/"
_GONE: Final = on("deleted", "deleting", "rejected", "failed")
_READ_ATTACHMENT: Final = Find(
    op="describe_transit_gateway_vpc_attachments",
    by={"TransitGatewayAttachmentIds": "id"},
    at="TransitGatewayVpcAttachments",
    matching={"TransitGatewayAttachmentId": "id"},
    deleted_states=_GONE,
    merge=("Options",),
)
_SIDES: Final = {"AmazonSideAsn": "amazonSideAsn"}


def _read_peering(resource: EmulatedResource) -> Any:
    listed = resource.call("describe_transit_gateway_peering_attachments", TransitGatewayAttachmentIds=[resource.id])
    result = find_item(listed["TransitGatewayPeeringAttachments"], TransitGatewayAttachmentId=resource.id)
    if result is None or result["State"] in _GONE:
        return None
    own, peer = result["RequesterTgwInfo"], result["AccepterTgwInfo"]
    return {
        **result,
        "transitGatewayId": own["TransitGatewayId"],
        "peerTransitGatewayId": peer["TransitGatewayId"],
        "peerRegion": peer["Region"],
        "peerAccountId": peer["OwnerId"],
        "arn": f"arn:aws:ec2:{resource.region}:{resource.account}:transit-gateway-attachment/{resource.id}",
    }


def _read_accepted(resource: EmulatedResource) -> Any:
    result = _read_peering(resource)
    if result is None or result["State"] == "pendingAcceptance":
        return None
    own, peer = result["AccepterTgwInfo"], result["RequesterTgwInfo"]
    return {
        **result,
        "transitGatewayId": own["TransitGatewayId"],
        "peerTransitGatewayId": peer["TransitGatewayId"],
        "peerRegion": peer["Region"],
        "peerAccountId": peer["OwnerId"],
    }


def _read_route(resource: EmulatedResource) -> Any:
    values = resource.values
    table, cidr = values["transitGatewayRouteTableId"], values["destinationCidrBlock"]
    listed = resource.call(
        "search_transit_gateway_routes",
        TransitGatewayRouteTableId=table,
        Filters=[
            {"Name": "route-search.exact-match", "Values": [cidr]},
            {"Name": "type", "Values": ["static"]},
        ],
    )["Routes"]
    result = find_item(listed, DestinationCidrBlock=cidr)
    if result is None:
        return None
    attachments = result.get("TransitGatewayAttachments") or [{}]
    return {
        "destinationCidrBlock": cidr,
        "transitGatewayRouteTableId": table,
        "transitGatewayAttachmentId": attachments[0].get("TransitGatewayAttachmentId"),
        "blackhole": result["State"] == "blackhole",
    }


TYPES: Final = (
    Emulated(
        type=f"{_MODULE}transitGateway:TransitGateway",
        service="ec2",
        create="create_transit_gateway",
        creation_result="{Id: TransitGateway.TransitGatewayId}",
        prepare=wrap("options"),
        read=Find(
            op="describe_transit_gateways",
            by={"TransitGatewayIds": "id"},
            at="TransitGateways",
            matching={"TransitGatewayId": "id"},
            deleted_states=_GONE,
            merge=("Options",),
        ),
        outputs={"arn": "TransitGatewayArn"},
        update="modify_transit_gateway",
        delete="delete_transit_gateway",
        id="{id}",
        names={"TransitGatewayId": "id", "Resources": "id"},
        forces=on("multicastSupport", "amazonSideAsn"),
        tags=TAGS,
    ),
    Emulated(
        type=f"{_MODULE}routeTable:RouteTable",
        service="ec2",
        create="create_transit_gateway_route_table",
        creation_result="{Id: TransitGatewayRouteTable.TransitGatewayRouteTableId}",
        read=Find(
            op="describe_transit_gateway_route_tables",
            by={"TransitGatewayRouteTableIds": "id"},
            at="TransitGatewayRouteTables",
            matching={"TransitGatewayRouteTableId": "id"},
            deleted_states=_GONE,
        ),
        delete=ApiCall(op="delete_transit_gateway_route_table", by={"TransitGatewayRouteTableId": "id"}),
        id="{id}",
        names={"Resources": "id"},
        forces=on("transitGatewayId"),
        templates=arn("transit-gateway-route-table"),
        tags=TAGS,
    ),
    Emulated(
        type=f"{_MODULE}vpcAttachment:VpcAttachment",
        service="ec2",
        create="create_transit_gateway_vpc_attachment",
        creation_result="{Id: TransitGatewayVpcAttachment.TransitGatewayAttachmentId}",
        prepare=wrap("options"),
        read=_READ_ATTACHMENT,
        update=(
            ApiCall(
                op="modify_transit_gateway_vpc_attachment", lists={"subnetIds": ("AddSubnetIds", "RemoveSubnetIds")}
            ),
        ),
        delete=ApiCall(op="delete_transit_gateway_vpc_attachment", by={"TransitGatewayAttachmentId": "id"}),
        id="{id}",
        names={"Resources": "id", "TransitGatewayAttachmentId": "id"},
        forces=on("transitGatewayId", "vpcId"),
        templates=arn("transit-gateway-attachment"),
        tags=TAGS,
    ),
    Emulated(
        type=f"{_MODULE}vpcAttachmentAccepter:VpcAttachmentAccepter",
        service="ec2",
        create="accept_transit_gateway_vpc_attachment",
        read=_READ_ATTACHMENT,
        # The attachment is the other account's: it goes with it.
        id="{transitGatewayAttachmentId}",
        names={"Resources": "id"},
        forces=on("transitGatewayAttachmentId"),
        tags=TAGS,
        exclusive=True,
    ),
    Emulated(
        type=f"{_MODULE}peeringAttachment:PeeringAttachment",
        service="ec2",
        create="create_transit_gateway_peering_attachment",
        creation_result="{Id: TransitGatewayPeeringAttachment.TransitGatewayAttachmentId}",
        read=_read_peering,
        delete=ApiCall(op="delete_transit_gateway_peering_attachment", by={"TransitGatewayAttachmentId": "id"}),
        id="{id}",
        names={"Resources": "id"},
        forces=on("transitGatewayId", "peerTransitGatewayId", "peerRegion", "peerAccountId", "options"),
        # The other side decides it.
        keep=on("state"),
        tags=TAGS,
    ),
    Emulated(
        type=f"{_MODULE}peeringAttachmentAccepter:PeeringAttachmentAccepter",
        service="ec2",
        create="accept_transit_gateway_peering_attachment",
        read=_read_accepted,
        id="{transitGatewayAttachmentId}",
        names={"Resources": "id"},
        forces=on("transitGatewayAttachmentId"),
        tags=TAGS,
        exclusive=True,
    ),
    Emulated(
        type=f"{_MODULE}routeTableAssociation:RouteTableAssociation",
        service="ec2",
        create="associate_transit_gateway_route_table",
        read=Find(
            op="get_transit_gateway_route_table_associations",
            by={"TransitGatewayRouteTableId": "transitGatewayRouteTableId"},
            at="Associations",
            matching={"TransitGatewayAttachmentId": "transitGatewayAttachmentId"},
            echo=on("transitGatewayRouteTableId"),
        ),
        delete="disassociate_transit_gateway_route_table",
        id="{transitGatewayRouteTableId}_{transitGatewayAttachmentId}",
        forces=on("transitGatewayRouteTableId", "transitGatewayAttachmentId"),
        exclusive=True,
    ),
    Emulated(
        type=f"{_MODULE}routeTablePropagation:RouteTablePropagation",
        service="ec2",
        create="enable_transit_gateway_route_table_propagation",
        read=Find(
            op="get_transit_gateway_route_table_propagations",
            by={"TransitGatewayRouteTableId": "transitGatewayRouteTableId"},
            at="TransitGatewayRouteTablePropagations",
            matching={"TransitGatewayAttachmentId": "transitGatewayAttachmentId"},
            echo=on("transitGatewayRouteTableId"),
        ),
        delete="disable_transit_gateway_route_table_propagation",
        id="{transitGatewayRouteTableId}_{transitGatewayAttachmentId}",
        forces=on("transitGatewayRouteTableId", "transitGatewayAttachmentId"),
    ),
    Emulated(
        type=f"{_MODULE}route:Route",
        service="ec2",
        create="create_transit_gateway_route",
        read=_read_route,
        delete="delete_transit_gateway_route",
        id="{transitGatewayRouteTableId}_{destinationCidrBlock}",
        forces=on("destinationCidrBlock", "transitGatewayRouteTableId", "transitGatewayAttachmentId", "blackhole"),
        exclusive=True,
    ),
)
