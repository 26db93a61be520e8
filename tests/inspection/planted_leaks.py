"""Leaks that somebody makes by hand: each returns the text that the report has to name as its cause."""

from collections.abc import Callable
from typing import Any, Final

from inspection.network.difference import DifferenceKind as Kind
from tests.inspection.cloud_changes import EVERYWHERE, PRIMARY, RECOVERY, STRANGER, Changes
from tests.inspection.inventory import key

Plant = Callable[[Changes], str]
PROD, DEV = "ml-prod", "ml-dev"
DEV_CIDR, PROD_CIDR = "10.16.0.0/16", "10.48.0.0/16"
ENDPOINTS, INSPECTION = "network-endpoints", "network-inspection"


def _joined_vpc(account: str, cidr: str, name: str = "", *, default: bool = False) -> Plant:
    """A VPC that nobody declared, associated with prod's table and propagated to it."""

    def plant(zone: Changes) -> str:
        vpc, subnet = zone.add_vpc(account, cidr, name, default=default)
        attachment = zone.attach_vpc(account, vpc, [subnet])
        zone.associate("prod", attachment)
        zone.propagate("prod", attachment, [cidr])
        return vpc

    return plant


def _peered_vpc(account: str, *, default: bool = False) -> Plant:
    def plant(zone: Changes) -> str:
        vpc, _ = zone.add_vpc(account, "172.31.0.0/16", default=default)
        return zone.peer((PROD, zone.vpc_id(PROD)), (account, vpc))

    return plant


def _peering_to_a_stranger(zone: Changes) -> str:
    peering = zone.peer((PROD, zone.vpc_id(PROD)), (STRANGER, "vpc-stranger"), CidrBlock="192.168.0.0/16")
    zone.route(zone.table(PROD, "data"), "192.168.0.0/16", VpcPeeringConnectionId=peering)
    return peering


def _peering_of_spokes(zone: Changes) -> str:
    return zone.peer((DEV, zone.vpc_id(DEV)), (PROD, zone.vpc_id(PROD)))


def _peering_abroad(zone: Changes) -> str:
    other = ("sandbox", "vpc-abroad")
    return zone.peer((PROD, zone.vpc_id(PROD)), other, CidrBlock="192.168.0.0/16", Region="eu-west-1")


def _other_kind(kind: str, *, propagated: bool = True, route: str = "") -> Plant:
    def plant(zone: Changes) -> str:
        attachment = zone.attach(kind, "network", f"{kind}-1")
        zone.associate("prod", attachment)
        if propagated:
            zone.propagate("prod", attachment)
        if route:
            zone.gateway_route("prod", route, attachment)
        return attachment

    return plant


def _foreign_gateway(zone: Changes) -> str:
    attachment = zone.attach("peering", STRANGER, "tgw-stranger")
    item = {
        "TransitGatewayAttachmentId": attachment,
        "RequesterTgwInfo": {"TransitGatewayId": zone.gateway()["TransitGatewayId"], "Region": PRIMARY},
        "AccepterTgwInfo": {"TransitGatewayId": "tgw-stranger", "OwnerId": STRANGER, "Region": PRIMARY},
        "State": "available",
    }
    operation, field = "describe_transit_gateway_peering_attachments", "TransitGatewayPeeringAttachments"
    zone.items(operation, field, "network").append(item)
    zone.gateway_route("prod", "192.168.0.0/16", attachment)
    return attachment


def _gateway_of_another_account(zone: Changes) -> str:
    gateway = {"TransitGatewayId": zone.new("tgw"), "OwnerId": zone.account["sandbox"], "State": "available"}
    zone.items("describe_transit_gateways", "TransitGateways", "sandbox").append(gateway)
    attachment = zone.attach_vpc(
        PROD, zone.vpc_id(PROD), [row["SubnetId"] for row in zone.subnets(PROD, "attachments")]
    )
    operation, field = "describe_transit_gateway_vpc_attachments", "TransitGatewayVpcAttachments"
    zone.items(operation, field, PROD)[-1]["TransitGatewayId"] = gateway["TransitGatewayId"]
    return attachment


def _two_names(account: str, name: str) -> Plant:
    def plant(zone: Changes) -> str:
        vpc, subnet = zone.add_vpc(account, "10.200.0.0/16" if account != PROD else "10.49.0.0/16", name)
        zone.attach_vpc(account, vpc, [subnet])
        return f"{name} ({vpc})"

    return plant


