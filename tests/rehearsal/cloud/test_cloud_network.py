"""What the network needs of the emulator: shared gateways, routes that are learned, firewalls with endpoints."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import Credentials, Endpoints

REGION = "us-east-1"


class Shared:
    """A Transit Gateway that the organisation's accounts may attach to, and a member's VPC."""

    def __init__(self, endpoints: Endpoints, in_member: Credentials) -> None:
        self.owner = endpoints.client("ec2", REGION)
        self.member = endpoints.client("ec2", REGION, in_member)
        self.ram = endpoints.client("ram", REGION)
        options = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}
        gateway = self.owner.create_transit_gateway(Options=options)["TransitGateway"]
        self.gateway, self.arn = gateway["TransitGatewayId"], gateway["TransitGatewayArn"]
        self.table = self.owner.create_transit_gateway_route_table(TransitGatewayId=self.gateway)[
            "TransitGatewayRouteTable"
        ]["TransitGatewayRouteTableId"]
        self.vpc = self.member.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
        self.subnet = self.member.create_subnet(VpcId=self.vpc, CidrBlock="10.7.0.0/24")["Subnet"]["SubnetId"]

    def share(self, organization: str) -> None:
        resource_share = self.ram.create_resource_share(name="network", allowExternalPrincipals=False)["resourceShare"]
        self.ram.associate_resource_share(resourceShareArn=resource_share["resourceShareArn"], resourceArns=[self.arn])
        self.ram.associate_resource_share(
            resourceShareArn=resource_share["resourceShareArn"], principals=[organization]
        )

    def attach(self) -> Any:
        return self.member.create_transit_gateway_vpc_attachment(
            TransitGatewayId=self.gateway, VpcId=self.vpc, SubnetIds=[self.subnet]
        )["TransitGatewayVpcAttachment"]

    def routes(self) -> dict[str, str]:
        listed = self.owner.search_transit_gateway_routes(
            TransitGatewayRouteTableId=self.table, Filters=[{"Name": "type", "Values": ["static", "propagated"]}]
        )["Routes"]
        return {route["DestinationCidrBlock"]: f"{route['Type']} {route['State']}" for route in listed}


@pytest.fixture
def zone(endpoints: Endpoints, in_member: Credentials) -> Shared:
    return Shared(endpoints, in_member)


@pytest.fixture
def shared(zone: Shared, endpoints: Endpoints, root: str) -> Shared:
    organization = endpoints.client("organizations", REGION).describe_organization()["Organization"]["Arn"]
    zone.share(organization)
    return zone


def _code(raised: pytest.ExceptionInfo[ClientError]) -> str:
    return str(raised.value.response.get("Error", {}).get("Code"))


def test_unshared_gateway_is_unknown_to_members(zone: Shared) -> None:
    with pytest.raises(ClientError) as raised:
        zone.member.describe_transit_gateways(TransitGatewayIds=[zone.gateway])
    assert _code(raised) == "InvalidTransitGatewayID.NotFound"
    with pytest.raises(ClientError):
        zone.attach()


def test_attachment_to_a_shared_gateway_awaits_acceptance(shared: Shared) -> None:
    [gateway] = shared.member.describe_transit_gateways(TransitGatewayIds=[shared.gateway])["TransitGateways"]
    assert gateway["TransitGatewayId"] == shared.gateway
    attachment = shared.attach()
    assert attachment["State"] == "pendingAcceptance"
    id_ = attachment["TransitGatewayAttachmentId"]
    with pytest.raises(ClientError) as raised:
        shared.owner.associate_transit_gateway_route_table(
            TransitGatewayRouteTableId=shared.table, TransitGatewayAttachmentId=id_
        )
    assert _code(raised) == "IncorrectState"
    shared.owner.accept_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=id_)
    listed = shared.owner.describe_transit_gateway_vpc_attachments(TransitGatewayAttachmentIds=[id_])
    assert [
        transit_gateway_vpc_attachment["State"]
        for transit_gateway_vpc_attachment in listed["TransitGatewayVpcAttachments"]
    ] == ["available"]


def test_attachment_has_separate_tags_per_account(shared: Shared) -> None:
    id_ = shared.attach()["TransitGatewayAttachmentId"]
    shared.owner.create_tags(Resources=[id_], Tags=[{"Key": "segment", "Value": "dev"}])
    for client, expected in ((shared.owner, ["segment"]), (shared.member, [])):
        [attachment] = client.describe_transit_gateway_vpc_attachments(TransitGatewayAttachmentIds=[id_])[
            "TransitGatewayVpcAttachments"
        ]
        assert [tag["Key"] for tag in attachment.get("Tags", [])] == expected


def test_static_route_overrides_a_propagated_one(shared: Shared) -> None:
    id_ = shared.attach()["TransitGatewayAttachmentId"]
    shared.owner.accept_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=id_)
    shared.owner.enable_transit_gateway_route_table_propagation(
        TransitGatewayRouteTableId=shared.table, TransitGatewayAttachmentId=id_
    )
    assert shared.routes() == {"10.7.0.0/16": "propagated active"}
    shared.owner.create_transit_gateway_route(
        TransitGatewayRouteTableId=shared.table, DestinationCidrBlock="10.7.0.0/16", Blackhole=True
    )
    assert shared.routes() == {"10.7.0.0/16": "static blackhole"}


def test_an_attachment_is_associated_with_one_table(shared: Shared) -> None:
    id_ = shared.attach()["TransitGatewayAttachmentId"]
    shared.owner.accept_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=id_)
    association = {"TransitGatewayRouteTableId": shared.table, "TransitGatewayAttachmentId": id_}
    shared.owner.associate_transit_gateway_route_table(**association)
    with pytest.raises(ClientError) as raised:
        shared.owner.associate_transit_gateway_route_table(**association)
    assert _code(raised) == "Resource.AlreadyAssociated"


def test_deleted_attachment_of_a_member_is_removed_for_the_owner(shared: Shared) -> None:
    id_ = shared.attach()["TransitGatewayAttachmentId"]
    shared.owner.accept_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=id_)
    shared.owner.associate_transit_gateway_route_table(
        TransitGatewayRouteTableId=shared.table, TransitGatewayAttachmentId=id_
    )
    shared.member.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=id_)
    associations = shared.owner.get_transit_gateway_route_table_associations(TransitGatewayRouteTableId=shared.table)
    assert associations["Associations"] == []


def test_route_of_a_member_targets_the_shared_gateway(shared: Shared) -> None:
    shared.attach()
    table = shared.member.create_route_table(VpcId=shared.vpc)["RouteTable"]["RouteTableId"]
    shared.member.create_route(RouteTableId=table, DestinationCidrBlock="10.0.0.0/8", TransitGatewayId=shared.gateway)
    [route_table] = shared.member.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    assert shared.gateway in [route.get("TransitGatewayId") for route in route_table["Routes"]]


def test_peering_is_associated_with_a_table_in_each_region(endpoints: Endpoints) -> None:
    east, west = (endpoints.client("ec2", region) for region in (REGION, "us-west-2"))
    ids = [client.create_transit_gateway()["TransitGateway"]["TransitGatewayId"] for client in (east, west)]
    owner = endpoints.client("sts", REGION).get_caller_identity()["Account"]
    id_ = east.create_transit_gateway_peering_attachment(
        TransitGatewayId=ids[0], PeerTransitGatewayId=ids[1], PeerAccountId=owner, PeerRegion="us-west-2"
    )["TransitGatewayPeeringAttachment"]["TransitGatewayAttachmentId"]
    west.accept_transit_gateway_peering_attachment(TransitGatewayAttachmentId=id_)
    for client, gateway in zip((east, west), ids, strict=True):
        table = client.create_transit_gateway_route_table(TransitGatewayId=gateway)["TransitGatewayRouteTable"][
            "TransitGatewayRouteTableId"
        ]
        client.associate_transit_gateway_route_table(TransitGatewayRouteTableId=table, TransitGatewayAttachmentId=id_)
        associations = client.get_transit_gateway_route_table_associations(TransitGatewayRouteTableId=table)[
            "Associations"
        ]
        assert [association["TransitGatewayAttachmentId"] for association in associations] == [id_]
        assert not client.describe_transit_gateway_vpc_attachments(TransitGatewayAttachmentIds=[id_])[
            "TransitGatewayVpcAttachments"
        ]


def test_firewall_creates_and_deletes_its_endpoints(endpoints: Endpoints) -> None:
    ec2, firewalls = (endpoints.client(service, REGION) for service in ("ec2", "network-firewall"))
    vpc = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.8.0.0/24")["Subnet"]["SubnetId"]
    actions = {"StatelessDefaultActions": ["aws:pass"], "StatelessFragmentDefaultActions": ["aws:pass"]}
    policy = firewalls.create_firewall_policy(FirewallPolicyName="p", FirewallPolicy=actions)
    firewalls.create_firewall(
        FirewallName="wall",
        DeleteProtection=False,
        FirewallPolicyArn=policy["FirewallPolicyResponse"]["FirewallPolicyArn"],
        VpcId=vpc,
        SubnetMappings=[{"SubnetId": subnet}],
    )
    states = firewalls.describe_firewall(FirewallName="wall")["FirewallStatus"]["SyncStates"]
    [attachment] = [state["Attachment"] for state in states.values()]
    assert attachment["SubnetId"] == subnet
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", VpcEndpointId=attachment["EndpointId"])
    firewalls.delete_firewall(FirewallName="wall")
    endpoints_ = ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["VpcEndpoints"]
    assert [endpoint for endpoint in endpoints_ if endpoint["State"] == "available"] == []


def test_pool_allocates_no_range_twice_across_accounts(endpoints: Endpoints, in_member: Credentials) -> None:
    owner, member = endpoints.client("ec2", REGION), endpoints.client("ec2", REGION, in_member)
    first = owner.create_vpc(CidrBlock="10.96.0.0/16", Ipv4IpamPoolId="ipam-pool-1")["Vpc"]["VpcId"]
    with pytest.raises(ClientError) as raised:
        member.create_vpc(CidrBlock="10.96.128.0/20", Ipv4IpamPoolId="ipam-pool-1")
    assert _code(raised) == "InvalidParameterValue"
    assert f"overlaps with the allocation 10.96.0.0/16 of {first}" in str(raised.value)
    member.create_vpc(CidrBlock="10.96.128.0/20")  # from no pool: nobody knows
    member.create_vpc(CidrBlock="10.97.0.0/16", Ipv4IpamPoolId="ipam-pool-1")
    owner.delete_vpc(VpcId=first)
    member.create_vpc(CidrBlock="10.96.128.0/20", Ipv4IpamPoolId="ipam-pool-1")
