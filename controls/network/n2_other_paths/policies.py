"""Policies of N2: no peering, VPN or Direct Connect beside the Transit Gateway."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.model import PolicyRule
from controls.residency import group_of
from controls.rules import UNKNOWN, Problem, Undecided
from controls.rules.checks import OnResource, on
from controls.rules.parameters import Parameters
from controls.rules.predicates import equals, forbidden, if_present
from controls.rules.resources import Resource
from controls.rules.values import lookup

OTHER_PATHS: Final = (
    "aws:directconnect/connection:Connection",
    "aws:ec2/customerGateway:CustomerGateway",
    "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
    "aws:ec2/vpnConnection:VpnConnection",
    "aws:ec2/vpnGateway:VpnGateway",
    "aws:ec2clientvpn/endpoint:Endpoint",
)


PUBLIC_REGISTRIES: Final = ("public:pypi",)
"""External connections of AWS CodeArtifact: the languages of the zone's images and notebooks are Python alone."""


def _one_geography(resource: Resource, _parameters: Parameters) -> Iterator[Problem]:
    region, peer_region = resource.region, lookup(resource.props, "peerRegion")
    if UNKNOWN in (region, peer_region):
        yield Undecided.at("peerRegion")
    elif isinstance(region, str) and isinstance(peer_region, str) and group_of(region) != group_of(peer_region):
        yield Problem(f"a peering from {region} to {peer_region} leaves the residency group {group_of(region)}")


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="paths-beside-transit-gateway",
        title="No peering, VPN or Direct Connect beside the Transit Gateway",
        remedy="Attach the VPC to the Transit Gateway, in a segment.",
        check=on(OTHER_PATHS, forbidden("the Transit Gateway is the only path between networks")),
    ),
    PolicyRule(
        name="packages-from-pypi",
        title="Package repositories take in packages of PyPI only",
        remedy="Leave external_connections out, or connect to public:pypi; publish other packages to the repository.",
        check=on(
            "aws:codeartifact/repository:Repository",
            if_present("externalConnections", equals("externalConnections.externalConnectionName", *PUBLIC_REGISTRIES)),
        ),
    ),
    PolicyRule(
        name="peering-one-geography",
        title="Transit Gateways peer within one residency group",
        remedy="Peer with a region of the zone.",
        check=OnResource(
            types=frozenset({"aws:ec2transitgateway/peeringAttachment:PeeringAttachment"}), check=_one_geography
        ),
    ),
)
