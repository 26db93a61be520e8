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
class AccountRegion:
    """An account in one region."""

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
    parts = [_part(aws, AccountRegion(account=account, region=region)) for region in regions for account in accounts]
    endpoints = {key: endpoint for part in parts for key, endpoint in part.endpoints.items()}
    return Network(
        vpcs={key: vpc for part in parts for key, vpc in part.vpcs.items()},
        subnets={key: subnet for part in parts for key, subnet in part.subnets.items()},
        tables={key: table for part in parts for key, table in part.tables.items()},
        groups={key: group for part in parts for key, group in part.groups.items()},
        acls={key: acl for part in parts for key, acl in part.acls.items()},
        gateways={key: gateway for part in parts for key, gateway in part.gateways.items()},
        attachments={key: attachment for part in parts for key, attachment in part.attachments.items()},
        gateway_tables={key: gateway_table for part in parts for key, gateway_table in part.gateway_tables.items()},
        peerings={key: peering for part in parts for key, peering in part.peerings.items()},
        endpoints=endpoints,
        zones=live_names.zones(aws, accounts, regions, profiled),
        internet_gateways={
            key: internet_gateway for part in parts for key, internet_gateway in part.internet_gateways.items()
        },
        nats={key: nat for part in parts for key, nat in part.nats.items()},
        firewalls={key: firewall for part in parts for key, firewall in part.firewalls.items()},
        prefix_lists={key: prefix_list for part in parts for key, prefix_list in part.prefix_lists.items()},
    )


def tag(item: Mapping[str, Any], key: str) -> str:
    """A tag of something that EC2 describes."""
    return next((str(pair["Value"]) for pair in item.get("Tags") or () if pair["Key"] == key), "")


def _part(aws: Aws, where: AccountRegion) -> Network:
    ec2 = aws.client("ec2", account=where.account, region=where.region)
    vpcs = {
        vpc["VpcId"]: _vpc(vpc, where)
        for vpc in pages(ec2, "describe_vpcs", "Vpcs")
        if not vpc.get("IsDefault") and vpc.get("OwnerId", where.account) == where.account
    }
    gateways = {
        transit_gateway["TransitGatewayId"]: _gateway(transit_gateway, where)
        for transit_gateway in pages(ec2, "describe_transit_gateways", "TransitGateways")
        if transit_gateway.get("OwnerId", where.account) == where.account
    }
    firewalls = dict(_firewalls(aws, where)) if vpcs else {}
    return Network(
        vpcs=vpcs,
        subnets={
            subnet["SubnetId"]: _subnet(subnet)
            for subnet in pages(ec2, "describe_subnets", "Subnets")
            if subnet["VpcId"] in vpcs
        },
        tables=_tables(ec2, vpcs),
        groups=live_filters.groups(ec2, vpcs),
        acls=live_filters.acls(ec2, vpcs),
        gateways=gateways,
        attachments=_attachments(ec2, vpcs),
        gateway_tables=_gateway_tables(ec2, gateways),
        peerings={
            vpc_peering_connection["VpcPeeringConnectionId"]: Peering(
                id=vpc_peering_connection["VpcPeeringConnectionId"],
                vpcs=(
                    vpc_peering_connection["RequesterVpcInfo"]["VpcId"],
                    vpc_peering_connection["AccepterVpcInfo"]["VpcId"],
                ),
            )
            for vpc_peering_connection in pages(ec2, "describe_vpc_peering_connections", "VpcPeeringConnections")
            if vpc_peering_connection.get("Status", {}).get("Code") in ACTIVE
        },
        endpoints={
            vpc_endpoint["VpcEndpointId"]: _endpoint(vpc_endpoint, where)
            for vpc_endpoint in pages(ec2, "describe_vpc_endpoints", "VpcEndpoints")
            if vpc_endpoint["VpcId"] in vpcs and vpc_endpoint.get("VpcEndpointType") != "GatewayLoadBalancer"
        },
        internet_gateways=_internet_gateways(ec2),
        nats={
            nat_gateway["NatGatewayId"]: Nat(id=nat_gateway["NatGatewayId"], subnet=nat_gateway["SubnetId"])
            for nat_gateway in pages(ec2, "describe_nat_gateways", "NatGateways")
            if nat_gateway.get("State", "") in ACTIVE
        },
        firewalls=firewalls,
        prefix_lists={
            prefix_list["PrefixListId"]: [
                entry["Cidr"]
                for entry in pages(
                    ec2, "get_managed_prefix_list_entries", "Entries", PrefixListId=prefix_list["PrefixListId"]
                )
            ]
            for prefix_list in pages(ec2, "describe_managed_prefix_lists", "PrefixLists")
            if prefix_list.get("OwnerId") == where.account
        },
    )


