"""VPCs with their subnets, route tables, endpoints, gateways and interfaces, from AWS itself."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from inspection.network.model import (
    AMAZON_DNS,
    Endpoint,
    Firewall,
    Interface,
    Nat,
    OtherWay,
    Route,
    RouteTable,
    Subnet,
    Vpc,
)
from inspection.network.reading import ClientReader, tag
from inspection.network.state import service

TARGETS: Final = (
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
DESTINATIONS: Final = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
NOT_WORN: Final = frozenset(
    {
        "transit_gateway",
        "nat_gateway",
        "network_load_balancer",
        "gateway_load_balancer",
        "gateway_load_balancer_endpoint",
        "vpc_endpoint",
    }
)
"""Types of interfaces that AWS keeps itself; an endpoint's groups are read with the endpoint."""


def peer_cidrs(side: Mapping[str, Any]) -> Iterator[str]:
    """The networks of one side of a VPC peering."""
    four = {str(entry["CidrBlock"]) for entry in side.get("CidrBlockSet") or ()}
    yield from sorted(four | ({str(side["CidrBlock"])} if side.get("CidrBlock") else set()))
    yield from (str(entry["Ipv6CidrBlock"]) for entry in side.get("Ipv6CidrBlockSet") or ())


def vpcs(ec2: ClientReader, in_use: AbstractSet[str]) -> Mapping[str, Vpc]:
    """The VPCs that the account owns; a default one only if something is in it or joined to it."""
    owned = [
        item
        for item in ec2.list("describe_vpcs", "Vpcs")
        if item.get("OwnerId", ec2.where.account) == ec2.where.account
        and (not item.get("IsDefault") or item["VpcId"] in in_use)
    ]
    if not owned:
        return {}
    servers = {
        item["DhcpOptionsId"]: tuple(
            str(value["Value"])
            for setting in item.get("DhcpConfigurations") or ()
            if setting["Key"] == "domain-name-servers"
            for value in setting["Values"]
        )
        for item in ec2.list("describe_dhcp_options", "DhcpOptions")
    }
    return {item["VpcId"]: _vpc(ec2, item, servers) for item in owned}


def _vpc(ec2: ClientReader, item: Mapping[str, Any], servers: Mapping[str, tuple[str, ...]]) -> Vpc:
    four = [
        entry["CidrBlock"]
        for entry in item.get("CidrBlockAssociationSet", ())
        if entry.get("CidrBlockState", {}).get("State") == "associated"
    ]
    six = [
        entry["Ipv6CidrBlock"]
        for entry in item.get("Ipv6CidrBlockAssociationSet", ())
        if entry.get("Ipv6CidrBlockState", {}).get("State", "associated") == "associated"
    ]
    support = ec2.answer("describe_vpc_attribute", VpcId=item["VpcId"], Attribute="enableDnsSupport")
    return Vpc(
        id=item["VpcId"],
        name=tag(item, "Name") or item["VpcId"],
        account=ec2.where.account,
        region=ec2.where.region,
        segment=tag(item, "segment"),
        cidrs=tuple(dict.fromkeys([item["CidrBlock"], *four, *six])),
        dns_support=support.get("EnableDnsSupport", {}).get("Value", True) is True,
        environment=tag(item, "environment"),
        classification=tag(item, "data-classification"),
        name_servers=servers.get(item.get("DhcpOptionsId", ""), ()) or (AMAZON_DNS,),
    )


def subnets(ec2: ClientReader, own: Mapping[str, Vpc]) -> Mapping[str, Subnet]:
    """Subnets of the account's VPCs."""
    return {
        item["SubnetId"]: Subnet(
            id=item["SubnetId"],
            vpc=item["VpcId"],
            tier=tag(item, "tier"),
            zone=item.get("AvailabilityZoneId") or item["AvailabilityZone"],
            cidrs=(
                *([item["CidrBlock"]] if item.get("CidrBlock") else []),
                *(
                    entry["Ipv6CidrBlock"]
                    for entry in item.get("Ipv6CidrBlockAssociationSet", ())
                    if entry.get("Ipv6CidrBlockState", {}).get("State", "associated") == "associated"
                ),
            ),
        )
        for item in ec2.list("describe_subnets", "Subnets")
        if item["VpcId"] in own
    }


def tables(ec2: ClientReader, own: Mapping[str, Vpc]) -> Mapping[str, RouteTable]:
    """Route tables of the account's VPCs; a main table that nobody wrote to is what the model implies anyway."""
    collected: dict[str, RouteTable] = {}
    for item in ec2.list("describe_route_tables", "RouteTables"):
        if item["VpcId"] in own:
            associations = item.get("Associations", ())
            routes = [_route(entry) for entry in item.get("Routes", ())]
            known = sorted((route for route in routes if route is not None), key=lambda route: route.destination)
            table = RouteTable(
                id=item["RouteTableId"],
                vpc=item["VpcId"],
                routes=tuple(known),
                subnets=tuple(sorted(entry["SubnetId"] for entry in associations if entry.get("SubnetId"))),
                main=any(entry.get("Main") for entry in associations),
            )
            if table.routes or table.subnets or not table.main:
                collected[table.id] = table
    return collected