def _unattached(account: str, region: str = PRIMARY) -> Plant:
    return lambda zone: zone.add_vpc(account, "172.20.0.0/16", "forgotten", region)[0]


def _stranger_in_default(zone: Changes) -> str:
    vpc, subnet = zone.add_vpc(PROD, "172.31.0.0/16", default=True)
    zone.interface(PROD, {"VpcId": vpc, "SubnetId": subnet}, ["sg-default"])
    return vpc


def _untagged_subnet(zone: Changes) -> str:
    vpc = zone.vpc_id(PROD)
    subnet = {"SubnetId": zone.new("subnet"), "VpcId": vpc, "CidrBlock": "10.48.250.0/24", "Tags": []}
    zone.items("describe_subnets", "Subnets", PROD).append({**subnet, "AvailabilityZoneId": "use1-az1"})
    gateway = zone.internet_gateway(PROD, vpc)
    routes = [{"DestinationCidrBlock": EVERYWHERE, "GatewayId": gateway}]
    table = {"RouteTableId": zone.new("rtb"), "VpcId": vpc, "Routes": routes}
    associations = [{"SubnetId": subnet["SubnetId"]}]
    zone.items("describe_route_tables", "RouteTables", PROD).append({**table, "Associations": associations})
    return gateway


def _worn_group(tier: str, peer: str) -> Plant:
    """An open group, tagged as another tier or not at all, worn in prod's data subnet."""

    def plant(zone: Changes) -> str:
        group = zone.add_group(PROD, tier)
        zone.allow(group, peer, None)
        zone.interface(PROD, zone.subnets(PROD, "data")[0], [group["GroupId"]])
        return group["GroupId"]

    return plant


def _internet(account: str, tier: str, vpc: str = "", destination: str = EVERYWHERE) -> Plant:
    def plant(zone: Changes) -> str:
        gateway = zone.internet_gateway(account, zone.vpc_id(account, PRIMARY, vpc), egress_only=":" in destination)
        target = {"EgressOnlyInternetGatewayId" if ":" in destination else "GatewayId": gateway}
        zone.route(zone.table(account, tier, PRIMARY, vpc), destination, **target)
        return gateway

    return plant


def _bare_gateway(zone: Changes) -> str:
    return zone.internet_gateway(PROD, zone.vpc_id(PROD))


def _nat(tier: str) -> Plant:
    def plant(zone: Changes) -> str:
        nat = zone.nat(PROD, zone.subnets(PROD, "training")[0]["SubnetId"])
        zone.route(zone.table(PROD, tier), EVERYWHERE, NatGatewayId=nat)
        return nat

    return plant


def _past_the_firewall(zone: Changes) -> str:
    nat = zone.items("describe_nat_gateways", "NatGateways", "network")[0]["NatGatewayId"]
    for index in (0, 1):
        table = zone.table("network", "attachments", PRIMARY, INSPECTION, index)
        zone.route(table, "52.0.0.0/8", NatGatewayId=nat)
    return nat


def _route_to(destination: str, tier: str = "data", **target: str) -> Plant:
    def plant(zone: Changes) -> str:
        zone.route(zone.table(PROD, tier), destination, **target)
        return next(iter(target.values()))

    return plant


def _group(account: str, tier: str, peer: str, port: int | None = 443, *, outward: bool = False) -> Plant:
    def plant(zone: Changes) -> str:
        group = zone.group(account, tier)
        zone.allow(group, peer, port, outward=outward)
        return f"({group['GroupId']})"

    return plant


def _default_group(zone: Changes) -> str:
    group = zone.single(
        "describe_security_groups",
        "SecurityGroups",
        PROD,
        lambda row: row["GroupName"] == "default" and row["VpcId"] == zone.vpc_id(PROD),
    )
    zone.allow(group, EVERYWHERE, None)
    return group["GroupId"]


def _foreign_group(zone: Changes) -> str:
    foreign = zone.group(DEV, "training")["GroupId"]
    zone.allow(zone.group(PROD, "data"), foreign, 5432)
    return foreign


def _unknown_group(zone: Changes) -> str:
    zone.allow(zone.group(PROD, "data"), "sg-stranger", 5432)
    return "sg-stranger"


def _prefix_list(*cidrs: str, outward: bool = False) -> Plant:
    def plant(zone: Changes) -> str:
        listed = zone.add_prefix_list(PROD, *cidrs)
        zone.allow(zone.group(PROD, "data"), listed, 5432, outward=outward)
        return listed

    return plant


