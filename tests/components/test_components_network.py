"""Components of the network: resources and refused arguments."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components.network.dns_firewall import DnsFirewall, DnsFirewallArgs
from components.network.endpoint_vpc import EndpointVpc, EndpointVpcArgs
from components.network.firewall import DomainFirewall, DomainFirewallArgs
from components.network.inspection_vpc import InspectionVpc, InspectionVpcArgs
from components.network.ipam import Ipam, IpamArgs
from components.network.membership import SegmentMembership, SegmentMembershipArgs
from components.network.peering import Peering, PeeringArgs, PeeringSide, PeeringSideArgs
from components.network.share import OrganizationShare, OrganizationShareArgs
from components.network.spoke_acl import SpokeAcl, SpokeAclArgs
from components.network.spoke_groups import SpokeGroups, SpokeGroupsArgs
from components.network.spoke_vpc import SpokeVpc, SpokeVpcArgs
from components.network.transit_gateway import TransitGateway, TransitGatewayArgs
from components.network.vpc import Vpc, VpcArgs
from components.network.zone_associations import (
    ZoneAssociations,
    ZoneAssociationsArgs,
    ZoneAuthorizations,
    ZoneAuthorizationsArgs,
)
from controls.addresses import PlannedSubnet
from controls.flows import TIERS
from tests.recorder import ACCOUNT, ORGANIZATION, Recording, record

LOGS = "arn:aws:s3:::logs"
ZONES = ("use1-az1", "use1-az2")
TABLES = {name: f"tgw-rtb-{name}" for name in ("dev", "prod", "shared", "inspection", "peering")}


def vpc_args(*tiers: str, zones: tuple[str, ...] = ZONES, dual_stack: bool = False) -> VpcArgs:
    places = [(tier, zone) for tier in (*tiers, "attachments") for zone in zones]
    return VpcArgs(
        tag="one",
        segment="dev",
        region="us-east-1",
        cidr="10.16.0.0/16",
        subnets=[
            PlannedSubnet(tier=tier, zone=zone, cidr=f"10.16.{number}.0/24", index=number)
            for number, (tier, zone) in enumerate(places)
        ],
        log_bucket_arn=LOGS,
        dns_rule_group_id="rslvr-frg-1",
        dual_stack=dual_stack,
    )


def endpoint_args(*services: str, profile: bool = True, dual_stack: bool = False) -> EndpointVpcArgs:
    return EndpointVpcArgs(
        vpc=vpc_args("endpoints", dual_stack=dual_stack),
        transit_gateway_id="tgw-1",
        supernets=["10.0.0.0/9"],
        clients=["10.0.0.0/9"],
        services=services,
        organization_id=ORGANIZATION,
        profile=profile,
    )


def made(program: Callable[[], object]) -> Recording:
    recording = record(program)
    assert not recording.orphans()
    return recording


def test_every_vpc_has_logs_and_closed_default_group() -> None:
    recording = made(lambda: Vpc("one", vpc_args("training")))
    assert len(recording.of("ec2/subnet:Subnet")) == 4
    assert not any(resource.inputs["mapPublicIpOnLaunch"] for resource in recording.of("ec2/subnet:Subnet"))
    [default] = recording.of(":DefaultSecurityGroup")
    assert not default.inputs.keys() & {"ingress", "egress"}
    [flows] = recording.of(":FlowLog")
    assert (flows.inputs["trafficType"], flows.inputs["logDestination"]) == ("ALL", LOGS)
    [firewall] = recording.of(":ResolverFirewallConfig")
    assert firewall.inputs["firewallFailOpen"] == "DISABLED"
    [options] = recording.of(":VpcDhcpOptions")
    assert options.inputs["domainName"] == "ec2.internal"


def test_dual_stack_subnets_have_distinct_ipv6_blocks() -> None:
    recording = made(lambda: Vpc("one", vpc_args("training", dual_stack=True)))
    blocks = {resource.inputs["ipv6CidrBlock"] for resource in recording.of("ec2/subnet:Subnet")}
    assert len(blocks) == 4
    assert all(block.endswith("::/64") for block in blocks)


def test_a_transit_gateway_connects_nothing_by_itself() -> None:
    args = TransitGatewayArgs(
        description="one", asn=64512, tables=["dev", "prod"], log_bucket_arn=LOGS, foreign={"dev": ["10.48.0.0/16"]}
    )
    recording = made(lambda: TransitGateway("gateway", args))
    [gateway] = recording.of("ec2transitgateway/transitGateway:TransitGateway")
    off = ("autoAcceptSharedAttachments", "defaultRouteTableAssociation", "defaultRouteTablePropagation")
    assert {gateway.inputs[name] for name in off} == {"disable"}
    [hole] = recording.of("ec2transitgateway/route:Route")
    assert hole.inputs["blackhole"] is True
    assert hole.inputs["destinationCidrBlock"] == "10.48.0.0/16"


def test_membership_accepts_associates_and_propagates_attachment() -> None:
    args = SegmentMembershipArgs(
        attachment_id="tgw-attach-1", segment="dev", known_in=["dev", "shared"], route_table_ids=TABLES, foreign=True
    )
    recording = made(lambda: SegmentMembership("membership", args))
    [association] = recording.of(":RouteTableAssociation")
    assert association.inputs["transitGatewayRouteTableId"] == TABLES["dev"]
    table_ids = {resource.inputs["transitGatewayRouteTableId"] for resource in recording.of(":RouteTablePropagation")}
    assert table_ids == {TABLES["dev"], TABLES["shared"]}
    assert len(recording.of(":VpcAttachmentAccepter")) == 1


def test_spoke_has_tiers_and_gateway_endpoints_but_no_internet_gateway() -> None:
    args = SpokeVpcArgs(
        vpc=vpc_args(*TIERS),
        transit_gateway_id="tgw-1",
        supernets=["10.0.0.0/9"],
        endpoints_cidr="10.0.0.0/17",
        peers=[],
        egress=False,
        organization_id=ORGANIZATION,
        profile_id="rp-1",
    )
    recording = made(lambda: joined(args))
    assert not [*recording.of(":InternetGateway"), *recording.of(":NatGateway"), *recording.of(":VpcPeeringConnection")]
    assert {resource.inputs["vpcEndpointType"] for resource in recording.of(":VpcEndpoint")} == {"Gateway"}
    assert {resource.inputs["destinationCidrBlock"] for resource in recording.of("ec2/route:Route")} == {"10.0.0.0/9"}
    assert len(recording.of("ec2/routeTable:RouteTable")) == len(TIERS)
    assert len(recording.of(":ProfilesAssociation")) == 1


def joined(args: SpokeVpcArgs) -> None:
    """A spoke whose attachment is accepted in its segment."""
    spoke = SpokeVpc("spoke", args)
    membership = SegmentMembershipArgs(
        attachment_id=spoke.attachment_id, segment="dev", known_in=["dev"], route_table_ids=TABLES, foreign=True
    )
    spoke.add_routes(SegmentMembership("membership", membership))


def test_a_spokes_routes_wait_for_the_acceptance_of_its_attachment() -> None:
    args = SpokeVpcArgs(
        vpc=vpc_args(*TIERS),
        transit_gateway_id="tgw-1",
        supernets=["10.0.0.0/9"],
        endpoints_cidr="10.0.0.0/17",
        peers=[],
        egress=True,
        organization_id=ORGANIZATION,
    )
    recording = made(lambda: joined(args))
    [accepter] = recording.of(":VpcAttachmentAccepter")
    routes = [*recording.of("ec2/route:Route")]
    assert len(routes) == len(TIERS) + 1
    for route in routes:
        names = [urn.rpartition("::")[2] for urn in route.request.dependencies]
        assert accepter.name in names, route.name


def test_a_gateway_that_is_peered_has_no_encryption_support() -> None:
    args = TransitGatewayArgs(description="one", asn=64512, tables=["dev"], log_bucket_arn=LOGS)
    [gateway] = made(lambda: TransitGateway("gateway", args)).of("ec2transitgateway/transitGateway:TransitGateway")
    assert gateway.inputs["encryptionSupport"] == "disable"


def test_the_acl_lets_ipv6_pass_within_the_spoke_only() -> None:
    def rules(cidr: str | None) -> list[dict[str, Any]]:
        args = SpokeAclArgs(
            vpc_id="vpc-1",
            tag="one",
            subnet_ids=["subnet-1"],
            cidr="10.16.0.0/16",
            endpoints_cidr="10.0.0.0/17",
            peers=[],
            supernets=["10.0.0.0/9"],
            ipv6_cidr=cidr,
        )
        [acl] = made(lambda: SpokeAcl("acl", args)).of(":NetworkAcl")
        return [rule for way in ("ingress", "egress") for rule in acl.inputs[way] if rule.get("ipv6CidrBlock")]

    assert [(rule["ipv6CidrBlock"], rule["action"]) for rule in rules("2600:1f18::/56")] == [
        ("2600:1f18::/56", "allow"),
        ("2600:1f18::/56", "allow"),
    ]
    assert rules(None) == []


def test_tier_egress_is_tls_to_endpoints_and_optional_internet() -> None:
    def groups(*, egress: bool) -> Recording:
        args = SpokeGroupsArgs(
            vpc_id="vpc-1", tag="one", endpoints_cidr="10.0.0.0/17", prefix_lists={"s3": "pl-1"}, egress=egress
        )
        return made(lambda: SpokeGroups("groups", args))

    outward = [
        resource.inputs
        for resource in groups(egress=True).of(":SecurityGroupEgressRule")
        if "cidrIpv4" in resource.inputs
    ]
    assert {rule["cidrIpv4"] for rule in outward} == {"10.0.0.0/17", "0.0.0.0/0"}
    assert {(rule["fromPort"], rule["toPort"]) for rule in outward} == {(443, 443)}
    closed = groups(egress=False).of(":SecurityGroupEgressRule")
    assert "0.0.0.0/0" not in {rule.inputs.get("cidrIpv4") for rule in closed}


def test_acl_lists_single_peers_or_supernets_for_many() -> None:
    def allowed(peers: list[str]) -> set[str]:
        args = SpokeAclArgs(
            vpc_id="vpc-1",
            tag="one",
            subnet_ids=["subnet-1"],
            cidr="10.16.0.0/16",
            endpoints_cidr="10.0.0.0/17",
            peers=peers,
            supernets=["10.0.0.0/9"],
        )
        [acl] = made(lambda: SpokeAcl("acl", args)).of(":NetworkAcl")
        return {
            entry["cidrBlock"]
            for entry in acl.inputs["ingress"]
            if entry["action"] == "allow" and entry["ruleNo"] < 150
        }

    assert allowed(["10.20.0.0/16"]) == {"10.16.0.0/16", "10.20.0.0/16"}
    assert allowed([f"10.{number}.0.0/16" for number in range(20, 60, 2)]) == {"10.16.0.0/16", "10.0.0.0/9"}


def test_central_endpoints_have_policy_group_and_private_names() -> None:
    recording = made(lambda: EndpointVpc("endpoints", endpoint_args("kms", "ecr.dkr")))
    endpoints = recording.of(":VpcEndpoint")
    assert {endpoint.inputs["privateDnsEnabled"] for endpoint in endpoints} == {False}
    assert all(ORGANIZATION in endpoint.inputs["policy"] for endpoint in endpoints)
    names = {resource.inputs["name"] for resource in recording.of("route53/record:Record")}
    assert names == {
        "kms.us-east-1.amazonaws.com",
        "dkr.ecr.us-east-1.amazonaws.com",
        "*.dkr.ecr.us-east-1.amazonaws.com",
    }
    assert len(recording.of(":ProfilesResourceAssociation")) == 2
    assert not made(lambda: EndpointVpc("endpoints", endpoint_args("kms", profile=False))).of(":ProfilesProfile")


def test_dual_stack_names_have_ipv4_records_only() -> None:
    recording = made(lambda: EndpointVpc("endpoints", endpoint_args("kms", dual_stack=True)))
    assert {resource.inputs["name"] for resource in recording.of("route53/record:Record")} == {
        "kms.us-east-1.amazonaws.com",
        "kms.us-east-1.api.aws",
    }
    assert {resource.inputs["type"] for resource in recording.of("route53/record:Record")} == {"A"}
    assert not [
        resource for resource in recording.of("ec2/route:Route") if "destinationIpv6CidrBlock" in resource.inputs
    ]


def test_zone_associations_without_profile_are_authorized_first() -> None:
    def both() -> None:
        zones = {"kms.us-east-1.amazonaws.com": "Z1"}
        leave = ZoneAuthorizations("leave", ZoneAuthorizationsArgs(vpc_id="vpc-1", region="us-east-1", zone_ids=zones))
        ZoneAssociations("names", ZoneAssociationsArgs(vpc_id="vpc-1", region="us-east-1", zone_ids=leave.zone_ids))

    recording = made(both)
    [association] = recording.of(":ZoneAssociation")
    assert association.inputs["zoneId"] == "Z1"
    assert "VpcAssociationAuthorization" in str(association.request.propertyDependencies["zoneId"].urns)


def test_firewall_drops_and_logs_unlisted_domains() -> None:
    def firewall(*domains: str) -> Recording:
        args = DomainFirewallArgs(
            vpc_id="vpc-1",
            subnet_ids=["subnet-1", "subnet-2"],
            home=["10.0.0.0/9"],
            allowed_domains=domains,
            key_arn="arn:aws:kms:us-east-1:111122223333:key/1",
            log_bucket="logs",
        )
        return made(lambda: DomainFirewall("firewall", args))

    recording = firewall(".pypi.org")
    [policy] = recording.of(":FirewallPolicy")
    assert "aws:drop_established" in policy.inputs["firewallPolicy"]["statefulDefaultActions"]
    [wall] = recording.of("networkfirewall/firewall:Firewall")
    assert wall.inputs["deleteProtection"] is True
    [logs] = recording.of(":LoggingConfiguration")
    kinds = {
        log_destination_config["logType"]
        for log_destination_config in logs.inputs["loggingConfiguration"]["logDestinationConfigs"]
    }
    assert kinds == {"ALERT", "FLOW"}
    assert not firewall().of(":RuleGroup")


def test_only_inspection_vpc_has_egress_per_zone() -> None:
    args = InspectionVpcArgs(
        vpc=vpc_args("firewall", "public"),
        transit_gateway_id="tgw-1",
        supernets=["10.0.0.0/9"],
        allowed_domains=[],
        log_bucket="logs",
        account_id=ACCOUNT,
        key_alias="firewall",
    )
    recording = made(lambda: InspectionVpc("inspection", args))
    assert len(recording.of(":NatGateway")) == len(ZONES)
    [attachment] = recording.of(":VpcAttachment")
    assert attachment.inputs["applianceModeSupport"] == "enable"


def test_names_outside_the_list_do_not_resolve() -> None:
    recording = made(lambda: DnsFirewall("dns", DnsFirewallArgs(allowed_domains=[".pypi.org"])))
    rules = sorted(
        (resource.inputs for resource in recording.of(":ResolverFirewallRule")),
        key=lambda resource: resource["priority"],
    )
    assert [rule["action"] for rule in rules][-1] == "BLOCK"
    assert {rule["action"] for rule in rules[:-1]} == {"ALLOW"}


def test_ipam_has_one_pool_with_cidr_per_region() -> None:
    networks = {"us-east-1": "10.0.0.0/9", "us-west-2": "10.128.0.0/9"}
    recording = made(lambda: Ipam("ipam", IpamArgs(home="us-east-1", supernets=networks)))
    assert {resource.inputs["locale"] for resource in recording.of(":VpcIpamPool")} == set(networks)
    assert {resource.inputs["cidr"] for resource in recording.of(":VpcIpamPoolCidr")} == set(networks.values())


def test_share_excludes_external_accounts() -> None:
    args = OrganizationShareArgs(share="network", organization_arn="arn:o", resources={"gateway": "arn:g"})
    recording = made(lambda: OrganizationShare("share", args))
    [share] = recording.of(":ResourceShare")
    assert share.inputs["allowExternalPrincipals"] is False
    [principal] = recording.of(":PrincipalAssociation")
    assert principal.inputs["principal"] == "arn:o"


def test_peering_is_accepted_once_and_routes_segments_to_themselves() -> None:
    def sides() -> None:
        peering = Peering(
            "peering",
            PeeringArgs(
                transit_gateway_id="tgw-2",
                peer_transit_gateway_id="tgw-1",
                peer_region="us-east-1",
                peer_account_id=ACCOUNT,
            ),
        )
        PeeringSide("side", side_args(attachment_id=peering.attachment_id))

    recording = made(sides)
    assert len(recording.of(":PeeringAttachmentAccepter")) == 1
    [route] = recording.of("ec2transitgateway/route:Route")
    assert route.inputs["transitGatewayRouteTableId"] == TABLES["dev"]
    [association] = recording.of(":RouteTableAssociation")
    assert association.inputs["transitGatewayRouteTableId"] == TABLES["peering"]


def side_args(attachment_id: pulumi.Input[str] = "tgw-attach-1", **changes: Any) -> PeeringSideArgs:
    arguments: dict[str, Any] = {
        "attachment_id": attachment_id,
        "route_table_ids": TABLES,
        "routes": {"dev": ["10.144.0.0/16"]},
        "accept": True,
        "name_tag": "peering",
    }
    return PeeringSideArgs(**{**arguments, **changes})


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (lambda: vpc_args("training", zones=ZONES[:1]), "subnets in 1 zones; at least 2 are needed"),
        (
            lambda: TransitGatewayArgs(
                description="", asn=64512, tables=["dev"], log_bucket_arn=LOGS, foreign={"prod": []}
            ),
            "TransitGatewayArgs.foreign: 'prod' is none of dev",
        ),
        (
            lambda: SegmentMembershipArgs(attachment_id="a", segment="qa", known_in=(), route_table_ids=TABLES),
            "'qa': no such route table; there are dev, prod, shared, inspection, peering",
        ),
        (lambda: endpoint_args("kmss"), "no endpoint service is named 'kmss'"),
        (lambda: side_args(routes={"qa": []}), "no route table 'qa'; there are dev, prod"),
        (lambda: IpamArgs(home="eu-west-1", supernets={"us-east-1": "10.0.0.0/9"}), "none of the regions us-east-1"),
        (
            lambda: OrganizationShareArgs(share="network", organization_arn="arn:o", resources={}),
            "resources is empty; name at least one",
        ),
        (
            lambda: ZoneAuthorizationsArgs(vpc_id="vpc-1", region="us-east-1", zone_ids={}),
            "zone_ids: empty; name at least one zone",
        ),
    ],
)
def test_invalid_arguments_are_refused_by_name(args: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message.replace(".", r"\.")):
        args()
