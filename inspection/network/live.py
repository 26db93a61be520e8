"""Reads a network from AWS itself, through boto3 alone: what anybody did since the stacks were deployed is in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inspection.aws import Aws, pages
from inspection.network import live_filters, live_names
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
)
from inspection.network.state import service

TARGETS = (
    "GatewayId",
    "NatGatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "EgressOnlyInternetGatewayId",
    "NetworkInterfaceId",
    "InstanceId",
    "CarrierGatewayId",
    "LocalGatewayId",
    "CoreNetworkArn",
)
DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
ACTIVE = ("available", "active", "modifying", "pending", "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Where:
    """One account in one region."""

    account: str
    region: str


def network(
    aws: Aws,
    accounts: Sequence[str],
    regions: Sequence[str],
    profiled: Mapping[str, frozenset[str]] | None = None,
) -> Network:
    """The network of some accounts and regions together; what is shared with an account belongs to its owner.

    Args:
        aws: gives boto3 clients.
        accounts: account ids.
        regions: AWS regions.
        profiled: hosted zone -> VPCs that see it, where Route 53 Profiles cannot be asked: an emulator has none.
    """
    parts = [_part(aws, Where(account=account, region=region)) for region in regions for account in accounts]
    endpoints = {key: one for part in parts for key, one in part.endpoints.items()}
    return Network(
        vpcs={key: one for part in parts for key, one in part.vpcs.items()},
        subnets={key: one for part in parts for key, one in part.subnets.items()},
        tables={key: one for part in parts for key, one in part.tables.items()},
        groups={key: one for part in parts for key, one in part.groups.items()},
        acls={key: one for part in parts for key, one in part.acls.items()},
        gateways={key: one for part in parts for key, one in part.gateways.items()},
        attachments={key: one for part in parts for key, one in part.attachments.items()},
        gateway_tables={key: one for part in parts for key, one in part.gateway_tables.items()},
        peerings={key: one for part in parts for key, one in part.peerings.items()},
        endpoints=endpoints,
        zones=live_names.zones(aws, accounts, regions, profiled),
        internet_gateways={key: one for part in parts for key, one in part.internet_gateways.items()},
        nats={key: one for part in parts for key, one in part.nats.items()},
        firewalls={key: one for part in parts for key, one in part.firewalls.items()},
        prefix_lists={key: one for part in parts for key, one in part.prefix_lists.items()},
    )


def tag(one: Mapping[str, Any], key: str) -> str:
    """A tag of something that EC2 describes."""
    return next((str(pair["Value"]) for pair in one.get("Tags") or () if pair["Key"] == key), "")


def _part(aws: Aws, where: Where) -> Network:
    ec2 = aws.client("ec2", account=where.account, region=where.region)
    vpcs = {
        one["VpcId"]: _vpc(one, where)
        for one in pages(ec2, "describe_vpcs", "Vpcs")
        if not one.get("IsDefault") and one.get("OwnerId", where.account) == where.account
    }
    gateways = {
        one["TransitGatewayId"]: _gateway(one, where)
        for one in pages(ec2, "describe_transit_gateways", "TransitGateways")
        if one.get("OwnerId", where.account) == where.account
    }
    firewalls = dict(_firewalls(aws, where)) if vpcs else {}
    return Network(
        vpcs=vpcs,
        subnets={
            one["SubnetId"]: _subnet(one) for one in pages(ec2, "describe_subnets", "Subnets") if one["VpcId"] in vpcs
        },
        tables=_tables(ec2, vpcs),
        groups=live_filters.groups(ec2, vpcs),
        acls=live_filters.acls(ec2, vpcs),
        gateways=gateways,
        attachments=_attachments(ec2, vpcs),
        gateway_tables=_gateway_tables(ec2, gateways),
        peerings={
            one["VpcPeeringConnectionId"]: Peering(
                id=one["VpcPeeringConnectionId"],
                vpcs=(one["RequesterVpcInfo"]["VpcId"], one["AccepterVpcInfo"]["VpcId"]),
            )
            for one in pages(ec2, "describe_vpc_peering_connections", "VpcPeeringConnections")
            if one.get("Status", {}).get("Code") in ACTIVE
        },
        endpoints={
            one["VpcEndpointId"]: _endpoint(one, where)
            for one in pages(ec2, "describe_vpc_endpoints", "VpcEndpoints")
            if one["VpcId"] in vpcs and one.get("VpcEndpointType") != "GatewayLoadBalancer"
        },
        internet_gateways=_internet_gateways(ec2),
        nats={
            one["NatGatewayId"]: Nat(id=one["NatGatewayId"], subnet=one["SubnetId"])
            for one in pages(ec2, "describe_nat_gateways", "NatGateways")
            if one.get("State", "") in ACTIVE
        },
        firewalls=firewalls,
        prefix_lists={
            one["PrefixListId"]: [
                entry["Cidr"]
                for entry in pages(ec2, "get_managed_prefix_list_entries", "Entries", PrefixListId=one["PrefixListId"])
            ]
            for one in pages(ec2, "describe_managed_prefix_lists", "PrefixLists")
            if one.get("OwnerId") == where.account
        },
    )


def _vpc(one: Mapping[str, Any], where: Where) -> Vpc:
    cidrs = [
        entry["CidrBlock"]
        for entry in one.get("CidrBlockAssociationSet", ())
        if entry.get("CidrBlockState", {}).get("State") == "associated"
    ]
    cidrs += [entry["Ipv6CidrBlock"] for entry in one.get("Ipv6CidrBlockAssociationSet", ())]
    return Vpc(
        id=one["VpcId"],
        name=tag(one, "Name") or one["VpcId"],
        account=where.account,
        region=where.region,
        segment=tag(one, "segment"),
        cidrs=tuple(dict.fromkeys([one["CidrBlock"], *cidrs])),
    )


def _subnet(one: Mapping[str, Any]) -> Subnet:
    six = [entry["Ipv6CidrBlock"] for entry in one.get("Ipv6CidrBlockAssociationSet", ())]
    return Subnet(
        id=one["SubnetId"],
        vpc=one["VpcId"],
        tier=tag(one, "tier"),
        zone=one.get("AvailabilityZoneId") or one["AvailabilityZone"],
        cidrs=(one["CidrBlock"], *six),
    )


def _tables(ec2: Any, vpcs: Mapping[str, Vpc]) -> Mapping[str, RouteTable]:
    found: dict[str, RouteTable] = {}
    for one in pages(ec2, "describe_route_tables", "RouteTables"):
        if one["VpcId"] not in vpcs:
            continue
        associations = one.get("Associations", ())
        routes = [_route(entry) for entry in one.get("Routes", ())]
        table = RouteTable(
            id=one["RouteTableId"],
            vpc=one["VpcId"],
            routes=tuple(sorted((route for route in routes if route is not None), key=lambda route: route.destination)),
            subnets=tuple(sorted(entry["SubnetId"] for entry in associations if entry.get("SubnetId"))),
            main=any(entry.get("Main") for entry in associations),
        )
        # A main table that nobody wrote to is what the model implies anyway.
        if table.routes or table.subnets or not table.main:
            found[table.id] = table
    return found


def _route(entry: Mapping[str, Any]) -> Route | None:
    destination = next((str(entry[key]) for key in DESTINATIONS if entry.get(key)), "")
    target = next((str(entry[key]) for key in TARGETS if entry.get(key)), "")
    # The local route follows from the VPC, and a gateway endpoint's from the endpoint.
    if not destination or target == "local" or (destination.startswith("pl-") and target.startswith("vpce-")):
        return None
    return Route(destination=destination, target=target, blackhole=entry.get("State") == "blackhole")


def _gateway(one: Mapping[str, Any], where: Where) -> TransitGateway:
    options = one.get("Options", {})

    def default(flag: str, table: str) -> str:
        return str(options.get(table, "")) if options.get(flag) == "enable" else ""

    return TransitGateway(
        id=one["TransitGatewayId"],
        region=where.region,
        association_table=default("DefaultRouteTableAssociation", "AssociationDefaultRouteTableId"),
        propagation_table=default("DefaultRouteTablePropagation", "PropagationDefaultRouteTableId"),
    )


def _attachments(ec2: Any, vpcs: Mapping[str, Vpc]) -> Mapping[str, Attachment]:
    found: dict[str, Attachment] = {}
    for one in pages(ec2, "describe_transit_gateway_vpc_attachments", "TransitGatewayVpcAttachments"):
        if one["VpcId"] in vpcs and one.get("State", "") in ACTIVE:
            found[one["TransitGatewayAttachmentId"]] = Attachment(
                id=one["TransitGatewayAttachmentId"],
                gateway=one["TransitGatewayId"],
                vpc=one["VpcId"],
                subnets=tuple(sorted(one.get("SubnetIds", ()))),
                appliance_mode=one.get("Options", {}).get("ApplianceModeSupport") == "enable",
            )
    for one in pages(ec2, "describe_transit_gateway_peering_attachments", "TransitGatewayPeeringAttachments"):
        # An emulator lists every attachment here; one that names no other gateway is no peering.
        if one.get("State", "") in ACTIVE and one.get("RequesterTgwInfo"):
            found[one["TransitGatewayAttachmentId"]] = Attachment(
                id=one["TransitGatewayAttachmentId"],
                gateway=one["RequesterTgwInfo"]["TransitGatewayId"],
                peer=one["AccepterTgwInfo"]["TransitGatewayId"],
            )
    return found


def _gateway_tables(ec2: Any, gateways: Mapping[str, TransitGateway]) -> Mapping[str, GatewayTable]:
    found: dict[str, GatewayTable] = {}
    for one in pages(ec2, "describe_transit_gateway_route_tables", "TransitGatewayRouteTables"):
        if one["TransitGatewayId"] not in gateways:
            continue
        table = one["TransitGatewayRouteTableId"]
        found[table] = GatewayTable(
            id=table,
            gateway=one["TransitGatewayId"],
            name=tag(one, "segment"),
            associated=_members(ec2, "get_transit_gateway_route_table_associations", "Associations", table),
            propagated=_members(
                ec2, "get_transit_gateway_route_table_propagations", "TransitGatewayRouteTablePropagations", table
            ),
            routes=tuple(sorted(_static(ec2, table), key=lambda route: route.destination)),
        )
    return found


def _members(ec2: Any, operation: str, key: str, table: str) -> frozenset[str]:
    return frozenset(
        one["TransitGatewayAttachmentId"]
        for one in pages(ec2, operation, key, TransitGatewayRouteTableId=table)
        if one.get("TransitGatewayAttachmentId") and one.get("State", "") not in ("disassociated", "disabled")
    )


def _static(ec2: Any, table: str) -> Iterator[Route]:
    answer = ec2.search_transit_gateway_routes(
        TransitGatewayRouteTableId=table, Filters=[{"Name": "type", "Values": ["static"]}]
    )
    for one in answer.get("Routes", ()):
        # An emulator may give more than was asked for.
        if one.get("Type", "static") != "static":
            continue
        attached = [entry["TransitGatewayAttachmentId"] for entry in one.get("TransitGatewayAttachments") or ()]
        yield Route(
            destination=one["DestinationCidrBlock"],
            target=attached[0] if attached else "",
            blackhole=one.get("State") == "blackhole" or not attached,
        )


def _endpoint(one: Mapping[str, Any], where: Where) -> Endpoint:
    return Endpoint(
        id=one["VpcEndpointId"],
        vpc=one["VpcId"],
        service=service(one["ServiceName"]),
        region=where.region,
        gateway=one.get("VpcEndpointType", "Gateway") == "Gateway",
        policy=one.get("PolicyDocument") or "",
        subnets=tuple(sorted(one.get("SubnetIds") or ())),
        groups=tuple(sorted(entry["GroupId"] for entry in one.get("Groups") or ())),
        tables=tuple(sorted(one.get("RouteTableIds") or ())),
        private_dns=one.get("PrivateDnsEnabled") is True,
    )


def _internet_gateways(ec2: Any) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for operation, key, name in (
        ("describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
        ("describe_egress_only_internet_gateways", "EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId"),
    ):
        for one in pages(ec2, operation, key):
            for attachment in one.get("Attachments") or ():
                found[one[name]] = attachment["VpcId"]
    return found


def _firewalls(aws: Aws, where: Where) -> Iterator[tuple[str, Firewall]]:
    client = aws.client("network-firewall", account=where.account, region=where.region)
    for listed in pages(client, "list_firewalls", "Firewalls"):
        answer = client.describe_firewall(FirewallArn=listed["FirewallArn"])
        states = answer.get("FirewallStatus", {}).get("SyncStates", {})
        attachments = [state.get("Attachment", {}) for state in states.values()]
        endpoints = {str(one["EndpointId"]): str(one["SubnetId"]) for one in attachments if one.get("EndpointId")}
        one = Firewall(id=listed["FirewallArn"], vpc=answer["Firewall"]["VpcId"], endpoints=endpoints)
        yield one.id, one
