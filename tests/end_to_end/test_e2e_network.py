"""The networks of both regions, brought up and looked at with boto3 as AWS would show them."""

from collections.abc import Mapping
from typing import Any

import pytest

from cli.rehearsed_aws import RehearsedAws
from rehearsal.cloud import Cloud
from tests.end_to_end.zone import Ran, Zone

pytestmark = [pytest.mark.whole_zone, pytest.mark.xdist_group("network"), pytest.mark.timeout(1300)]


@pytest.fixture(scope="module")
def brought_up(network_zone: tuple[Zone, Ran]) -> tuple[Zone, Ran]:
    return network_zone


def test_both_regions_come_up_and_stay_as_they_are(brought_up: tuple[Zone, Ran]) -> None:
    zone, ran = brought_up
    assert ran.code == 0, ran.err
    again = zone.rehearse("refresh", "network-us-east-1", "network-us-west-2", "ml-dev", "recovery-dev", "--json")
    assert again.code == 0, again.err
    for stack in again.document["stacks"]:
        counts = stack["operations"]
        assert {counts[name] for name in ("create", "update", "replace", "delete")} == {0}, stack


def test_the_audit_of_the_network_agrees(brought_up: tuple[Zone, Ran]) -> None:
    zone, _ = brought_up
    observations = zone.rehearse("audit", "--json", timeout=1200).document["observations"]
    network = [
        observation
        for observation in observations
        if observation["area"] in ("VPCs", "flow logs", "internet gateways", "segments")
    ]
    assert len(network) == 4 * 10  # two central VPCs a region, six spokes
    assert [observation for observation in network if not observation["ok"]] == []


def tables(zone: Zone, region: str) -> Mapping[str, Mapping[str, str]]:
    """Segment -> CIDR -> what its table does with it."""
    cloud = Cloud.attach(zone.root / ".rehearsal")
    assert cloud is not None
    aws = RehearsedAws(
        cloud.endpoints(),
        management_account="123456789012",
        access_role="OrganizationAccountAccessRole",
        region=region,
    )
    account = zone.rehearse("outputs", "network-us-east-1", "--json").document["account_id"]
    ec2: Any = aws.client("ec2", account=account)
    tables_by_name: dict[str, Mapping[str, str]] = {}
    for table in ec2.describe_transit_gateway_route_tables()["TransitGatewayRouteTables"]:
        segment = next((tag["Value"] for tag in table.get("Tags", []) if tag["Key"] == "segment"), "default")
        routes = ec2.search_transit_gateway_routes(
            TransitGatewayRouteTableId=table["TransitGatewayRouteTableId"],
            Filters=[{"Name": "type", "Values": ["static", "propagated"]}],
        )["Routes"]
        tables_by_name[segment] = {
            route["DestinationCidrBlock"]: f"{route['Type']} {route['State']}" for route in routes
        }
    return tables_by_name


def test_prod_and_dev_are_black_holes_for_each_other(brought_up: tuple[Zone, Ran]) -> None:
    zone, _ = brought_up
    east = tables(zone, "us-east-1")
    assert east["dev"]["10.48.0.0/16"] == east["prod"]["10.16.0.0/16"] == "static blackhole"
    assert east["dev"]["10.0.0.0/17"] == "propagated active"  # the endpoints
    assert east["dev"]["10.144.0.0/16"] == "static active"  # itself, in the other region
    assert set(east["peering"]) == {"10.16.0.0/16", "10.32.0.0/16", "10.48.0.0/16"}
