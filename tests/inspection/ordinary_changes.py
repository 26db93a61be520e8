"""Changes that leave the network as declared, and what once raised a false alarm: none may be reported."""

from collections.abc import Callable
from typing import Any, Final

from tests.inspection.cloud_changes import PRIMARY, RECOVERY, STRANGER, Changes

Change = Callable[[Changes], object]
PROD, DEV, PROD_CIDR = "ml-prod", "ml-dev", "10.48.0.0/16"
ENDPOINTS = "network-endpoints"


def _worn(tier: str, account: str = PROD) -> Change:
    """A workload that wears its tier's own group."""
    return lambda zone: zone.interface(account, zone.subnets(account, tier)[0], [zone.group(account, tier)["GroupId"]])


def _endpoint_interface(zone: Changes) -> None:
    subnet = zone.subnets("network", "endpoints", PRIMARY, ENDPOINTS)[0]
    group = zone.group("network", "endpoints")["GroupId"]
    zone.interface("network", subnet, [group], InterfaceType="vpc_endpoint")


def _aws_interface(kind: str) -> Change:
    return lambda zone: zone.interface(PROD, zone.subnets(PROD, "attachments")[0], [], InterfaceType=kind)


def _unworn_group(peer: str, port: int | None = 443, *, outward: bool = False) -> Change:
    return lambda zone: zone.allow(zone.add_group(PROD), peer, port, outward=outward)


def _own_reference(zone: Changes) -> None:
    group = zone.add_group(PROD)
    zone.allow(group, group["GroupId"], None)


def _narrow_worn_group(zone: Changes) -> None:
    group = zone.add_group(PROD)
    zone.allow(group, zone.group(PROD, "inference")["GroupId"], 443)
    zone.interface(PROD, zone.subnets(PROD, "data")[0], [group["GroupId"]])


def _closed_worn_group(zone: Changes) -> None:
    zone.interface(PROD, zone.subnets(PROD, "data")[0], [zone.add_group(PROD)["GroupId"]])


def _declared_flow(zone: Changes) -> None:
    zone.allow(zone.group(PROD, "data"), zone.group(PROD, "training")["GroupId"], 5432)


def _prefix_list(*cidrs: str) -> Change:
    def change(zone: Changes) -> None:
        group = zone.add_group(PROD)
        zone.allow(group, zone.add_prefix_list(PROD, *cidrs), 443)

    return change


def _unused_prefix_list(zone: Changes) -> None:
    zone.add_prefix_list(PROD, "0.0.0.0/0")


def _other_zone(zone: Changes) -> None:
    alias = zone.endpoint("sts")["DnsEntries"][0]["DnsName"]
    zone.add_zone("network", "tools.internal", zone.vpc_id(PROD), alias)


def _own_zone(zone: Changes) -> None:
    zone.add_zone(PROD, "models.prod.internal", zone.vpc_id(PROD))


def _longer_name(zone: Changes) -> None:
    zone.add_zone(PROD, "mykms.us-east-1.amazonaws.com.internal", zone.vpc_id(PROD))


def _same_answer(zone: Changes) -> None:
    alias = zone.endpoint("kms")["DnsEntries"][0]["DnsName"]
    zone.add_zone(PROD, "kms.us-east-1.amazonaws.com", zone.vpc_id(PROD), alias)


def _more_record(zone: Changes) -> None:
    zone.records(zone.zone("kms.us-east-1.amazonaws.com")).append(
        {"Name": "kms.us-east-1.amazonaws.com.", "Type": "TXT", "ResourceRecords": [{"Value": '"checked"'}]}
    )


def _default_vpc(account: str, region: str = PRIMARY) -> Change:
    return lambda zone: zone.add_vpc(account, "172.31.0.0/16", region=region, default=True)


def _attachment_state(state: str) -> Change:
    return lambda zone: zone.attach("vpc", STRANGER, "vpc-stranger", state=state)


def _peering_state(status: str) -> Change:
    return lambda zone: zone.peer((PROD, zone.vpc_id(PROD)), (STRANGER, "vpc-stranger"), status)


def _dead_endpoint(state: str) -> Change:
    def change(zone: Changes) -> None:
        dead = {**zone.endpoint("kms"), "VpcEndpointId": zone.new("vpce"), "State": state, "PolicyDocument": ""}
        zone.items("describe_vpc_endpoints", "VpcEndpoints", "network").append({**dead, "DnsEntries": []})

    return change