def _vpc(item: Mapping[str, Any], where: AccountRegion) -> Vpc:
    cidrs = [
        entry["CidrBlock"]
        for entry in item.get("CidrBlockAssociationSet", ())
        if entry.get("CidrBlockState", {}).get("State") == "associated"
    ]
    cidrs += [entry["Ipv6CidrBlock"] for entry in item.get("Ipv6CidrBlockAssociationSet", ())]
    return Vpc(
        id=item["VpcId"],
        name=tag(item, "Name") or item["VpcId"],
        account=where.account,
        region=where.region,
        segment=tag(item, "segment"),
        cidrs=tuple(dict.fromkeys([item["CidrBlock"], *cidrs])),
    )


def _subnet(item: Mapping[str, Any]) -> Subnet:
    six = [entry["Ipv6CidrBlock"] for entry in item.get("Ipv6CidrBlockAssociationSet", ())]
    return Subnet(
        id=item["SubnetId"],
        vpc=item["VpcId"],
        tier=tag(item, "tier"),
        zone=item.get("AvailabilityZoneId") or item["AvailabilityZone"],
        cidrs=(item["CidrBlock"], *six),
    )


def _tables(ec2: Any, vpcs: Mapping[str, Vpc]) -> Mapping[str, RouteTable]:
    tables: dict[str, RouteTable] = {}
    for route_table in pages(ec2, "describe_route_tables", "RouteTables"):
        if route_table["VpcId"] not in vpcs:
            continue
        associations = route_table.get("Associations", ())
        routes = [_route(entry) for entry in route_table.get("Routes", ())]
        table = RouteTable(
            id=route_table["RouteTableId"],
            vpc=route_table["VpcId"],
            routes=tuple(sorted((route for route in routes if route is not None), key=lambda route: route.destination)),
            subnets=tuple(sorted(entry["SubnetId"] for entry in associations if entry.get("SubnetId"))),
            main=any(entry.get("Main") for entry in associations),
        )
        # A main table that nobody wrote to is what the model implies anyway.
        if table.routes or table.subnets or not table.main:
            tables[table.id] = table
    return tables


def _route(entry: Mapping[str, Any]) -> Route | None:
    destination = next((str(entry[key]) for key in DESTINATIONS if entry.get(key)), "")
    target = next((str(entry[key]) for key in TARGETS if entry.get(key)), "")
    # The local route follows from the VPC, and a gateway endpoint's from the endpoint.
    if not destination or target == "local" or (destination.startswith("pl-") and target.startswith("vpce-")):
        return None
    return Route(destination=destination, target=target, blackhole=entry.get("State") == "blackhole")


def _gateway(item: Mapping[str, Any], where: AccountRegion) -> TransitGateway:
    options = item.get("Options", {})

    def default(flag: str, table: str) -> str:
        return str(options.get(table, "")) if options.get(flag) == "enable" else ""

    return TransitGateway(
        id=item["TransitGatewayId"],
        region=where.region,
        association_table=default("DefaultRouteTableAssociation", "AssociationDefaultRouteTableId"),
        propagation_table=default("DefaultRouteTablePropagation", "PropagationDefaultRouteTableId"),
    )


def _attachments(ec2: Any, vpcs: Mapping[str, Vpc]) -> Mapping[str, Attachment]:
    attachments: dict[str, Attachment] = {}
    for transit_gateway_vpc_attachment in pages(
        ec2, "describe_transit_gateway_vpc_attachments", "TransitGatewayVpcAttachments"
    ):
        if (
            transit_gateway_vpc_attachment["VpcId"] in vpcs
            and transit_gateway_vpc_attachment.get("State", "") in ACTIVE
        ):
            attachments[transit_gateway_vpc_attachment["TransitGatewayAttachmentId"]] = Attachment(
                id=transit_gateway_vpc_attachment["TransitGatewayAttachmentId"],
                gateway=transit_gateway_vpc_attachment["TransitGatewayId"],
                vpc=transit_gateway_vpc_attachment["VpcId"],
                subnets=tuple(sorted(transit_gateway_vpc_attachment.get("SubnetIds", ()))),
                appliance_mode=transit_gateway_vpc_attachment.get("Options", {}).get("ApplianceModeSupport")
                == "enable",
            )
    for transit_gateway_peering_attachment in pages(
        ec2, "describe_transit_gateway_peering_attachments", "TransitGatewayPeeringAttachments"
    ):
        # An emulator lists every attachment here; one that names no other gateway is no peering.
        if transit_gateway_peering_attachment.get("State", "") in ACTIVE and transit_gateway_peering_attachment.get(
            "RequesterTgwInfo"
        ):
            attachments[transit_gateway_peering_attachment["TransitGatewayAttachmentId"]] = Attachment(
                id=transit_gateway_peering_attachment["TransitGatewayAttachmentId"],
                gateway=transit_gateway_peering_attachment["RequesterTgwInfo"]["TransitGatewayId"],
                peer=transit_gateway_peering_attachment["AccepterTgwInfo"]["TransitGatewayId"],
            )
    return attachments