def _unread_prefix_list(zone: Changes) -> str:
    zone.allow(zone.group(PROD, "data"), "pl-stranger", 5432)
    return "pl-stranger"


def _black_hole(segment: str, cidr: str, region: str = PRIMARY) -> Plant:
    def plant(zone: Changes) -> str:
        routes = zone.gateway_routes(segment, region)
        routes[:] = [route for route in routes if route["DestinationCidrBlock"] != cidr]
        return cidr

    return plant


def _black_hole_replaced(zone: Changes) -> str:
    _black_hole("dev", PROD_CIDR)(zone)
    zone.gateway_route("dev", PROD_CIDR, zone.attachment_id(PROD))
    return zone.attachment_id(PROD)


def _narrow_route(zone: Changes) -> str:
    zone.gateway_route("dev", "10.48.0.0/17", zone.attachment_id(PROD))
    return zone.attachment_id(PROD)


def _propagation(segment: str, account: str, region: str = PRIMARY) -> Plant:
    def plant(zone: Changes) -> str:
        zone.propagate(segment, zone.attachment_id(account, region), region=region)
        return f"{zone.attachment_id(account, region)} (propagated)"

    return plant


def _another_table(zone: Changes) -> str:
    """Dev's attachment in prod's table instead of its own."""
    arguments = {"TransitGatewayRouteTableId": zone.segment_table("dev")}
    operation = "get_transit_gateway_route_table_associations"
    zone.items(operation, "Associations", "network", PRIMARY, **arguments).clear()
    zone.associate("prod", zone.attachment_id(DEV))
    zone.propagate("prod", zone.attachment_id(DEV))
    return zone.segment_table("prod")


def _no_denies(zone: Changes) -> str:
    acl = zone.acl(PROD)
    acl["Entries"] = [row for row in acl["Entries"] if row["RuleAction"] != "deny" or row["RuleNumber"] == 32767]
    zone.entry(acl, 250, "10.0.0.0/8")
    return acl["NetworkAclId"]


def _acl(number: int, cidr: str, *, egress: bool = False, port: int | None = None) -> Plant:
    def plant(zone: Changes) -> str:
        zone.entry(zone.acl(PROD), number, cidr, egress=egress, port=port)
        return zone.acl(PROD)["NetworkAclId"]

    return plant


def _default_acl(zone: Changes) -> str:
    zone.acl(PROD)["Associations"].clear()
    return "no network ACL of its own"


def _deny_all(account: str, tier: str, vpc: str = "") -> Plant:
    def plant(zone: Changes) -> str:
        subnets = [subnet["SubnetId"] for subnet in zone.subnets(account, tier, PRIMARY, vpc)]
        acl: dict[str, Any] = {
            "NetworkAclId": zone.new("acl"),
            "VpcId": zone.vpc_id(account, PRIMARY, vpc),
            "IsDefault": False,
        }
        acl |= {"Entries": [], "Associations": [{"SubnetId": subnet} for subnet in subnets]}
        zone.items("describe_network_acls", "NetworkAcls", account).append(acl)
        return acl["NetworkAclId"]

    return plant


def _auto_accept(zone: Changes) -> str:
    zone.gateway()["Options"]["AutoAcceptSharedAttachments"] = "enable"
    return "AutoAcceptSharedAttachments"


def _default_table(flag: str, table: str) -> Plant:
    def plant(zone: Changes) -> str:
        zone.gateway()["Options"] |= {flag: "enable", table: zone.segment_table("prod")}
        return zone.segment_table("prod")

    return plant


def _share(change: Callable[[Any, Any], None], cause: str) -> Plant:
    def plant(zone: Changes) -> str:
        answers, owner = zone.inventory.answers, zone.account["network"]
        shares = answers[f'ram|{owner}|{PRIMARY}|get_resource_shares|{{"resourceOwner": "SELF"}}']
        principals = answers[
            f'ram|{owner}|{PRIMARY}|get_resource_share_associations|{{"associationType": "PRINCIPAL"}}'
        ]
        change(shares["resourceShares"][0], principals["resourceShareAssociations"])
        return cause

    return plant


def _outsider(share: Any, principals: Any) -> None:
    principals.append({"resourceShareArn": share["resourceShareArn"], "associatedEntity": STRANGER})


