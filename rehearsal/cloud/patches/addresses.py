"""VPCs with addresses from an IPAM pool do not overlap, across all accounts."""

import ipaddress
from collections.abc import Iterator
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.ec2.responses.vpcs import VPCs

from rehearsal.cloud.patches import registry


def apply() -> None:
    """Record the IPAM pool of each VPC. Moto has no IPAM."""
    registry.replace(VPCs, "create_vpc", "fa2a4db7c468", _allocating)


def _allocating(original: Any) -> Any:
    def create_vpc(self: Any) -> Any:
        pool, cidr = self._get_param("Ipv4IpamPoolId"), self._get_param("CidrBlock")
        if not pool or not cidr:
            return original(self)
        requested = ipaddress.IPv4Network(cidr)
        for vpc in _of(pool):
            if requested.overlaps(ipaddress.IPv4Network(vpc.cidr_block)):
                # The code of every allocation that a pool cannot make (EC2 API Reference, "CreateVpc").
                raise EC2ClientError(
                    "InvalidParameterValue",
                    f"The CIDR {cidr} overlaps with the allocation {vpc.cidr_block} of {vpc.id} in {pool}.",
                )
        before = set(self.ec2_backend.vpcs)
        answer = original(self)
        for vpc_id in self.ec2_backend.vpcs.keys() - before:
            self.ec2_backend.vpcs[vpc_id].ipam_pool = pool
        return answer

    return create_vpc


def _of(pool: str) -> Iterator[Any]:
    """The VPCs with addresses from a pool, of every account and region."""
    for _, regions in list(ec2_backends.items()):
        for _, backend in list(regions.items()):
            yield from (vpc for vpc in list(backend.vpcs.values()) if getattr(vpc, "ipam_pool", None) == pool)