def _route(entry: Mapping[str, Any]) -> Route | None:
    destination = next((str(entry[key]) for key in DESTINATIONS if entry.get(key)), "")
    target = next((str(entry[key]) for key in TARGETS if entry.get(key)), "")
    # The local route follows from the VPC, and a gateway endpoint's from the endpoint.
    if not destination or target == "local" or (destination.startswith("pl-") and target.startswith("vpce-")):
        return None
    return Route(destination=destination, target=target, blackhole=entry.get("State") == "blackhole")


def endpoints(ec2: ClientReader, own: Mapping[str, Vpc]) -> Mapping[str, Endpoint]:
    """Interface and gateway endpoints that serve: one that is deleted or pending answers nobody."""
    return {
        item["VpcEndpointId"]: Endpoint(
            id=item["VpcEndpointId"],
            vpc=item["VpcId"],
            service=service(item["ServiceName"]),
            region=ec2.where.region,
            gateway=item.get("VpcEndpointType", "Gateway") == "Gateway",
            policy=item.get("PolicyDocument") or "",
            subnets=tuple(sorted(item.get("SubnetIds") or ())),
            groups=tuple(sorted(entry["GroupId"] for entry in item.get("Groups") or ())),
            tables=tuple(sorted(item.get("RouteTableIds") or ())),
            private_dns=item.get("PrivateDnsEnabled") is True,
        )
        for item in ec2.list("describe_vpc_endpoints", "VpcEndpoints")
        if item["VpcId"] in own
        and item.get("VpcEndpointType", "Gateway") in ("Gateway", "Interface")
        # A firewall's endpoints belong to the firewall.
        and str(item.get("State", "available")).lower() == "available"
    }


def internet_gateways(ec2: ClientReader, own: Mapping[str, Vpc]) -> Mapping[str, str]:
    """Internet gateway, also egress-only -> VPC."""
    collected: dict[str, str] = {}
    for operation, key, name in (
        ("describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
        ("describe_egress_only_internet_gateways", "EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId"),
    ):
        for item in ec2.list(operation, key):
            for attachment in item.get("Attachments") or ():
                if attachment["VpcId"] in own:
                    collected[item[name]] = attachment["VpcId"]
    return collected


def nats(ec2: ClientReader) -> Mapping[str, Nat]:
    """NAT gateways that serve."""
    return {
        item["NatGatewayId"]: Nat(id=item["NatGatewayId"], subnet=item.get("SubnetId", ""))
        for item in ec2.list("describe_nat_gateways", "NatGateways")
        if item.get("State", "available") in ("available", "pending")
    }


def firewalls(client: ClientReader) -> Iterator[tuple[str, Firewall]]:
    """Network Firewalls with their endpoints."""
    for listed in client.list("list_firewalls", "Firewalls"):
        answer = client.answer("describe_firewall", FirewallArn=listed["FirewallArn"])
        if answer:
            states = answer.get("FirewallStatus", {}).get("SyncStates", {})
            attachments = [state.get("Attachment", {}) for state in states.values()]
            ready = {
                str(attachment["EndpointId"]): str(attachment["SubnetId"])
                for attachment in attachments
                if attachment.get("EndpointId")
            }
            yield (
                listed["FirewallArn"],
                Firewall(id=listed["FirewallArn"], vpc=answer["Firewall"]["VpcId"], endpoints=ready),
            )


def interfaces(ec2: ClientReader) -> Mapping[str, Interface]:
    """Interfaces that workloads wear security groups on."""
    return {
        item["NetworkInterfaceId"]: Interface(
            id=item["NetworkInterfaceId"],
            vpc=item["VpcId"],
            subnet=item["SubnetId"],
            groups=tuple(sorted(group["GroupId"] for group in item.get("Groups") or ())),
        )
        for item in ec2.list("describe_network_interfaces", "NetworkInterfaces")
        if item.get("InterfaceType", "interface") not in NOT_WORN
    }


def other_ways(ec2: ClientReader, own: Mapping[str, Vpc]) -> Iterator[tuple[str, OtherWay]]:
    """Ways into the account's VPCs that are not followed."""
    for item in ec2.list("describe_vpn_gateways", "VpnGateways"):
        for attachment in item.get("VpcAttachments") or ():
            if item.get("State") != "deleted" and attachment.get("State") in ("attached", "attaching"):
                yield (
                    item["VpnGatewayId"],
                    OtherWay(id=item["VpnGatewayId"], vpc=attachment["VpcId"], kind="VPN gateway"),
                )
    for item in ec2.list("describe_client_vpn_endpoints", "ClientVpnEndpoints"):
        if item.get("VpcId") in own:
            kind = "Client VPN endpoint"
            yield item["ClientVpnEndpointId"], OtherWay(id=item["ClientVpnEndpointId"], vpc=item["VpcId"], kind=kind)
    for item in ec2.list("describe_carrier_gateways", "CarrierGateways"):
        if item.get("State") != "deleted":
            yield (
                item["CarrierGatewayId"],
                OtherWay(id=item["CarrierGatewayId"], vpc=item["VpcId"], kind="carrier gateway"),
            )
    for item in ec2.list("describe_vpc_endpoints", "VpcEndpoints"):
        kind = str(item.get("VpcEndpointType", "Gateway"))
        firewall = "network-firewall" in str(item.get("ServiceName", "")) or item.get("RequesterManaged") is True
        if kind not in ("Gateway", "Interface") and not firewall and item["VpcId"] in own:
            yield item["VpcEndpointId"], OtherWay(id=item["VpcEndpointId"], vpc=item["VpcId"], kind=f"{kind} endpoint")