def _policy(service: str, change: Callable[[dict[str, Any]], None], account: str = "network") -> Plant:
    def plant(zone: Changes) -> str:
        endpoint = zone.endpoint(service, account)
        zone.policy(endpoint, change)
        return endpoint["VpcEndpointId"]

    return plant


def _conditioned(**conditions: Any) -> Callable[[dict[str, Any]], None]:
    return lambda statement: statement.update(Condition=conditions)


def _organization(zone: Changes) -> str:
    return zone.inventory.answers["organizations|||describe_organization|{}"]["Organization"]["Id"]


def _one_key(service: str, kept: str) -> Plant:
    """One of the two keys that a policy compares is removed."""

    def plant(zone: Changes) -> str:
        only = {"StringEquals": {kept: _organization(zone)}}
        return _policy(service, lambda statement: statement.update(Condition=only))(zone)

    return plant


def _two_organizations(zone: Changes) -> str:
    both = [_organization(zone), "o-partner1234"]
    keys = {"aws:PrincipalOrgID": both, "aws:ResourceOrgID": both}
    return _policy("kms", _conditioned(StringEquals=keys))(zone)


def _one_account(zone: Changes) -> str:
    keys = {"aws:PrincipalAccount": STRANGER, "aws:ResourceAccount": STRANGER}
    return _policy("kms", _conditioned(StringEquals=keys))(zone)


def _no_policy(zone: Changes) -> str:
    endpoint = zone.endpoint("kms")
    endpoint["PolicyDocument"] = ""
    return endpoint["VpcEndpointId"]


def _lost_zone(account: str, vpc: str = "") -> Plant:
    def plant(zone: Changes) -> str:
        for attachment in zone.seen_attachments(account, PRIMARY, vpc):
            attachment["SubnetIds"] = attachment["SubnetIds"][:1]
        return zone.attachment_id(account, PRIMARY, vpc)

    return plant


def _appliance_mode(zone: Changes) -> str:
    zone.attachment("network", PRIMARY, INSPECTION)["Options"]["ApplianceModeSupport"] = "disable"
    return "ApplianceModeSupport"


def _dns_support(zone: Changes) -> str:
    vpc = zone.vpc_id(PROD)
    where = key(
        "ec2", zone.account[PROD], PRIMARY, "describe_vpc_attribute", {"VpcId": vpc, "Attribute": "enableDnsSupport"}
    )
    zone.inventory.answers[where]["EnableDnsSupport"]["Value"] = False
    return vpc


def _dhcp(zone: Changes) -> str:
    options = {"DhcpOptionsId": zone.new("dopt")}
    settings = [{"Key": "domain-name-servers", "Values": [{"Value": "198.51.100.53"}]}]
    zone.items("describe_dhcp_options", "DhcpOptions", PROD).append({**options, "DhcpConfigurations": settings})
    zone.vpc(PROD)["DhcpOptionsId"] = options["DhcpOptionsId"]
    return "198.51.100.53"


def _record(zone_name: str, record: str) -> Plant:
    def plant(zone: Changes) -> str:
        records = zone.records(zone.zone(zone_name))
        kept = [row for row in records if row["Type"] != "A" or row["Name"].rstrip(".").replace("\\052", "*") != record]
        assert len(kept) == len(records) - 1, [row["Name"] for row in records]
        records[:] = kept
        return zone_name

    return plant


def _shadow_zone(name: str, *, alias: str = "") -> Plant:
    def plant(zone: Changes) -> str:
        target = zone.endpoint(alias)["DnsEntries"][0]["DnsName"] if alias else ""
        return zone.add_zone(PROD, name, zone.vpc_id(PROD), target)

    return plant


def _endpoint_state(service: str, state: str) -> Plant:
    def plant(zone: Changes) -> str:
        zone.endpoint(service)["State"] = state
        return f"{service}.us-east-1.amazonaws.com"

    return plant


def _endpoint_group(zone: Changes) -> str:
    endpoint = zone.endpoint("kms")
    group = zone.add_group("network", vpc=ENDPOINTS)
    endpoint["Groups"] = [{"GroupId": group["GroupId"]}]
    return group["GroupId"]


def _other_way(operation: str, field: str, **item: Any) -> Plant:
    def plant(zone: Changes) -> str:
        vpc = zone.vpc_id(PROD)
        planted = {key: (vpc if value == "VPC" else value) for key, value in item.items()}
        if "VpcAttachments" in planted:
            planted["VpcAttachments"] = [{"VpcId": vpc, "State": "attached"}]
        where = zone.items(operation, field, PROD)
        zone.inventory.answers[
            next(key for key in zone.inventory.answers if f"{zone.account[PROD]}|{PRIMARY}|{operation}|" in key)
        ].pop("error", None)
        where.append(planted)
        return next(iter(item.values()))

    return plant


