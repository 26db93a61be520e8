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
    routes_by_table: dict[str, dict[str, Route]] = {}
    inline = (
        (resource.id, values)
        for resource in resources.of("ec2/routeTable")
        for values in resource.values.get("routes") or ()
    )
    own = ((resource.text("routeTableId"), resource.values) for resource in resources.of("ec2/route"))
    for table, values in (*inline, *own):
        route = _route(values)
        if route is not None:
            routes_by_table.setdefault(table, {})[route.destination] = route
    return {table: list(routes.values()) for table, routes in routes_by_table.items()}


def tables(resources: Resources) -> Mapping[str, RouteTable]:
    """Route tables of VPCs with their routes and subnets."""
    routes = _routes(resources)
    main = {resource.text("routeTableId") for resource in resources.of("ec2/mainRouteTableAssociation")}
    subnets: dict[str, list[str]] = {}
    for resource in resources.of("ec2/routeTableAssociation"):
        if resource.text("subnetId"):
            subnets.setdefault(resource.text("routeTableId"), []).append(resource.text("subnetId"))
    return {
        resource.id: RouteTable(
            id=resource.id,
            vpc=resource.text("vpcId"),
            routes=tuple(sorted(routes.get(resource.id, ()), key=lambda route: route.destination)),
            subnets=tuple(sorted(subnets.get(resource.id, ()))),
            main=resource.id in main or resource.type == "ec2/defaultRouteTable",
        )
        for resource in resources.of("ec2/routeTable", "ec2/defaultRouteTable")
    }


def gateway(resource: Resource) -> TransitGateway:
    """A Transit Gateway, with its default tables only if they are in use."""

    def default(flag: str, table: str) -> str:
        return resource.text(table) if resource.text(flag) == "enable" else ""

    return TransitGateway(
        id=resource.id,
        region=resource.text("region") or region(resource.text("arn")),
        association_table=default("defaultRouteTableAssociation", "associationDefaultRouteTableId"),
        propagation_table=default("defaultRouteTablePropagation", "propagationDefaultRouteTableId"),
        account=resource.text("ownerId"),
        auto_accept=resource.text("autoAcceptSharedAttachments") == "enable",
    )


def attachments(resources: Resources) -> Mapping[str, Attachment]:
    """Attachments of VPCs and peerings."""
    vpcs = {
        resource.id: Attachment(
            id=resource.id,
            gateway=resource.text("transitGatewayId"),
            vpc=resource.text("vpcId"),
            subnets=tuple(sorted(resource.texts("subnetIds"))),
            appliance_mode=resource.text("applianceModeSupport") == "enable",
        )
        for resource in resources.of("ec2transitgateway/vpcAttachment")
    }
    peerings = {
        resource.id: Attachment(
            id=resource.id,
            gateway=resource.text("transitGatewayId"),
            peer=resource.text("peerTransitGatewayId"),
            peer_region=resource.text("peerRegion"),
        )
        for resource in resources.of("ec2transitgateway/peeringAttachment")
    }
    return {**vpcs, **peerings}


def gateway_tables(resources: Resources) -> Mapping[str, GatewayTable]:
    """Route tables of Transit Gateways."""

    def members(kind: str, table: str) -> frozenset[str]:
        return frozenset(
            resource.text("transitGatewayAttachmentId")
            for resource in resources.of(kind)
            if resource.text("transitGatewayRouteTableId") == table
        )

    routes: dict[str, list[Route]] = {}
    for resource in resources.of("ec2transitgateway/route"):
        attachment = resource.text("transitGatewayAttachmentId")
        routes.setdefault(resource.text("transitGatewayRouteTableId"), []).append(
            Route(destination=resource.text("destinationCidrBlock"), target=attachment, blackhole=not attachment)
        )
    return {
        resource.id: GatewayTable(
            id=resource.id,
            gateway=resource.text("transitGatewayId"),
            name=resource.tag("segment"),
            associated=members("ec2transitgateway/routeTableAssociation", resource.id),
            propagated=members("ec2transitgateway/routeTablePropagation", resource.id),
            routes=tuple(sorted(routes.get(resource.id, ()), key=lambda route: route.destination)),
        )
        for resource in resources.of("ec2transitgateway/routeTable")
    }
