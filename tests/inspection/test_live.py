"""The network from AWS itself, through boto3 alone: what an emulated EC2 answers becomes the same model."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from inspection.network import live, ranges
from inspection.network.model import Network, Route, Rule
from inspection.network.reach import Reach

ACCOUNT, REGION = "123456789012", "us-east-1"


class Emulated:
    """The `Aws` of one account of the emulator; what it lacks answers with nothing."""

    def client(self, service: str, *, account: str | None = None, region: str | None = None) -> Any:
        if service in ("route53profiles", "network-firewall"):
            return Nothing()
        return Lacking(boto3.client(service, region_name=region or REGION))  # pyright: ignore[reportCallIssue, reportArgumentType, reportUnknownVariableType] - the service is a variable


class Lacking:
    """A client whose operations that the emulator lacks fail as the rehearsal's do; it has no paginators."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def can_paginate(self, operation: str) -> bool:
        return False

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            try:
                return getattr(self._client, name)(**arguments)
            except NotImplementedError:
                raise ClientError({"Error": {"Code": "NotImplemented", "Message": ""}}, name) from None

        return call


class Nothing:
    def can_paginate(self, operation: str) -> bool:
        return False

    def __getattr__(self, name: str) -> Any:
        return lambda **_: {}


@pytest.fixture
def ec2(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("ec2", region_name=REGION)


def vpc(ec2: Any, name: str, cidr: str) -> tuple[str, str, str]:
    """A VPC with one subnet of the tier `data`, its group closed, its own route table."""
    vpc_id = ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc_id, CidrBlock=cidr.replace("/16", "/24"))["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc_id)["GroupId"]
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=everything)
    ec2.create_tags(Resources=[vpc_id], Tags=[{"Key": "Name", "Value": name}, {"Key": "segment", "Value": "dev"}])
    ec2.create_tags(Resources=[subnet, group], Tags=[{"Key": "tier", "Value": "data"}])
    table = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    return vpc_id, subnet, table


def joined(ec2: Any) -> tuple[str, str]:
    """Two VPCs on a Transit Gateway without default tables, associated with one table that learns both."""
    gateway = ec2.create_transit_gateway(
        Options={"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}
    )["TransitGateway"]["TransitGatewayId"]
    routes = ec2.create_transit_gateway_route_table(TransitGatewayId=gateway)["TransitGatewayRouteTable"]
    table = routes["TransitGatewayRouteTableId"]
    for name, cidr in (("ml-dev", "10.1.0.0/16"), ("ml-prod", "10.2.0.0/16")):
        vpc_id, subnet, own = vpc(ec2, name, cidr)
        attachment = ec2.create_transit_gateway_vpc_attachment(
            TransitGatewayId=gateway, VpcId=vpc_id, SubnetIds=[subnet]
        )["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
        ec2.associate_transit_gateway_route_table(
            TransitGatewayRouteTableId=table, TransitGatewayAttachmentId=attachment
        )
        ec2.enable_transit_gateway_route_table_propagation(
            TransitGatewayRouteTableId=table, TransitGatewayAttachmentId=attachment
        )
        ec2.create_route(RouteTableId=own, DestinationCidrBlock="0.0.0.0/0", TransitGatewayId=gateway)
    return gateway, table


def read() -> Network:
    return live.network(Emulated(), [ACCOUNT], [REGION])


def test_what_ec2_answers_becomes_the_model(ec2: Any) -> None:
    gateway, table = joined(ec2)
    network = read()
    assert sorted(found_vpc.name for found_vpc in network.vpcs.values()) == ["ml-dev", "ml-prod"]
    assert {subnet.tier for subnet in network.subnets.values()} == {"data"}
    assert all(group.egress == () for group in network.groups.values())
    assert len(network.tables) == len(network.vpcs), "main tables that nobody wrote to are implied"
    assert all(
        route_table.routes == (Route(destination="0.0.0.0/0", target=gateway),)
        for route_table in network.tables.values()
    )
    assert network.acls == {}, "default ACLs let everything through, as no ACL does"
    assert network.gateways[gateway].association_table == ""
    assert (
        network.gateway_tables[table].associated == network.gateway_tables[table].propagated == {*network.attachments}
    )


def test_a_group_that_somebody_opened_is_seen(ec2: Any) -> None:
    joined(ec2)
    first_group, second_group = sorted(read().groups.values(), key=lambda group: group.name)
    for group, call in (
        (first_group, ec2.authorize_security_group_egress),
        (second_group, ec2.authorize_security_group_ingress),
    ):
        rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
        call(GroupId=group.id, IpPermissions=[rule])
    network = read()
    ssh = ranges.ports("tcp", 22, 22)
    assert network.groups[second_group.id].ingress == (Rule(ports=ssh, peer="10.0.0.0/8"),)
    reach = Reach(network, REGION)
    [source], [destination] = reach.places.named("ml-dev/data"), reach.places.named("ml-prod/data")
    assert reach.answer(source, destination).ports == ssh
    assert reach.answer(destination, source).ports == ()
