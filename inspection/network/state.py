"""Reads a network from the stacks' exported state: what Pulumi knows that it deployed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from inspection.network import state_filters
from inspection.network.model import (
    Attachment,
    Endpoint,
    Firewall,
    GatewayTable,
    Nat,
    Network,
    Peering,
    Route,
    RouteTable,
    Subnet,
    TransitGateway,
    Vpc,
    Zone,
)

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """One resource of a checkpoint."""

    type: str
    id: str
    values: Mapping[str, Any]

    def text(self, key: str) -> str:
        """A property as text; empty if it is not there."""
        value = self.values.get(key)
        return value if isinstance(value, str) else ""

    def texts(self, *keys: str) -> list[str]:
        """Those of several properties that are there, lists flattened."""
        found: list[str] = []
        for key in keys:
            value = self.values.get(key)
            found += [value] if isinstance(value, str) and value else []
            found += [str(one) for one in value] if isinstance(value, list) else []
        return found

    def tag(self, key: str) -> str:
        """A tag; empty if it is not there."""
        tags = self.values.get("tags") or {}
        return str(tags.get(key, "")) if isinstance(tags, Mapping) else ""


class Resources:
    """Resources by type, `ec2/vpc` for `aws:ec2/vpc:Vpc`."""

    def __init__(self, entries: Iterable[Mapping[str, Any]]) -> None:
        self._by_type: dict[str, list[Resource]] = {}
        for entry in entries:
            kind = str(entry["type"])
            if kind.startswith("aws:"):
                values = {**entry.get("inputs", {}), **entry.get("outputs", {})}
                one = Resource(type=kind.split(":")[1], id=str(entry.get("id", "")), values=values)
                self._by_type.setdefault(one.type, []).append(one)

    def of(self, *types: str) -> Iterator[Resource]:
        """All resources of some types."""
        for kind in types:
            yield from self._by_type.get(kind, ())


def network(entries: Iterable[Mapping[str, Any]]) -> Network:
    """The network of all stacks' resources together.

    Args:
        entries: `deployment.resources` of every stack's export.
    """
    resources = Resources(entries)
    routes = _routes(resources)
    endpoints = {one.id: _endpoint(one) for one in resources.of("ec2/vpcEndpoint")}
    return Network(
        vpcs={one.id: _vpc(one, resources) for one in resources.of("ec2/vpc")},
        subnets={one.id: _subnet(one) for one in resources.of("ec2/subnet")},
        tables=_tables(resources, routes),
        groups=state_filters.groups(resources.of),
        acls=state_filters.acls(resources.of),
        gateways={one.id: _gateway(one) for one in resources.of("ec2transitgateway/transitGateway")},
        attachments=_attachments(resources),
        gateway_tables=_gateway_tables(resources),
        peerings={
            one.id: Peering(id=one.id, vpcs=(one.text("vpcId"), one.text("peerVpcId")))
            for one in resources.of("ec2/vpcPeeringConnection")
        },
        endpoints=endpoints,
        zones=_zones(resources),
        internet_gateways={
            one.id: one.text("vpcId") for one in resources.of("ec2/internetGateway", "ec2/egressOnlyInternetGateway")
        },
        nats={one.id: Nat(id=one.id, subnet=one.text("subnetId")) for one in resources.of("ec2/natGateway")},
        firewalls={one.id: _firewall(one) for one in resources.of("networkfirewall/firewall")},
        prefix_lists={
            one.id: [str(entry["cidr"]) for entry in one.values.get("entries") or ()]
            for one in resources.of("ec2/managedPrefixList")
        },
    )


def _vpc(one: Resource, resources: Resources) -> Vpc:
    more = [
        cidr
        for other in resources.of("ec2/vpcIpv4CidrBlockAssociation", "ec2/vpcIpv6CidrBlockAssociation")
        if other.text("vpcId") == one.id
        for cidr in other.texts("cidrBlock", "ipv6CidrBlock")
    ]
    return Vpc(
        id=one.id,
        name=one.tag("Name") or one.id,
        account=one.text("ownerId"),
        region=one.text("region") or _region(one.text("arn")),
        segment=one.tag("segment"),
        cidrs=tuple(dict.fromkeys([*one.texts("cidrBlock", "ipv6CidrBlock"), *more])),
    )


def _region(arn: str) -> str:
    parts = arn.split(":")
    return parts[3] if len(parts) > 3 else ""  # noqa: PLR2004 - an ARN's fourth field is its region


def _subnet(one: Resource) -> Subnet:
    return Subnet(
        id=one.id,
        vpc=one.text("vpcId"),
        tier=one.tag("tier"),
        zone=one.text("availabilityZoneId") or one.text("availabilityZone"),
        cidrs=tuple(one.texts("cidrBlock", "ipv6CidrBlock")),
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


def _tables(resources: Resources, routes: Mapping[str, Sequence[Route]]) -> Mapping[str, RouteTable]:
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


def _gateway(one: Resource) -> TransitGateway:
    def default(flag: str, table: str) -> str:
        return one.text(table) if one.text(flag) == "enable" else ""

    return TransitGateway(
        id=one.id,
        region=one.text("region") or _region(one.text("arn")),
        association_table=default("defaultRouteTableAssociation", "associationDefaultRouteTableId"),
        propagation_table=default("defaultRouteTablePropagation", "propagationDefaultRouteTableId"),
    )


def _attachments(resources: Resources) -> Mapping[str, Attachment]:
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


def _gateway_tables(resources: Resources) -> Mapping[str, GatewayTable]:
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


def service(name: str) -> str:
    """`kms` of `com.amazonaws.us-east-1.kms`, `sagemaker.studio` of `aws.sagemaker.us-east-1.studio`."""
    parts = name.split(".")
    if parts[:2] == ["com", "amazonaws"]:
        return ".".join(parts[3:])
    return ".".join([*parts[1:2], *parts[3:]]) if parts[:1] == ["aws"] else name


def _endpoint(one: Resource) -> Endpoint:
    return Endpoint(
        id=one.id,
        vpc=one.text("vpcId"),
        service=service(one.text("serviceName")),
        region=one.text("region") or _region(one.text("arn")),
        gateway=one.text("vpcEndpointType") in ("", "Gateway"),
        policy=one.text("policy"),
        subnets=tuple(sorted(one.texts("subnetIds"))),
        groups=tuple(sorted(one.texts("securityGroupIds"))),
        tables=tuple(sorted(one.texts("routeTableIds"))),
        private_dns=one.values.get("privateDnsEnabled") is True,
    )


def _zones(resources: Resources) -> Mapping[str, Zone]:
    names = {
        str(entry.get("dnsName", "")).rstrip("."): one.id
        for one in resources.of("ec2/vpcEndpoint")
        for entry in one.values.get("dnsEntries") or ()
    }
    found: dict[str, Zone] = {}
    for one in resources.of("route53/zone"):
        targets = {
            names.get(str(alias.get("name", "")).rstrip("."), "")
            for record in resources.of("route53/record")
            if record.text("zoneId") == one.id
            for alias in record.values.get("aliases") or ()
        } - {""}
        vpcs = frozenset(_seen_in(one, resources))
        if vpcs:
            found[one.id] = Zone(id=one.id, name=one.text("name").rstrip("."), vpcs=vpcs, endpoints=frozenset(targets))
    return found


def _seen_in(zone: Resource, resources: Resources) -> Iterator[str]:
    """VPCs that see a zone: by itself, by an association, by a profile."""
    yield from (str(entry.get("vpcId")) for entry in zone.values.get("vpcs") or ())
    yield from (one.text("vpcId") for one in resources.of("route53/zoneAssociation") if one.text("zoneId") == zone.id)
    profiles = {
        one.text("profileId")
        for one in resources.of("route53/profilesResourceAssociation")
        if one.text("resourceArn").rpartition("/")[2] == zone.id
    }
    for one in resources.of("route53/profilesAssociation"):
        if one.text("profileId") in profiles:
            yield one.text("resourceId")


def _firewall(one: Resource) -> Firewall:
    endpoints = {
        str(attachment.get("endpointId")): str(attachment.get("subnetId"))
        for status in one.values.get("firewallStatuses") or ()
        for state in status.get("syncStates") or ()
        for attachment in state.get("attachments") or ()
    }
    return Firewall(id=one.id, vpc=one.text("vpcId"), endpoints=endpoints)