def _gateway_tables(ec2: Any, gateways: Mapping[str, TransitGateway]) -> Mapping[str, GatewayTable]:
    tables: dict[str, GatewayTable] = {}
    for transit_gateway_route_table in pages(ec2, "describe_transit_gateway_route_tables", "TransitGatewayRouteTables"):
        if transit_gateway_route_table["TransitGatewayId"] not in gateways:
            continue
        table = transit_gateway_route_table["TransitGatewayRouteTableId"]
        tables[table] = GatewayTable(
            id=table,
            gateway=transit_gateway_route_table["TransitGatewayId"],
            name=tag(transit_gateway_route_table, "segment"),
            associated=_members(ec2, "get_transit_gateway_route_table_associations", "Associations", table),
            propagated=_members(
                ec2, "get_transit_gateway_route_table_propagations", "TransitGatewayRouteTablePropagations", table
            ),
            routes=tuple(sorted(_static(ec2, table), key=lambda route: route.destination)),
        )
    return tables


def _members(ec2: Any, operation: str, key: str, table: str) -> frozenset[str]:
    return frozenset(
        page["TransitGatewayAttachmentId"]
        for page in pages(ec2, operation, key, TransitGatewayRouteTableId=table)
        if page.get("TransitGatewayAttachmentId") and page.get("State", "") not in ("disassociated", "disabled")
    )


def _static(ec2: Any, table: str) -> Iterator[Route]:
    answer = ec2.search_transit_gateway_routes(
        TransitGatewayRouteTableId=table, Filters=[{"Name": "type", "Values": ["static"]}]
    )
    for route in answer.get("Routes", ()):
        # An emulator may give more than was asked for.
        if route.get("Type", "static") != "static":
            continue
        attached = [entry["TransitGatewayAttachmentId"] for entry in route.get("TransitGatewayAttachments") or ()]
        yield Route(
            destination=route["DestinationCidrBlock"],
            target=attached[0] if attached else "",
            blackhole=route.get("State") == "blackhole" or not attached,
        )


def _endpoint(item: Mapping[str, Any], where: AccountRegion) -> Endpoint:
    return Endpoint(
        id=item["VpcEndpointId"],
        vpc=item["VpcId"],
        service=service(item["ServiceName"]),
        region=where.region,
        gateway=item.get("VpcEndpointType", "Gateway") == "Gateway",
        policy=item.get("PolicyDocument") or "",
        subnets=tuple(sorted(item.get("SubnetIds") or ())),
        groups=tuple(sorted(entry["GroupId"] for entry in item.get("Groups") or ())),
        tables=tuple(sorted(item.get("RouteTableIds") or ())),
        private_dns=item.get("PrivateDnsEnabled") is True,
    )


def _internet_gateways(ec2: Any) -> Mapping[str, str]:
    gateways: dict[str, str] = {}
    for operation, key, name in (
        ("describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
        ("describe_egress_only_internet_gateways", "EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId"),
    ):
        for page in pages(ec2, operation, key):
            for attachment in page.get("Attachments") or ():
                gateways[page[name]] = attachment["VpcId"]
    return gateways


def _firewalls(aws: Aws, where: AccountRegion) -> Iterator[tuple[str, Firewall]]:
    client = aws.client("network-firewall", account=where.account, region=where.region)
    for listed in pages(client, "list_firewalls", "Firewalls"):
        answer = client.describe_firewall(FirewallArn=listed["FirewallArn"])
        states = answer.get("FirewallStatus", {}).get("SyncStates", {})
        attachments = [state.get("Attachment", {}) for state in states.values()]
        endpoints = {
            str(attachment["EndpointId"]): str(attachment["SubnetId"])
            for attachment in attachments
            if attachment.get("EndpointId")
        }
        firewall = Firewall(id=listed["FirewallArn"], vpc=answer["Firewall"]["VpcId"], endpoints=endpoints)
        yield firewall.id, firewall
