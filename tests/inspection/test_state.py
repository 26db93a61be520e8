"""The network of the stacks' state: what each resource becomes, inline or on its own, in whatever stack it stands."""

from collections.abc import Mapping
from typing import Any

from inspection.network import ranges, state
from inspection.network.model import Route, Rule, Zone


def entry(kind: str, identifier: str, **outputs: Any) -> Mapping[str, Any]:
    name = kind.rpartition("/")[2]
    return {"type": f"aws:{kind}:{name[0].upper()}{name[1:]}", "id": identifier, "outputs": outputs}


VPC = entry(
    "ec2/vpc",
    "vpc-1",
    cidrBlock="10.1.0.0/16",
    ipv6CidrBlock="",
    ownerId="111111111111",
    region="us-east-1",
    tags={"Name": "ml-dev", "segment": "dev"},
)
SUBNET = entry(
    "ec2/subnet",
    "subnet-1",
    vpcId="vpc-1",
    cidrBlock="10.1.0.0/24",
    availabilityZoneId="use1-az1",
    tags={"tier": "data"},
)


def test_a_vpc_and_its_subnet_are_named_by_their_tags() -> None:
    network = state.network([VPC, SUBNET])
    vpc = network.vpcs["vpc-1"]
    assert (vpc.name, vpc.segment, vpc.account, vpc.region, vpc.cidrs) == (
        "ml-dev",
        "dev",
        "111111111111",
        "us-east-1",
        ("10.1.0.0/16",),
    )
    subnet = network.subnets["subnet-1"]
    assert (subnet.tier, subnet.zone, subnet.cidrs) == ("data", "use1-az1", ("10.1.0.0/24",))


def test_routes_are_the_same_inline_and_as_resources() -> None:
    table = {"vpcId": "vpc-1"}
    inline = entry("ec2/routeTable", "rtb-1", **table, routes=[{"cidrBlock": "0.0.0.0/0", "transitGatewayId": "tgw-1"}])
    own = [
        entry("ec2/routeTable", "rtb-1", **table, routes=[]),
        entry("ec2/route", "r-1", routeTableId="rtb-1", destinationCidrBlock="0.0.0.0/0", transitGatewayId="tgw-1"),
    ]
    joined = entry("ec2/routeTableAssociation", "a-1", routeTableId="rtb-1", subnetId="subnet-1")
    networks = [state.network([VPC, SUBNET, joined, *some]).tables["rtb-1"] for some in ([inline], own)]
    assert networks[0] == networks[1]
    assert networks[0].routes == (Route(destination="0.0.0.0/0", target="tgw-1"),)
    assert networks[0].subnets == ("subnet-1",)


def test_rules_are_the_same_inline_and_as_resources() -> None:
    group = {"vpcId": "vpc-1", "tags": {"tier": "data", "Name": "data"}}
    inline = entry(
        "ec2/securityGroup",
        "sg-1",
        **group,
        ingress=[{"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/8"], "self": True}],
    )
    own = [
        entry("ec2/securityGroup", "sg-1", **group),
        *(
            entry(
                "vpc/securityGroupIngressRule",
                f"sgr-{peer}",
                securityGroupId="sg-1",
                ipProtocol="tcp",
                fromPort=443.0,
                toPort=443.0,
                **{key: peer},
            )
            for key, peer in (("cidrIpv4", "10.0.0.0/8"), ("referencedSecurityGroupId", "222222222222/sg-1"))
        ),
    ]
    groups_found = [state.network([VPC, *some]).groups["sg-1"] for some in ([inline], own)]
    assert groups_found[0] == groups_found[1]
    https = ranges.ports("tcp", 443, 443)
    assert set(groups_found[0].ingress) == {Rule(ports=https, peer="10.0.0.0/8"), Rule(ports=https, peer="sg-1")}
    assert groups_found[0].egress == ()


def test_private_zone_resolves_by_association_and_profile() -> None:
    entries = [
        entry("ec2/vpcEndpoint", "vpce-1", serviceName="com.amazonaws.us-east-1.kms", dnsEntries=[{"dnsName": "x.a"}]),
        entry("route53/zone", "Z1", name="kms.us-east-1.amazonaws.com", vpcs=[{"vpcId": "vpc-hub"}]),
        entry("route53/record", "r", zoneId="Z1", fqdn="kms.us-east-1.amazonaws.com", aliases=[{"name": "x.a."}]),
        entry("route53/zoneAssociation", "za", zoneId="Z1", vpcId="vpc-one"),
        entry(
            "route53/profilesResourceAssociation", "pr", profileId="p", resourceArn="arn:aws:route53:::hostedzone/Z1"
        ),
        entry("route53/profilesAssociation", "pa", profileId="p", resourceId="vpc-two"),
    ]
    assert state.network(entries).zones["Z1"] == Zone(
        id="Z1",
        name="kms.us-east-1.amazonaws.com",
        vpcs=frozenset({"vpc-hub", "vpc-one", "vpc-two"}),
        records={"kms.us-east-1.amazonaws.com": "vpce-1"},
    )


def test_default_tables_of_a_transit_gateway_are_recognised() -> None:
    off = {"defaultRouteTableAssociation": "disable", "associationDefaultRouteTableId": "tgw-rtb-0"}
    on = {**off, "defaultRouteTableAssociation": "enable"}
    tables_found = [
        state.network([entry("ec2transitgateway/transitGateway", "tgw-1", **setting)]).gateways["tgw-1"]
        for setting in (off, on)
    ]
    assert [gateway.association_table for gateway in tables_found] == ["", "tgw-rtb-0"]


def test_services_are_named_as_people_name_them() -> None:
    assert state.service("com.amazonaws.us-east-1.ecr.dkr") == "ecr.dkr"
    assert state.service("aws.sagemaker.us-east-1.studio") == "sagemaker.studio"
