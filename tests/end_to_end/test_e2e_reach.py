"""The rehearsed network is the declared one, from the state and from the emulated cloud alike, and a leak is found."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from cli.rehearsed_aws import RehearsedAws
from rehearsal.cloud import Cloud
from tests.end_to_end.zone import Ran, Zone

pytestmark = [pytest.mark.whole_zone, pytest.mark.xdist_group("network"), pytest.mark.timeout(1300)]


@pytest.fixture(scope="module")
def zone(network_zone: tuple[Zone, Ran]) -> Zone:
    deployed_zone, ran = network_zone
    assert ran.code == 0, ran.err
    return deployed_zone


def matrix(zone: Zone, *options: str) -> dict[str, Any]:
    ran = zone.rehearse("reach", "--all", "--json", *options)
    document: dict[str, Any] = json.loads(ran.out)
    assert ran.code == (0 if document["ok"] else 1), ran.err
    return document


def test_the_deployed_matrix_is_the_declared_one_from_either_side(zone: Zone) -> None:
    recorded, live = matrix(zone), matrix(zone, "--live")
    assert recorded["differences"] == []
    assert live["differences"] == []
    assert recorded["pairs"] == live["pairs"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("ml-dev/training", "ml-prod/data"), 1, "ml-dev/training does not reach ml-prod/data"),
        (("ml-prod/inference", "sagemaker.runtime", "--port", "443"), 0, "reaches sagemaker.runtime at tcp/443"),
        (("ml-dev/training", "internet"), 0, "seen by vpce-"),
        (("ml-dev/trainin", "internet"), 2, "did you mean ml-dev/training"),
        (("ml-dev/training",), 2, "Give both a source and a destination"),
        (("ml-dev", "ml-prod", "--port", "x"), 2, "--port is 'x'"),
        ((), 2, "Give a source and a destination, or --all"),
        (("--all", "--export", "nothing.json"), 2, "nothing.json: No such file"),
    ],
)
def test_a_pair_is_explained_and_a_mistake_is_named(
    zone: Zone, words: tuple[str, ...], code: int, message: str
) -> None:
    ran = zone.rehearse("reach", *words)
    assert ran.code == code, ran.out + ran.err
    assert message in ran.out + ran.err


def test_the_picture_and_the_bill_are_drawn_from_the_settings(zone: Zone) -> None:
    assert zone.rehearse("graph", "--network", "--format", "html", "-o", "network.html").code == 0
    assert "ml-prod" in (zone.root / "network.html").read_text(encoding="utf-8")
    refused = zone.rehearse("graph", "--network", "--format", "png")
    assert refused.code == 2
    assert "allowed with --network: svg, html" in refused.err
    bill = zone.rehearse("cost", "--json")
    assert bill.code == 0
    assert json.loads(bill.out)["total"] > 0


def test_manual_route_is_found_live_only(zone: Zone) -> None:
    cloud = Cloud.attach(zone.root / ".rehearsal")
    assert cloud is not None
    accounts = json.loads(zone.rehearse("outputs", "organization", "--json").out)["account_ids"]
    central = json.loads(zone.rehearse("outputs", "network-us-east-1", "--json").out)
    prod = json.loads(zone.rehearse("outputs", "ml-prod", "--json").out)
    aws = RehearsedAws(
        cloud.endpoints(),
        management_account="123456789012",
        access_role="OrganizationAccountAccessRole",
        region="us-east-1",
    )
    # Narrower than the black hole that keeps dev from prod, so it wins.
    aws.client("ec2", account=accounts["network"]).create_transit_gateway_route(
        TransitGatewayRouteTableId=central["route_table_ids"]["dev"],
        TransitGatewayAttachmentId=prod["attachment_id"],
        DestinationCidrBlock=prod["cidr"].replace("/16", "/17"),
    )
    live = matrix(zone, "--live")
    differences = [
        difference
        for difference in live["differences"]
        if (difference["from"], difference["to"]) == ("ml-dev", "ml-prod")
    ]
    assert differences
    assert prod["attachment_id"] in " ".join(differences[0]["because"])
    assert matrix(zone)["ok"], "the state does not know"


def test_names_lead_to_the_endpoints_without_profiles_too(make_zone: Callable[[], Zone]) -> None:
    """Each private zone is associated with each spoke: authorized in the network account, made in the spoke's."""
    zone = make_zone()
    zone.configure(ml={}, network={**zone.setting("network"), "dns": "associations"})
    foundation = ("organization", "audit", "baseline-management", "baseline-network", "baseline-ml-dev")
    stacks = (*foundation, "network-us-east-1", "network-us-west-2", "ml-dev", "recovery-dev")
    ran = zone.rehearse("up", *stacks, "--json", timeout=1200)
    assert ran.code == 0, ran.err
    for spoke in ("ml-dev", "recovery-dev"):
        types = {
            resource["type"] for resource in json.loads(zone.rehearse("export", spoke).out)["deployment"]["resources"]
        }
        assert "aws:route53/zoneAssociation:ZoneAssociation" in types
        assert not any(kind.startswith("aws:route53/profiles") for kind in types)
    for options in ((), ("--live",)):
        reached = zone.rehearse("reach", "ml-dev/inference", "sagemaker.runtime", "--port", "443", *options)
        assert reached.code == 0, reached.out + reached.err
        assert "reaches sagemaker.runtime at tcp/443" in reached.out
