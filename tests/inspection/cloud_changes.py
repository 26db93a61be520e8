"""Changes to a recorded zone as somebody makes them by hand: each adds to or edits what AWS answers about it."""

import json
from collections.abc import Callable
from typing import Any, Final

from tests.inspection.inventory import REGIONS, Inventory, key

PRIMARY, RECOVERY = REGIONS
STRANGER: Final = "999988887777"
EVERYWHERE: Final = "0.0.0.0/0"
TABLES: Final = "describe_transit_gateway_route_tables"


class Changes:
    """A recorded zone, with the words that changes are written in."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        listed = [
            account
            for name, answer in inventory.answers.items()
            if "|list_accounts_for_parent|" in name
            for account in answer["Accounts"]
        ]
        self.account = {account["Name"]: account["Id"] for account in listed}
        self._count = 0

    def new(self, kind: str) -> str:
        self._count += 1
        return f"{kind}-{self._count:017x}"

    def items(self, operation: str, field: str, account: str, region: str = PRIMARY, **arguments: Any) -> list[Any]:
        """A list that EC2 answers, to change."""
        where = key("ec2", self.account.get(account, account), region, operation, arguments)
        return self.inventory.answers.setdefault(where, {}).setdefault(field, [])

    def single(
        self, operation: str, field: str, account: str, matches: Callable[[Any], bool], region: str = PRIMARY
    ) -> Any:
        return next(item for item in self.items(operation, field, account, region) if matches(item))

    def vpc(self, account: str, region: str = PRIMARY, name: str = "") -> Any:
        wanted = name or account
        return self.single("describe_vpcs", "Vpcs", account, lambda row: _tag(row, "Name") == wanted, region)

    def vpc_id(self, account: str, region: str = PRIMARY, name: str = "") -> str:
        return self.vpc(account, region, name)["VpcId"]

    def subnets(self, account: str, tier: str, region: str = PRIMARY, vpc: str = "") -> list[Any]:
        own = self.vpc_id(account, region, vpc)
        every = self.items("describe_subnets", "Subnets", account, region)
        return [row for row in every if row["VpcId"] == own and _tag(row, "tier") == tier]

    def table(self, account: str, tier: str, region: str = PRIMARY, vpc: str = "", index: int = 0) -> Any:
        subnet = self.subnets(account, tier, region, vpc)[index]["SubnetId"]
        return self.single(
            "describe_route_tables",
            "RouteTables",
            account,
            lambda row: subnet in [entry.get("SubnetId") for entry in row["Associations"]],
            region,
        )

    def route(self, table: Any, destination: str, **target: str) -> None:
        family = "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"
        family = "DestinationPrefixListId" if destination.startswith("pl-") else family
        table["Routes"].append({family: destination, **target, "State": "active", "Origin": "CreateRoute"})

    def group(self, account: str, tier: str, region: str = PRIMARY) -> Any:
        return self.single(
            "describe_security_groups", "SecurityGroups", account, lambda row: _tag(row, "tier") == tier, region
        )

    def allow(self, group: Any, peer: str, port: int | None = 443, *, outward: bool = False) -> None:
        key_name = "IpPermissionsEgress" if outward else "IpPermissions"
        lists = {"sg-": ("UserIdGroupPairs", "GroupId"), "pl-": ("PrefixListIds", "PrefixListId")}
        name, field = lists.get(peer[:3], ("Ipv6Ranges", "CidrIpv6") if ":" in peer else ("IpRanges", "CidrIp"))
        ports = {"IpProtocol": "-1"} if port is None else {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
        group[key_name].append({**ports, name: [{field: peer}]})

    def acl(self, account: str, region: str = PRIMARY) -> Any:
        return self.single(
            "describe_network_acls",
            "NetworkAcls",
            account,
            lambda row: not row["IsDefault"] and row["VpcId"] == self.vpc_id(account, region),
            region,
        )

    def entry(
        self, acl: Any, number: int, cidr: str, action: str = "allow", *, egress: bool = False, port: int | None = None
    ) -> None:
        family = "Ipv6CidrBlock" if ":" in cidr else "CidrBlock"
        ports: dict[str, Any] = {"Protocol": "-1"}
        if port is not None:
            ports = {"Protocol": "6", "PortRange": {"From": port, "To": port}}
        acl["Entries"].append({"RuleNumber": number, "Egress": egress, "RuleAction": action, family: cidr, **ports})

    def segment_table(self, segment: str, region: str = PRIMARY) -> str:
        tables = self.items(TABLES, "TransitGatewayRouteTables", "network", region)
        return next(row["TransitGatewayRouteTableId"] for row in tables if _tag(row, "segment") == segment)

    def gateway(self, region: str = PRIMARY) -> Any:
        return self.items("describe_transit_gateways", "TransitGateways", "network", region)[0]

    def gateway_routes(self, segment: str, region: str = PRIMARY) -> list[Any]:
        arguments = {
            "TransitGatewayRouteTableId": self.segment_table(segment, region),
            "Filters": [{"Name": "type", "Values": ["static", "propagated"]}],
        }
        return self.items("search_transit_gateway_routes", "Routes", "network", region, **arguments)

    def gateway_route(self, segment: str, cidr: str, attachment: str, region: str = PRIMARY) -> None:
        attached = [{"TransitGatewayAttachmentId": attachment}]
        route = {"DestinationCidrBlock": cidr, "TransitGatewayAttachments": attached, "Type": "static"}
        self.gateway_routes(segment, region).append({**route, "State": "active"})

    def propagate(self, segment: str, attachment: str, cidrs: list[str] | None = None, region: str = PRIMARY) -> None:
        self.items(
            "get_transit_gateway_route_table_propagations",
            "TransitGatewayRouteTablePropagations",
            "network",
            region,
            TransitGatewayRouteTableId=self.segment_table(segment, region),
        ).append({"TransitGatewayAttachmentId": attachment, "State": "enabled"})
        for cidr in cidrs or []:
            self.gateway_route(segment, cidr, attachment, region)
            self.gateway_routes(segment, region)[-1]["Type"] = "propagated"

    def associate(self, segment: str, attachment: str, region: str = PRIMARY) -> None:
        self.items(
            "get_transit_gateway_route_table_associations",
            "Associations",
            "network",
            region,
            TransitGatewayRouteTableId=self.segment_table(segment, region),
        ).append({"TransitGatewayAttachmentId": attachment, "State": "associated"})

    def attachment(self, account: str, region: str = PRIMARY, name: str = "") -> Any:
        vpc = self.vpc_id(account, region, name)
        operation, field = "describe_transit_gateway_vpc_attachments", "TransitGatewayVpcAttachments"
        return self.single(operation, field, account, lambda row: row["VpcId"] == vpc, region)

    def seen_attachments(self, account: str, region: str = PRIMARY, name: str = "") -> list[Any]:
        """A VPC's attachment as its own account and the Transit Gateway's account see it."""
        vpc = self.vpc_id(account, region, name)
        operation, field = "describe_transit_gateway_vpc_attachments", "TransitGatewayVpcAttachments"
        every = [item for owner in {account, "network"} for item in self.items(operation, field, owner, region)]
        return [item for item in every if item["VpcId"] == vpc]

    def attachment_id(self, account: str, region: str = PRIMARY, name: str = "") -> str:
        return self.attachment(account, region, name)["TransitGatewayAttachmentId"]

    def attach(self, kind: str, owner: str, resource: str, region: str = PRIMARY, state: str = "available") -> str:
        """An attachment of any kind, as the Transit Gateway's account sees it."""
        identifier = self.new("tgw-attach")
        item = {
            "TransitGatewayAttachmentId": identifier,
            "TransitGatewayId": self.gateway(region)["TransitGatewayId"],
            "ResourceType": kind,
            "ResourceId": resource,
            "ResourceOwnerId": self.account.get(owner, owner),
            "State": state,
        }
        operation, field = "describe_transit_gateway_attachments", "TransitGatewayAttachments"
        self.items(operation, field, "network", region).append(item)
        return identifier

    def attach_vpc(
        self, account: str, vpc: str, subnets: list[str], region: str = PRIMARY, state: str = "available"
    ) -> str:
        identifier = self.attach("vpc", account, vpc, region, state)
        item = {
            "TransitGatewayAttachmentId": identifier,
            "TransitGatewayId": self.gateway(region)["TransitGatewayId"],
            "VpcId": vpc,
            "VpcOwnerId": self.account.get(account, account),
            "SubnetIds": subnets,
            "State": state,
            "Options": {"ApplianceModeSupport": "disable"},
        }
        operation, field = "describe_transit_gateway_vpc_attachments", "TransitGatewayVpcAttachments"
        self.items(operation, field, account, region).append(item)
        return identifier

    def add_vpc(
        self, account: str, cidr: str, name: str = "", region: str = PRIMARY, *, default: bool = False
    ) -> tuple[str, str]:
        """A VPC with one subnet whose table leads everything to the zone's Transit Gateway; its id and its subnet's."""
        vpc, subnet = self.new("vpc"), self.new("subnet")
        owner = self.account.get(account, account)
        tags = [{"Key": "Name", "Value": name}] if name else []
        self.items("describe_vpcs", "Vpcs", account, region).append(
            {"VpcId": vpc, "CidrBlock": cidr, "IsDefault": default, "OwnerId": owner, "Tags": tags}
        )
        small = cidr.partition("/")[0] + "/24"
        zone = "use1-az1" if region == PRIMARY else "usw2-az1"
        self.items("describe_subnets", "Subnets", account, region).append(
            {"SubnetId": subnet, "VpcId": vpc, "CidrBlock": small, "AvailabilityZoneId": zone, "Tags": []}
        )
        routes = [{"DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": self.gateway(region)["TransitGatewayId"]}]
        table = {"RouteTableId": self.new("rtb"), "VpcId": vpc, "Routes": routes}
        self.items("describe_route_tables", "RouteTables", account, region).append(
            {**table, "Associations": [{"SubnetId": subnet}]}
        )
        return vpc, subnet

    def peer(self, first: tuple[str, str], second: tuple[str, str], status: str = "active", **more: Any) -> str:
        """A VPC peering of (account, VPC) with (account, VPC), seen from the first."""
        identifier = self.new("pcx")
        sides = [{"VpcId": vpc, "OwnerId": self.account.get(name, name), **more} for name, vpc in (first, second)]
        item = {"VpcPeeringConnectionId": identifier, "RequesterVpcInfo": sides[0], "AccepterVpcInfo": sides[1]}
        self.items("describe_vpc_peering_connections", "VpcPeeringConnections", first[0]).append(
            {**item, "Status": {"Code": status}}
        )
        return identifier

    def interface(self, account: str, subnet: Any, groups: list[str], **more: Any) -> None:
        worn = [{"GroupId": group} for group in groups]
        item = {"NetworkInterfaceId": self.new("eni"), "VpcId": subnet["VpcId"], "SubnetId": subnet["SubnetId"]}
        self.items("describe_network_interfaces", "NetworkInterfaces", account).append({**item, "Groups": worn, **more})

    def add_group(self, account: str, tier: str = "", region: str = PRIMARY, vpc: str = "") -> Any:
        tags = [{"Key": "tier", "Value": tier}] if tier else []
        group = {
            "GroupId": self.new("sg"),
            "GroupName": "planted",
            "VpcId": self.vpc_id(account, region, vpc),
            "Tags": tags,
        }
        group |= {"IpPermissions": [], "IpPermissionsEgress": []}
        self.items("describe_security_groups", "SecurityGroups", account, region).append(group)
        return group

    def endpoint(self, service: str, account: str = "network", region: str = PRIMARY) -> Any:
        return self.single(
            "describe_vpc_endpoints",
            "VpcEndpoints",
            account,
            lambda row: row["ServiceName"].endswith(f".{service}"),
            region,
        )

    def policy(self, endpoint: Any, change: Callable[[dict[str, Any]], None]) -> None:
        """Changes the first statement of an endpoint's policy."""
        document = json.loads(endpoint["PolicyDocument"])
        change(document["Statement"][0])
        endpoint["PolicyDocument"] = json.dumps(document)

    def add_prefix_list(self, account: str, *cidrs: str) -> str:
        identifier = self.new("pl")
        owner = self.account.get(account, account)
        lists = self.items("describe_managed_prefix_lists", "PrefixLists", account)
        lists.append({"PrefixListId": identifier, "OwnerId": owner})
        entries = self.items("get_managed_prefix_list_entries", "Entries", account, PrefixListId=identifier)
        entries += [{"Cidr": cidr} for cidr in cidrs]
        return identifier

    def internet_gateway(self, account: str, vpc: str, *, egress_only: bool = False) -> str:
        kind = ("EgressOnlyInternetGateway", "eigw") if egress_only else ("InternetGateway", "igw")
        identifier = self.new(kind[1])
        operation = "describe_egress_only_internet_gateways" if egress_only else "describe_internet_gateways"
        item = {f"{kind[0]}Id": identifier, "Attachments": [{"VpcId": vpc, "State": "attached"}]}
        self.items(operation, f"{kind[0]}s", account).append(item)
        return identifier

    def nat(self, account: str, subnet: str) -> str:
        identifier = self.new("nat")
        item = {"NatGatewayId": identifier, "SubnetId": subnet, "State": "available"}
        self.items("describe_nat_gateways", "NatGateways", account).append(item)
        return identifier

    def zone(self, name: str) -> str:
        """The id of a private zone of the network account."""
        where = key("route53", self.account["network"], None, "list_hosted_zones", {})
        zones = self.inventory.answers[where]["HostedZones"]
        return next(zone["Id"].rpartition("/")[2] for zone in zones if zone["Name"].rstrip(".") == name)

    def records(self, zone: str, account: str = "network") -> list[Any]:
        where = key("route53", self.account[account], None, "list_resource_record_sets", {"HostedZoneId": zone})
        return self.inventory.answers.setdefault(where, {}).setdefault("ResourceRecordSets", [])

    def add_zone(self, account: str, name: str, vpc: str, alias: str = "") -> str:
        """A private zone with a record at its top, to an address or by an alias."""
        identifier, owner = self.new("Z"), self.account[account]
        listed = self.inventory.answers.setdefault(key("route53", owner, None, "list_hosted_zones", {}), {})
        zone = {"Id": f"/hostedzone/{identifier}", "Name": f"{name}.", "Config": {"PrivateZone": True}}
        listed.setdefault("HostedZones", []).append(zone)
        seen = key("route53", owner, None, "get_hosted_zone", {"Id": identifier})
        self.inventory.answers[seen] = {"VPCs": [{"VPCId": vpc}]}
        target = {"AliasTarget": {"DNSName": alias}} if alias else {"ResourceRecords": [{"Value": "10.48.9.9"}]}
        self.records(identifier, account).append({"Name": f"{name}.", "Type": "A", **target})
        return identifier

    def unit_of(self, account: str) -> list[Any]:
        """The list of accounts of an account's OU."""
        return next(
            answer["Accounts"]
            for name, answer in self.inventory.answers.items()
            if "|list_accounts_for_parent|" in name and any(listed["Name"] == account for listed in answer["Accounts"])
        )


def _tag(item: Any, key_name: str) -> str:
    return next((pair["Value"] for pair in item.get("Tags") or () if pair["Key"] == key_name), "")
