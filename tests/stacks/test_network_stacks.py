"""The network's stacks: what stands in which account, who is routed to whom, and the one way out."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from tests.recorder import Recording, Resource
from tests.stacks.zone import ROOT, recorded, run
from zone.settings import files

EAST, WEST, SPOKE, STANDBY = "network-us-east-1", "network-us-west-2", "ml-dev", "recovery-dev"
NETWORK = files.read(ROOT, "organization").values["network"]


def without_egress() -> dict[str, Any]:
    segments = {
        name: {key: value for key, value in segment.items() if key != "egress"}
        for name, segment in NETWORK["segments"].items()
    }
    return {**NETWORK, "egress": "none", "allowed_domains": [], "segments": segments}


def accounts(recording: Recording) -> set[str]:
    return {
        resource.provider for resource in recording.resources if resource.custom and resource.type.startswith("aws:")
    }


def routes(recording: Recording, table: str) -> dict[str, str]:
    """CIDR -> what a table of the Transit Gateway does with it."""
    routes_in_table = [
        resource.inputs
        for resource in recording.of("ec2transitgateway/route:Route")
        if resource.inputs["transitGatewayRouteTableId"] == table
    ]
    return {
        route["destinationCidrBlock"]: route.get("transitGatewayAttachmentId", "drops") for route in routes_in_table
    }


def inside(resource: Resource) -> Sequence[str]:
    return str(resource.request.parent).split("::")[2].split("$")


@pytest.mark.parametrize("stack", [EAST, WEST, SPOKE, STANDBY])
def test_every_resource_belongs_to_a_component(stack: str) -> None:
    assert not recorded(stack).orphans()


def test_networks_and_peering_are_in_the_network_account() -> None:
    assert accounts(recorded(EAST)) == {"network-us-east-1"}
    assert accounts(recorded(WEST)) == {"network-us-west-2", "network-us-east-1"}


def test_spoke_and_segment_are_in_their_accounts() -> None:
    recording = recorded(SPOKE)
    assert accounts(recording) == {"ml-dev-us-east-1", "network-us-east-1"}
    central = {
        resource.type.rpartition(":")[2] for resource in recording.resources if resource.provider == "network-us-east-1"
    }
    assert central == {"VpcAttachmentAccepter", "RouteTableAssociation", "RouteTablePropagation"}


def test_development_routes_only_to_endpoints_and_inspection() -> None:
    dev_routes = routes(recorded(EAST), "transit-gateway-dev")
    assert dev_routes["0.0.0.0/0"] == "inspection-attachment"
    assert (
        dev_routes["10.48.0.0/16"]
        == dev_routes["10.176.0.0/16"]
        == dev_routes["10.32.0.0/16"]
        == dev_routes["10.0.0.0/8"]
        == "drops"
    )
    propagations = {
        resource.inputs["transitGatewayAttachmentId"]
        for resource in recorded(EAST).of("routeTablePropagation:RouteTablePropagation")
        if resource.inputs["transitGatewayRouteTableId"] == "transit-gateway-dev"
    }
    assert propagations == {"endpoints-attachment"}


def test_spoke_is_propagated_into_permitted_route_tables() -> None:
    recording = recorded(SPOKE)
    propagations = {
        resource.inputs["transitGatewayRouteTableId"]
        for resource in recording.of("routeTablePropagation:RouteTablePropagation")
    }
    assert propagations == {f"transit-gateway-{table}" for table in ("dev", "shared", "inspection", "peering")}
    [association] = recording.of("routeTableAssociation:RouteTableAssociation")[-1:]
    assert association.inputs["transitGatewayRouteTableId"] == "transit-gateway-dev"


def test_between_the_regions_each_segment_reaches_itself_only() -> None:
    recording = recorded(WEST)
    across = {
        (resource.inputs["transitGatewayRouteTableId"], resource.inputs["destinationCidrBlock"])
        for resource in recording.of("ec2transitgateway/route:Route")
        if "PeeringSide" in inside(resource)[-1]
    }
    assert across == {
        (f"transit-gateway-{segment}", cidr)
        for segment, cidrs in {
            "dev": ("10.16.0.0/16", "10.144.0.0/16"),
            "staging": ("10.32.0.0/16", "10.160.0.0/16"),
            "prod": ("10.48.0.0/16", "10.176.0.0/16"),
        }.items()
        for cidr in cidrs
    }


@pytest.mark.parametrize("stack", [SPOKE, STANDBY])
def test_a_spoke_has_no_gateway_to_the_internet(stack: str) -> None:
    recording = recorded(stack)
    assert not [
        *recording.of("InternetGateway"),
        *recording.of("NatGateway"),
        *recording.of("EgressOnlyInternetGateway"),
    ]
    outward = [
        resource
        for resource in recording.of("ec2/route:Route")
        if resource.inputs["destinationCidrBlock"] == "0.0.0.0/0"
    ]
    assert [route.inputs["routeTableId"] for route in outward] == ["spoke-training"]
    assert all(route.inputs["transitGatewayId"] == "transit-gateway-gateway" for route in outward)


def test_internet_gateways_are_in_the_inspection_vpc_only() -> None:
    gateways = [*recorded(EAST).of(":InternetGateway"), *recorded(EAST).of(":NatGateway")]
    assert len(gateways) == 1 + NETWORK["zones"]
    assert all("hipaa-ml:network:InspectionVpc" in inside(gateway) for gateway in gateways)


def test_replies_return_through_the_same_zone_firewall() -> None:
    recording = recorded(EAST)
    through = {
        resource.name: resource.inputs["vpcEndpointId"]
        for resource in recording.of("ec2/route:Route")
        if "vpcEndpointId" in resource.inputs
    }
    for zone in ("use1-az1", "use1-az2"):
        assert through[f"inspection-attachments-{zone}-out"] == f"vpce-inspection-firewall-{zone}"
        assert through[f"inspection-public-{zone}-to-10.0.0.0-9"] == f"vpce-inspection-firewall-{zone}"


def test_without_egress_nothing_leads_to_the_internet() -> None:
    recording = run(EAST, network=without_egress())
    assert not [*recording.of(":InternetGateway"), *recording.of(":NatGateway"), *recording.of(":Firewall")]
    assert "0.0.0.0/0" not in routes(recording, "transit-gateway-dev")
    assert recording.outputs["firewall_arn"] == ""


def test_endpoints_name_this_organisations_principals_and_resources() -> None:
    endpoints = [*recorded(EAST).of(":VpcEndpoint"), *recorded(SPOKE).of(":VpcEndpoint")]
    assert len(endpoints) == 26 + 2
    for endpoint in endpoints:
        first, *exceptions = endpoint.document("policy")["Statement"]
        assert first["Condition"]["StringEquals"] == {
            "aws:PrincipalOrgID": "o-a1b2c3d4e5",
            "aws:ResourceOrgID": "o-a1b2c3d4e5",
        }
        for more in exceptions:
            assert more["Resource"] != "*"
            assert "aws:PrincipalOrgID" in json.dumps(more) or more["Sid"] == "PresignedByAws"


def test_spoke_reads_images_and_packages_that_services_presign() -> None:
    """The service signs these requests: they carry no organisation, and only objects of two buckets of AWS are read."""
    [endpoint] = [entry for entry in recorded(SPOKE).of(":VpcEndpoint") if entry.inputs["serviceName"].endswith(".s3")]
    [statement] = [
        entry for entry in endpoint.document("policy")["Statement"] if "aws:PrincipalOrgID" not in json.dumps(entry)
    ]
    assert (statement["Action"], "Condition" in statement) == ("s3:GetObject", False)
    assert statement["Resource"] == [
        "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*",
        "arn:aws:s3:::assets-193858265520-us-east-1/*",
    ]


def test_spokes_without_egress_have_no_route_to_the_internet() -> None:
    assert "0.0.0.0/0" not in routes(recorded(EAST), "transit-gateway-prod")
    assert "0.0.0.0/0" not in routes(recorded(EAST), "transit-gateway-staging")
    prod = recorded("ml-prod")
    assert "0.0.0.0/0" not in {route.inputs["destinationCidrBlock"] for route in prod.of("ec2/route:Route")}
    assert "0.0.0.0/0" not in {rule.inputs.get("cidrIpv4") for rule in prod.of(":SecurityGroupEgressRule")}
    tables = {
        item.inputs["transitGatewayRouteTableId"] for item in prod.of("routeTablePropagation:RouteTablePropagation")
    }
    assert "transit-gateway-inspection" not in tables


def test_no_interface_endpoint_serves_s3() -> None:
    """Spokes reach S3 through gateway endpoints: no name leads to an interface endpoint, which is paid by the hour."""
    services = {item.inputs["serviceName"] for item in recorded(EAST).of(":VpcEndpoint")}
    assert "com.amazonaws.us-east-1.s3" not in services


def test_every_vpc_logs_to_the_archive() -> None:
    for stack, count in ((EAST, 2), (SPOKE, 1)):
        recording = recorded(stack)
        logs = [resource for resource in recording.of(":FlowLog") if resource.inputs.get("vpcId")]
        assert len(logs) == len(recording.of("ec2/vpc:Vpc")) == count
        assert all("network-logs" in log.inputs["logDestination"] for log in logs)


def test_zones_are_associated_one_by_one_without_a_profile() -> None:
    changed = {**NETWORK, "dns": "associations"}
    assert not run(EAST, network=changed).of("ProfilesProfile")
    spoke = run(SPOKE, network=changed)
    assert len(spoke.of(":ZoneAssociation")) == len(recorded(EAST).of("route53/zone:Zone"))
    assert not spoke.of("ProfilesAssociation")


def test_associations_are_authorized_before_creation() -> None:
    spoke = run(SPOKE, network={**NETWORK, "dns": "associations"})
    leave = {resource.inputs["zoneId"]: resource for resource in spoke.of(":VpcAssociationAuthorization")}
    assert {resource.provider for resource in leave.values()} == {"network-us-east-1"}
    for resource in spoke.of(":ZoneAssociation"):
        assert resource.provider == "ml-dev-us-east-1"
        assert [urn.split("::")[-1] for urn in resource.request.propertyDependencies["zoneId"].urns] == [
            leave[resource.inputs["zoneId"]].name
        ]


def test_dual_stack_is_a_switch() -> None:
    recording = run(EAST, network={**NETWORK, "dual_stack": True})
    assert {resource.inputs["ipAddressType"] for resource in recording.of(":VpcEndpoint")} == {"dualstack"}
    assert {"kms.us-east-1.api.aws", "kms.us-east-1.amazonaws.com"} <= set(recording.outputs["zone_ids"])


def test_instances_get_the_regions_domain() -> None:
    [east] = recorded(SPOKE).of(":VpcDhcpOptions")
    [west] = recorded(STANDBY).of(":VpcDhcpOptions")
    assert (east.inputs["domainName"], west.inputs["domainName"]) == ("ec2.internal", "us-west-2.compute.internal")


def test_names_for_the_reach_of_the_network() -> None:
    tags = [
        resource.inputs["tags"] for resource in [*recorded(EAST).of("ec2/vpc:Vpc"), *recorded(SPOKE).of("ec2/vpc:Vpc")]
    ]
    assert [(tag["Name"], tag["segment"]) for tag in tags] == [
        ("network-endpoints", "shared"),
        ("network-inspection", "inspection"),
        ("ml-dev", "dev"),
    ]
    tiers = {resource.inputs["tags"]["tier"] for resource in recorded(SPOKE).of(":Subnet")}
    assert tiers == {"training", "inference", "data", "attachments"}