def _dead_nat(zone: Changes) -> None:
    nat = {"NatGatewayId": zone.new("nat"), "SubnetId": zone.subnets(PROD, "data")[0]["SubnetId"]}
    zone.items("describe_nat_gateways", "NatGateways", PROD).append({**nat, "State": "deleted"})


def _detached_gateway(zone: Changes) -> None:
    item = {"InternetGatewayId": zone.new("igw"), "Attachments": []}
    zone.items("describe_internet_gateways", "InternetGateways", PROD).append(item)


def _detached_vpn_gateway(zone: Changes) -> None:
    item = {"VpnGatewayId": zone.new("vgw"), "State": "available", "VpcAttachments": []}
    zone.items("describe_vpn_gateways", "VpnGateways", PROD).append(item)


def _black_hole_in_a_table(zone: Changes) -> None:
    table = zone.table(PROD, "data")
    table["Routes"].append({"DestinationCidrBlock": "192.0.2.0/24", "NatGatewayId": "nat-1", "State": "blackhole"})


def _unused_table(zone: Changes) -> None:
    vpc = zone.vpc_id(PROD)
    table = {"RouteTableId": zone.new("rtb"), "VpcId": vpc, "Associations": []}
    routes = [{"DestinationCidrBlock": "0.0.0.0/0", "TransitGatewayId": zone.gateway()["TransitGatewayId"]}]
    zone.items("describe_route_tables", "RouteTables", PROD).append({**table, "Routes": routes})


def _more_black_holes(zone: Changes) -> None:
    zone.gateway_routes("prod").append(
        {"DestinationCidrBlock": "198.18.0.0/15", "State": "blackhole", "Type": "static"}
    )


def _acl_deny(zone: Changes) -> None:
    zone.entry(zone.acl(PROD), 5, "198.18.0.0/15", "deny")


def _unused_acl(zone: Changes) -> None:
    acl = {"NetworkAclId": zone.new("acl"), "VpcId": zone.vpc_id(PROD), "IsDefault": False, "Associations": []}
    zone.items("describe_network_acls", "NetworkAcls", PROD).append({**acl, "Entries": []})


def _tag(account: str, key: str) -> Change:
    return lambda zone: zone.vpc(account)["Tags"].append({"Key": key, "Value": "x"})


def _narrower_policy(change: Callable[[dict[str, Any]], None], service: str = "kms") -> Change:
    return lambda zone: zone.policy(zone.endpoint(service), change)


def _more_conditions(statement: dict[str, Any]) -> None:
    statement["Condition"]["StringEqualsIfExists"] = {"aws:RequestedRegion": "us-east-1"}


def _reordered_policy(zone: Changes) -> None:
    def change(statement: dict[str, Any]) -> None:
        keys = statement.pop("Condition")["StringEquals"]
        statement["Condition"] = {"StringEquals": {key.lower(): [value] for key, value in reversed(keys.items())}}

    zone.policy(zone.endpoint("sts"), change)


def _spare_account(zone: Changes) -> None:
    accounts = zone.unit_of("sandbox")
    accounts.append({"Id": "444455556666", "Name": "sandbox-2", "Status": "ACTIVE"})


def _suspended_account(zone: Changes) -> None:
    accounts = zone.unit_of("sandbox")
    accounts.append({"Id": "444455556666", "Name": "closed", "Status": "SUSPENDED"})
    zone.items("describe_vpcs", "Vpcs", "444455556666").append({"VpcId": "vpc-closed", "CidrBlock": "10.0.0.0/8"})


def _shared_in_the_organization(zone: Changes) -> None:
    owner = zone.account["network"]
    answers = zone.inventory.answers
    associations = answers[f'ram|{owner}|{PRIMARY}|get_resource_share_associations|{{"associationType": "PRINCIPAL"}}']
    shares = answers[f'ram|{owner}|{PRIMARY}|get_resource_shares|{{"resourceOwner": "SELF"}}']["resourceShares"]
    item = {"resourceShareArn": shares[0]["resourceShareArn"], "associatedEntity": zone.account[DEV]}
    associations["resourceShareAssociations"].append({**item, "status": "ASSOCIATED"})