def _environment(value: str) -> Plant:
    def plant(zone: Changes) -> str:
        _tag(zone.vpc(PROD), "environment", value)
        return f"environment is {value}"

    return plant


def _patients_data(account: str) -> Plant:
    def plant(zone: Changes) -> str:
        _tag(zone.vpc(account), "data-classification", "phi")
        return "data-classification is phi"

    return plant


def _tag(item: Any, key: str, value: str) -> None:
    item["Tags"] = [pair for pair in item["Tags"] if pair["Key"] != key] + [{"Key": key, "Value": value}]


def _moved_account(zone: Changes) -> str:
    """Dev's account moved to prod's OU, its networks as they were; then staging's to the sandbox's."""
    units = zone.unit_of("ml-staging"), zone.unit_of("sandbox")
    moved = next(row for row in units[0] if row["Name"] == "ml-staging")
    units[0].remove(moved)
    units[1].append(moved)
    return "stands in Sandbox"


def _unreadable(operation: str, account: str) -> Plant:
    def plant(zone: Changes) -> str:
        prefix = f"ec2|{zone.account[account]}|{PRIMARY}|{operation}|"
        name = next(name for name in zone.inventory.answers if name.startswith(prefix))
        zone.inventory.answers[name] = {"error": "UnauthorizedOperation"}
        return operation

    return plant


def _ipv6_everywhere(zone: Changes) -> str:
    zone.vpc(PROD)["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": "2600:1f18::/56"}]
    zone.allow(zone.group(PROD, "data"), "::/0", 443)
    return "::/0"


