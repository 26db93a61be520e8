"""The names of endpoints, against botocore's own data; the places of zones, against the emulator's."""

from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

from controls import endpoint_services as services
from controls.addresses import PlanError, subnets
from controls.availability_zones import AVAILABILITY_ZONES
from controls.endpoint_services import ENDPOINT_SERVICES, EndpointService
from controls.residency import RESIDENCY_GROUPS

REGIONS = ("us-east-1", "us-west-2", "eu-central-1")
ELSEWHERE = {"codeartifact.repositories", "ecr.dkr", "s3", "sagemaker.studio"}
"""Their hosts are no API's: botocore does not speak to them."""
NAMES = sorted(ENDPOINT_SERVICES.keys() - ELSEWHERE)


def host(endpoint: EndpointService, region: str, *, fips: bool = False, dual: bool = False) -> str:
    client: Any = boto3.client(  # pyright: ignore[reportCallIssue, reportUnknownVariableType] - the name is data
        endpoint.client,  # pyright: ignore[reportArgumentType] - the same
        region_name=region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(use_fips_endpoint=fips, use_dualstack_endpoint=dual),
    )
    return str(client.meta.endpoint_url).removeprefix("https://")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("region", REGIONS)
def test_regional_and_dual_stack_names_match_the_sdk(name: str, region: str) -> None:
    endpoint = ENDPOINT_SERVICES[name]
    assert services.zones(name, region) == (host(endpoint, region),)
    assert services.zones(name, region, dual_stack=True) == (host(endpoint, region), host(endpoint, region, dual=True))


@pytest.mark.parametrize("name", [name for name in NAMES if ENDPOINT_SERVICES[name].fips])
def test_fips_names_match_the_sdk(name: str) -> None:
    endpoint = ENDPOINT_SERVICES[name]
    expected_hosts = (host(endpoint, "us-east-1", fips=True), host(endpoint, "us-east-1", fips=True, dual=True))
    assert services.zones(f"{name}-fips", "us-east-1", dual_stack=True) == expected_hosts


def test_wildcard_services_are_registry_and_studio() -> None:
    assert {name for name, endpoint in ENDPOINT_SERVICES.items() if endpoint.wildcard} == {
        "codeartifact.repositories",
        "ecr.dkr",
        "sagemaker.studio",
    }
    assert services.zones("codeartifact.repositories", "us-west-2") == ("d.codeartifact.us-west-2.amazonaws.com",)
    assert services.zones("ecr.dkr", "us-west-2") == ("dkr.ecr.us-west-2.amazonaws.com",)
    assert services.zones("sagemaker.studio", "us-west-2") == ("studio.us-west-2.sagemaker.aws",)


def test_s3_has_no_interface_endpoint() -> None:
    assert "s3" not in services.known()


def test_host_names_are_unique() -> None:
    names = [zone for name in services.known() for zone in services.zones(name, "us-east-1", dual_stack=True)]
    assert len(names) == len(set(names))


def test_service_names_are_aws_own() -> None:
    assert services.service_name("kms-fips", "us-east-1") == "com.amazonaws.us-east-1.kms-fips"
    assert services.service_name("sagemaker.studio", "us-west-2") == "aws.sagemaker.us-west-2.studio"


def test_endpoint_is_offered_in_regions_of_its_service() -> None:
    assert services.offered("macie2", "us-east-1")
    assert not services.offered("macie2", "ca-west-1")
    assert services.offered("sagemaker.featurestore-runtime", "us-east-1")


def test_every_residency_region_has_availability_zones() -> None:
    regions = {region for group, members in RESIDENCY_GROUPS.items() if group != "us-gov" for region in members}
    assert set(AVAILABILITY_ZONES) == regions


@pytest.mark.parametrize("region", AVAILABILITY_ZONES)
def test_availability_zones_match_the_emulator(region: str) -> None:
    emulated = {zone.zone_id for zone in RegionsAndZonesBackend.zones[region]}
    assert set(AVAILABILITY_ZONES[region]) == emulated


def test_adding_a_zone_moves_no_subnet() -> None:
    tiers = ("training", "inference", "data")
    two = subnets("10.0.0.0/16", tiers, ["a", "b"], small=("attachments",))
    four = subnets("10.0.0.0/16", tiers, ["a", "b", "c", "d"], small=("attachments",))
    assert {(subnet.tier, subnet.zone, subnet.cidr) for subnet in two} <= {
        (subnet.tier, subnet.zone, subnet.cidr) for subnet in four
    }


def test_subnets_that_do_not_fit_are_refused() -> None:
    with pytest.raises(PlanError, match=r"10\.0\.0\.0/25 has no room for .* 2 zones .*allowed: /24 or larger"):
        subnets("10.0.0.0/25", ("training", "inference", "data"), ["a", "b"], small=("attachments",))