def _amazon_dns(zone: Changes) -> None:
    options = {"DhcpOptionsId": zone.new("dopt")}
    settings = [
        {"Key": "domain-name-servers", "Values": [{"Value": "AmazonProvidedDNS"}]},
        {"Key": "ntp-servers", "Values": [{"Value": "169.254.169.123"}]},
    ]
    zone.items("describe_dhcp_options", "DhcpOptions", PROD).append({**options, "DhcpConfigurations": settings})
    zone.vpc(PROD)["DhcpOptionsId"] = options["DhcpOptionsId"]


def _main_table(zone: Changes) -> None:
    vpc = zone.vpc_id(PROD)
    tables = zone.items("describe_route_tables", "RouteTables", PROD)
    main = next(
        row for row in tables if row["VpcId"] == vpc and any(entry.get("Main") for entry in row["Associations"])
    )
    main["Tags"] = [{"Key": "Name", "Value": "main"}]


def _disappeared_association(zone: Changes) -> None:
    arguments = {"TransitGatewayRouteTableId": zone.segment_table("prod")}
    operation = "get_transit_gateway_route_table_associations"
    zone.items(operation, "Associations", "network", PRIMARY, **arguments).append(
        {"TransitGatewayAttachmentId": zone.attachment_id(DEV), "State": "disassociated"}
    )


ORDINARY: Final[dict[str, Change]] = {
    "an interface in training": _worn("training"),
    "an interface in inference": _worn("inference"),
    "an interface in data": _worn("data"),
    "an interface in dev": _worn("training", DEV),
    "an interface of an endpoint": _endpoint_interface,
    "an interface of a NAT gateway": _aws_interface("nat_gateway"),
    "an interface of a Transit Gateway": _aws_interface("transit_gateway"),
    "an untagged narrow group that nobody wears": _unworn_group("10.48.1.7/32", 22),
    "an untagged group open to its VPC that nobody wears": _unworn_group(PROD_CIDR, 5432),
    "an untagged group that sends to its VPC": _unworn_group(PROD_CIDR, 5432, outward=True),
    "an untagged group that names itself": _own_reference,
    "a worn group that admits what is declared": _narrow_worn_group,
    "a worn group without rules": _closed_worn_group,
    "a declared flow written a second time": _declared_flow,
    "a prefix list of own networks": _prefix_list("10.48.0.0/20", "10.48.16.0/20"),
    "a prefix list without entries": _prefix_list(),
    "a prefix list that nothing uses": _unused_prefix_list,
    "tools.internal with an alias to STS": _other_zone,
    "a private zone of prod's own": _own_zone,
    "a private zone with a similar name": _longer_name,
    "a second zone with the same answer": _same_answer,
    "a TXT record": _more_record,
    "a default VPC in the sandbox": _default_vpc("sandbox"),
    "a default VPC in prod": _default_vpc(PROD),
    "a default VPC in the recovery region": _default_vpc(DEV, RECOVERY),
    "an attachment that nobody accepted": _attachment_state("pendingAcceptance"),
    "an attachment that was refused": _attachment_state("rejected"),
    "an attachment that was deleted": _attachment_state("deleted"),
    "a peering that nobody accepted": _peering_state("pending-acceptance"),
    "a peering that was deleted": _peering_state("deleted"),
    "a peering that expired": _peering_state("expired"),
    "an open endpoint that was deleted": _dead_endpoint("deleted"),
    "an open endpoint that failed": _dead_endpoint("failed"),
    "a deleted NAT gateway": _dead_nat,
    "an internet gateway that is attached to nothing": _detached_gateway,
    "a VPN gateway that is attached to nothing": _detached_vpn_gateway,
    "a route whose target is gone": _black_hole_in_a_table,
    "a route table that no subnet uses": _unused_table,
    "one more black hole": _more_black_holes,
    "one more deny in an ACL": _acl_deny,
    "an ACL that stands before no subnet": _unused_acl,
    "a tag of a VPC": _tag(PROD, "costs"),
    "a policy with one more condition": _narrower_policy(_more_conditions),
    "a policy with fewer actions": _narrower_policy(
        lambda row: row.update(Action=["kms:Decrypt", "kms:GenerateDataKey"])
    ),
    "a policy for one principal": _narrower_policy(lambda row: row.update(Sid="Renamed")),
    "a policy written in another order": _reordered_policy,
    "an account without networks": _spare_account,
    "a suspended account": _suspended_account,
    "a share with an account of the organization": _shared_in_the_organization,
    "DHCP options with a time server": _amazon_dns,
    "a name for a main route table": _main_table,
    "an association that has ended": _disappeared_association,
}
"""Name -> the change."""