LEAKS: Final[dict[str, tuple[Plant, Kind]]] = {
    "VPC of an account without networks in prod's table": (_joined_vpc("sandbox", "172.20.0.0/16"), Kind.UNKNOWN),
    "the same, a route from prod": (_joined_vpc("sandbox", "10.200.0.0/16"), Kind.UNKNOWN),
    "VPC of another account with prod's CIDR": (_joined_vpc("shared-services", PROD_CIDR), Kind.OVERLAP),
    "VPC of the sandbox reaches prod": (_joined_vpc("sandbox", "10.201.0.0/16"), Kind.INVARIANT),
    "VPC of an account outside the organization": (_joined_vpc(STRANGER, "10.202.0.0/16"), Kind.UNKNOWN),
    "default VPC attached": (_joined_vpc("sandbox", "172.31.0.0/16", default=True), Kind.UNKNOWN),
    "default VPC of prod attached": (_joined_vpc(PROD, "172.31.0.0/16", default=True), Kind.UNKNOWN),
    "default VPC peered": (_peered_vpc("sandbox", default=True), Kind.UNKNOWN),
    "VPC peered to prod, no route yet": (_peered_vpc("sandbox"), Kind.UNKNOWN),
    "interface in prod's default VPC": (_stranger_in_default, Kind.UNKNOWN),
    "peering to an account outside": (_peering_to_a_stranger, Kind.UNKNOWN),
    "peering of dev and prod": (_peering_of_spokes, Kind.UNKNOWN),
    "peering to another geography": (_peering_abroad, Kind.INVARIANT),
    "VPN attachment in prod's table": (_other_kind("vpn"), Kind.UNKNOWN),
    "VPN attachment, only associated": (_other_kind("vpn", propagated=False), Kind.UNKNOWN),
    "VPN attachment with a static route": (_other_kind("vpn", route="192.168.0.0/16"), Kind.UNKNOWN),
    "Direct Connect gateway": (_other_kind("direct-connect-gateway"), Kind.UNKNOWN),
    "Connect attachment": (_other_kind("connect"), Kind.UNKNOWN),
    "attachment of a kind that is new": (_other_kind("network-function"), Kind.UNKNOWN),
    "Transit Gateway of another account peered": (_foreign_gateway, Kind.UNKNOWN),
    "prod attached to another Transit Gateway": (_gateway_of_another_account, Kind.LAYER),
    "VPC of the sandbox named ml-prod": (_two_names("sandbox", PROD), Kind.UNKNOWN),
    "second VPC of prod named ml-prod": (_two_names(PROD, PROD), Kind.UNKNOWN),
    "VPC of dev named network-endpoints": (_two_names(DEV, ENDPOINTS), Kind.UNKNOWN),
    "VPC of the sandbox named network-inspection": (_two_names("sandbox", INSPECTION), Kind.UNKNOWN),
    "VPC in an account without networks": (_unattached("backup"), Kind.UNKNOWN),
    "VPC in the recovery region": (_unattached("policy-staging", RECOVERY), Kind.UNKNOWN),
    "VPC in the management account": (_unattached("123456789012"), Kind.UNKNOWN),
    "untagged subnet with an internet gateway": (_untagged_subnet, Kind.LAYER),
    "open group of another tier worn in data": (_worn_group("training", EVERYWHERE), Kind.GROUP),
    "open group without a tier worn in data": (_worn_group("", EVERYWHERE), Kind.GROUP),
    "group open to dev worn in data": (_worn_group("", DEV_CIDR), Kind.GROUP),
    "group open to the VPC worn in data": (_worn_group("inference", PROD_CIDR), Kind.GROUP),
    "internet gateway and route in data": (_internet(PROD, "data"), Kind.LAYER),
    "internet gateway and route in inference": (_internet(PROD, "inference"), Kind.LAYER),
    "internet gateway and route in training": (_internet(PROD, "training", destination="52.0.0.0/8"), Kind.LAYER),
    "internet gateway without a route": (_bare_gateway, Kind.LAYER),
    "internet gateway and route in the endpoint VPC": (_internet("network", "endpoints", ENDPOINTS), Kind.LAYER),
    "egress-only gateway": (_internet(PROD, "data", destination="::/0"), Kind.LAYER),
    "NAT gateway for inference": (_nat("inference"), Kind.LAYER),
    "route past the firewall": (_past_the_firewall, Kind.LAYER),
    "route to a VPN gateway": (_route_to("192.168.0.0/16", GatewayId="vgw-office"), Kind.UNKNOWN),
    "route to an interface": (_route_to("192.168.0.0/16", NetworkInterfaceId="eni-router"), Kind.UNKNOWN),
    "route to a core network": (_route_to("100.64.0.0/10", CoreNetworkArn="arn:core"), Kind.UNKNOWN),
    "IPv6 route to an interface": (_route_to("fd00::/8", NetworkInterfaceId="eni-six"), Kind.UNKNOWN),
    "data open to dev": (_group(PROD, "data", DEV_CIDR), Kind.GROUP),
    "data open to 192.168.0.0/16": (_group(PROD, "data", "192.168.0.0/16"), Kind.GROUP),
    "data open to the internet": (_group(PROD, "data", EVERYWHERE, 5432), Kind.GROUP),
    "data open to IPv6": (_ipv6_everywhere, Kind.GROUP),
    "inference open to all of 10.0.0.0/8": (_group(PROD, "inference", "10.0.0.0/8"), Kind.GROUP),
    "endpoints open to foreign private networks": (_group("network", "endpoints", "172.16.0.0/12"), Kind.GROUP),
    "data may send everywhere": (_group(PROD, "data", EVERYWHERE, outward=True), Kind.GROUP),
    "inference may send to dev": (_group(PROD, "inference", DEV_CIDR, outward=True), Kind.GROUP),
    "training may send at all ports": (_group(PROD, "training", EVERYWHERE, None, outward=True), Kind.GROUP),
    "default group open": (_default_group, Kind.GROUP),
    "a group of another VPC let in": (_foreign_group, Kind.GROUP),
    "a group that cannot be read let in": (_unknown_group, Kind.GROUP),
    "prefix list with dev's network": (_prefix_list(PROD_CIDR, DEV_CIDR), Kind.GROUP),
    "prefix list widened to everything": (_prefix_list(EVERYWHERE), Kind.GROUP),
    "prefix list outward": (_prefix_list("192.168.0.0/16", outward=True), Kind.GROUP),
    "prefix list of a stranger": (_unread_prefix_list, Kind.GROUP),
    "black hole for prod gone": (_black_hole("dev", PROD_CIDR), Kind.LAYER),
    "black hole for dev gone": (_black_hole("prod", DEV_CIDR), Kind.LAYER),
    "black hole for 10.0.0.0/8 gone": (_black_hole("dev", "10.0.0.0/8"), Kind.LAYER),
    "black hole for 192.168.0.0/16 gone": (_black_hole("prod", "192.168.0.0/16"), Kind.LAYER),
    "black hole in the recovery region gone": (_black_hole("dev", PROD_CIDR, RECOVERY), Kind.LAYER),
    "black hole replaced by a route": (_black_hole_replaced, Kind.ROUTE),
    "route narrower than the black hole": (_narrow_route, Kind.ROUTE),
    "the same reaches prod": (_narrow_route, Kind.INVARIANT),
    "prod propagated to dev": (_propagation("dev", PROD), Kind.ROUTE),
    "dev propagated to prod": (_propagation("prod", DEV), Kind.ROUTE),
    "staging propagated to prod": (_propagation("prod", "ml-staging"), Kind.ROUTE),
    "prod propagated to dev in the recovery region": (_propagation("dev", PROD, RECOVERY), Kind.ROUTE),
    "dev associated with prod's table": (_another_table, Kind.ROUTE),
    "denies of the ACL removed": (_no_denies, Kind.LAYER),
    "ACL entry 1 lets everything in": (_acl(1, EVERYWHERE), Kind.LAYER),
    "ACL entry 1 lets everything out": (_acl(1, EVERYWHERE, egress=True), Kind.LAYER),
    "ACL lets dev in": (_acl(50, DEV_CIDR), Kind.LAYER),
    "ACL lets remote desktops in": (_acl(60, EVERYWHERE, port=3389), Kind.LAYER),
    "ACL lets IPv6 in": (_acl(70, "::/0"), Kind.LAYER),
    "subnets on the default ACL": (_default_acl, Kind.LAYER),
    "attachments are accepted by themselves": (_auto_accept, Kind.LAYER),
    "default association": (
        _default_table("DefaultRouteTableAssociation", "AssociationDefaultRouteTableId"),
        Kind.LAYER,
    ),
    "default propagation": (
        _default_table("DefaultRouteTablePropagation", "PropagationDefaultRouteTableId"),
        Kind.LAYER,
    ),
    "share open to outsiders": (
        _share(lambda share, _: share.update(allowExternalPrincipals=True), "allowExternalPrincipals"),
        Kind.LAYER,
    ),
    "shared with an outsider": (_share(_outsider, STRANGER), Kind.LAYER),
    "endpoint without a policy": (_no_policy, Kind.ENDPOINT),
    "s3:* without a condition": (_policy("s3", lambda row: row.pop("Condition"), PROD), Kind.ENDPOINT),
    "[*, s3:*] without a condition": (
        _policy("s3", lambda row: row.update(Action=["*", "s3:*"], Condition={}), PROD),
        Kind.ENDPOINT,
    ),
    "NotAction": (
        _policy("kms", lambda row: (row.pop("Action"), row.update(NotAction="kms:Delete*", Condition={}))[1]),
        Kind.ENDPOINT,
    ),
    "NotResource": (
        _policy(
            "kms",
            lambda row: (row.pop("Resource"), row.update(NotResource="arn:aws:kms:::x", Condition={}))[1],
        ),
        Kind.ENDPOINT,
    ),
    "a condition that always holds": (
        _policy("sts", _conditioned(StringLike={"aws:PrincipalArn": "*"})),
        Kind.ENDPOINT,
    ),
    "a condition on the source VPC only": (
        _policy("kms", _conditioned(Null={"aws:PrincipalArn": "false"})),
        Kind.ENDPOINT,
    ),
    "a condition that the caller chooses": (
        _policy("kms", _conditioned(StringEquals={"aws:PrincipalTag/team": "ml"})),
        Kind.ENDPOINT,
    ),
    "without ResourceOrgID": (_one_key("kms", "aws:PrincipalOrgID"), Kind.ENDPOINT),
    "without PrincipalOrgID": (_one_key("logs", "aws:ResourceOrgID"), Kind.ENDPOINT),
    "IfExists": (
        _policy("kms", _conditioned(StringEqualsIfExists={"aws:PrincipalOrgID": "o-x", "aws:ResourceOrgID": "o-x"})),
        Kind.ENDPOINT,
    ),
    "another organization besides": (_two_organizations, Kind.ENDPOINT),
    "another account": (_one_account, Kind.ENDPOINT),
    "policy that lets nothing through": (
        _policy("kms", lambda row: row.update(Resource="arn:aws:kms:::none", Effect="Deny")),
        Kind.ENDPOINT,
    ),
    "a spoke's attachment lost a zone": (_lost_zone(PROD), Kind.LAYER),
    "the same is missing": (_lost_zone(PROD), Kind.MISSING),
    "the endpoints' attachment lost a zone": (_lost_zone("network", ENDPOINTS), Kind.LAYER),
    "the firewall's attachment lost a zone": (_lost_zone("network", INSPECTION), Kind.LAYER),
    "deny-all ACL on a spoke's attachment subnets": (_deny_all(PROD, "attachments"), Kind.MISSING),
    "deny-all ACL on the endpoints' attachment subnets": (_deny_all("network", "attachments", ENDPOINTS), Kind.MISSING),
    "deny-all ACL on the endpoints' subnets": (_deny_all("network", "endpoints", ENDPOINTS), Kind.MISSING),
    "deny-all ACL on the firewall's subnets": (_deny_all("network", "firewall", INSPECTION), Kind.MISSING),
    "deny-all ACL on the inspection attachment subnets": (
        _deny_all("network", "attachments", INSPECTION),
        Kind.MISSING,
    ),
    "appliance mode off": (_appliance_mode, Kind.LAYER),
    "enableDnsSupport off": (_dns_support, Kind.LAYER),
    "the same: services are missing": (_dns_support, Kind.MISSING),
    "foreign name servers": (_dhcp, Kind.LAYER),
    "the same: names are public": (_dhcp, Kind.MISSING),
    "wildcard record of dkr.ecr deleted": (
        _record("dkr.ecr.us-east-1.amazonaws.com", "*.dkr.ecr.us-east-1.amazonaws.com"),
        Kind.MISSING,
    ),
    "record of kms deleted": (_record("kms.us-east-1.amazonaws.com", "kms.us-east-1.amazonaws.com"), Kind.MISSING),
    "shadow zone with the service's name": (_shadow_zone("sts.us-east-1.amazonaws.com"), Kind.MISSING),
    "shadow zone leads to another endpoint": (_shadow_zone("sts.us-east-1.amazonaws.com", alias="kms"), Kind.MISSING),
    "shadow zone below the service's name": (_shadow_zone("any.dkr.ecr.us-east-1.amazonaws.com"), Kind.MISSING),
    "endpoint deleted": (_endpoint_state("kms", "deleted"), Kind.MISSING),
    "endpoint being deleted": (_endpoint_state("sts", "deleting"), Kind.MISSING),
    "endpoint pending": (_endpoint_state("logs", "pendingAcceptance"), Kind.MISSING),
    "endpoint wears a closed group": (_endpoint_group, Kind.MISSING),
    "VPN gateway on prod's VPC": (
        _other_way(
            "describe_vpn_gateways", "VpnGateways", VpnGatewayId="vgw-1", State="available", VpcAttachments="VPC"
        ),
        Kind.UNKNOWN,
    ),
    "Client VPN endpoint in prod's VPC": (
        _other_way("describe_client_vpn_endpoints", "ClientVpnEndpoints", ClientVpnEndpointId="cvpn-1", VpcId="VPC"),
        Kind.UNKNOWN,
    ),
    "carrier gateway in prod's VPC": (
        _other_way("describe_carrier_gateways", "CarrierGateways", CarrierGatewayId="cagw-1", VpcId="VPC"),
        Kind.UNKNOWN,
    ),
    "Gateway Load Balancer endpoint in prod's VPC": (
        _other_way(
            "describe_vpc_endpoints",
            "VpcEndpoints",
            VpcEndpointId="vpce-glb",
            VpcId="VPC",
            VpcEndpointType="GatewayLoadBalancer",
            ServiceName="com.amazonaws.vpce.us-east-1.vpce-svc-1",
        ),
        Kind.UNKNOWN,
    ),
    "prod tagged as sandbox": (_environment("sandbox"), Kind.INVARIANT),
    "patients' data in dev": (_patients_data(DEV), Kind.INVARIANT),
    "an account moved to the sandbox's OU": (_moved_account, Kind.INVARIANT),
    "route tables of prod cannot be read": (_unreadable("describe_route_tables", PROD), Kind.UNREAD),
    "interfaces of the sandbox cannot be read": (_unreadable("describe_network_interfaces", "sandbox"), Kind.UNREAD),
    "Transit Gateway tables cannot be read": (
        _unreadable("describe_transit_gateway_route_tables", "network"),
        Kind.UNREAD,
    ),
}
"""Name -> the change, and the kind of difference that has to name its cause."""
