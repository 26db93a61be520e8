"""VPCs and interface endpoints of the emulated EC2, for services that run in a VPC."""

from collections.abc import Collection, Iterator
from typing import Any

from moto.ec2.models import ec2_backends


def vpcs_of(account: str, region: str, subnet_ids: Collection[str]) -> frozenset[str]:
    """Return the ids of the VPCs of some subnets.

    Args:
        account: account of the subnets, 12 digits.
        region: their region.
        subnet_ids: their ids.
    """
    backend: Any = ec2_backends[account][region]
    return frozenset(
        subnet.vpc_id for zone in backend.subnets.values() for id_, subnet in zone.items() if id_ in subnet_ids
    )


def interface_endpoints(region: str) -> Iterator[Any]:
    """Yield the interface endpoints of all accounts in a region: spokes resolve their names, and reach them by the hub.

    Args:
        region: the region.
    """
    for regions in list(ec2_backends.values()):
        for endpoint in list(regions[region].vpc_end_points.values()) if region in regions else ():
            if endpoint.vpc_endpoint_type == "Interface":
                yield endpoint
