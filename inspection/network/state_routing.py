"""Route tables and Transit Gateways of the stacks' state, with routes inline or as resources of their own."""

from collections.abc import Mapping
from typing import Any, Final

from inspection.network.model import Attachment, GatewayTable, Route, RouteTable, TransitGateway
from inspection.network.state_resources import Resource, Resources, region

TARGETS: Final = (
    "gatewayId",
    "natGatewayId",
    "transitGatewayId",
    "vpcPeeringConnectionId",
    "vpcEndpointId",
    "egressOnlyGatewayId",
    "networkInterfaceId",
    "carrierGatewayId",
    "localGatewayId",
    "coreNetworkArn",
)
"""Properties that a route's target may stand in."""
DESTINATIONS: Final = (
    "destinationCidrBlock",
    "destinationIpv6CidrBlock",
    "destinationPrefixListId",
    "cidrBlock",
    "ipv6CidrBlock",
)


def _route(values: Mapping[str, Any]) -> Route | None:
    destination = next((str(values[key]) for key in DESTINATIONS if values.get(key)), "")
    target = next((str(values[key]) for key in TARGETS if values.get(key)), "")
    if not destination or target == "local":
        return None
    return Route(destination=destination, target=target, blackhole=values.get("state") == "blackhole")


def _routes(resources: Resources) -> Mapping[str, list[Route]]:
    """Route table -> its routes, written inline or as resources of their own."""
    found: dict[str, dict[str, Route]] = {}
    inline = ((one.id, values) for one in resources.of("ec2/routeTable") for values in one.values.get("routes") or ())
    own = ((one.text("routeTableId"), one.values) for one in resources.of("ec2/route"))
    for table, values in (*inline, *own):
        route = _route(values)
        if route is not None:
            found.setdefault(table, {})[route.destination] = route
    return {table: list(routes.values()) for table, routes in found.items()}


def tables(resources: Resources) -> Mapping[str, RouteTable]:
    """Route tables of VPCs with their routes and subnets."""
    routes = _routes(resources)
    main = {one.text("routeTableId") for one in resources.of("ec2/mainRouteTableAssociation")}
    subnets: dict[str, list[str]] = {}
    for one in resources.of("ec2/routeTableAssociation"):
        if one.text("subnetId"):
            subnets.setdefault(one.text("routeTableId"), []).append(one.text("subnetId"))
    return {
        one.id: RouteTable(
            id=one.id,
            vpc=one.text("vpcId"),
            routes=tuple(sorted(routes.get(one.id, ()), key=lambda route: route.destination)),
            subnets=tuple(sorted(subnets.get(one.id, ()))),
            main=one.id in main or one.type == "ec2/defaultRouteTable",
        )
        for one in resources.of("ec2/routeTable", "ec2/defaultRouteTable")
    }


def gateway(one: Resource) -> TransitGateway:
    """A Transit Gateway, with its default tables only if they are in use."""

    def default(flag: str, table: str) -> str:
        return one.text(table) if one.text(flag) == "enable" else ""

    return TransitGateway(
        id=one.id,
        region=one.text("region") or region(one.text("arn")),
        association_table=default("defaultRouteTableAssociation", "associationDefaultRouteTableId"),
        propagation_table=default("defaultRouteTablePropagation", "propagationDefaultRouteTableId"),
    )


def attachments(resources: Resources) -> Mapping[str, Attachment]:
    """Attachments of VPCs and peerings."""
    vpcs = {
        one.id: Attachment(
            id=one.id,
            gateway=one.text("transitGatewayId"),
            vpc=one.text("vpcId"),
            subnets=tuple(sorted(one.texts("subnetIds"))),
            appliance_mode=one.text("applianceModeSupport") == "enable",
        )
        for one in resources.of("ec2transitgateway/vpcAttachment")
    }
    peerings = {
        one.id: Attachment(id=one.id, gateway=one.text("transitGatewayId"), peer=one.text("peerTransitGatewayId"))
        for one in resources.of("ec2transitgateway/peeringAttachment")
    }
    return {**vpcs, **peerings}


def gateway_tables(resources: Resources) -> Mapping[str, GatewayTable]:
    """Route tables of Transit Gateways."""

    def members(kind: str, table: str) -> frozenset[str]:
        return frozenset(
            one.text("transitGatewayAttachmentId")
            for one in resources.of(kind)
            if one.text("transitGatewayRouteTableId") == table
        )

    routes: dict[str, list[Route]] = {}
    for one in resources.of("ec2transitgateway/route"):
        attachment = one.text("transitGatewayAttachmentId")
        routes.setdefault(one.text("transitGatewayRouteTableId"), []).append(
            Route(destination=one.text("destinationCidrBlock"), target=attachment, blackhole=not attachment)
        )
    return {
        one.id: GatewayTable(
            id=one.id,
            gateway=one.text("transitGatewayId"),
            name=one.tag("segment"),
            associated=members("ec2transitgateway/routeTableAssociation", one.id),
            propagated=members("ec2transitgateway/routeTablePropagation", one.id),
            routes=tuple(sorted(routes.get(one.id, ()), key=lambda route: route.destination)),
        )
        for one in resources.of("ec2transitgateway/routeTable")
    }
