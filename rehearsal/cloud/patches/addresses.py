"""VPCs whose addresses come from an IPAM pool: none overlaps another of the pool, in whichever account."""

import ipaddress
from collections.abc import Iterator
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.ec2.responses.vpcs import VPCs

from rehearsal.cloud.patches import registry


def apply() -> None:
    """Moto has no IPAM: its VPCs forget which pool they are from."""
    registry.replace(VPCs, "create_vpc", "fa2a4db7c468", _allocating)


def _allocating(original: Any) -> Any:
    def create_vpc(self: Any) -> Any:
        pool, cidr = self._get_param("Ipv4IpamPoolId"), self._get_param("CidrBlock")
        if not pool or not cidr:
            return original(self)
        wanted = ipaddress.IPv4Network(cidr)
        for vpc in _of(pool):
            if wanted.overlaps(ipaddress.IPv4Network(vpc.cidr_block)):
                # The code of every allocation that a pool cannot make (EC2 API Reference, "CreateVpc").
                raise EC2ClientError(
                    "InvalidParameterValue",
                    f"The CIDR {cidr} overlaps with the allocation {vpc.cidr_block} of {vpc.id} in {pool}.",
                )
        before = set(self.ec2_backend.vpcs)
        answer = original(self)
        for made in self.ec2_backend.vpcs.keys() - before:
            self.ec2_backend.vpcs[made].ipam_pool = pool
        return answer

    return create_vpc


def _of(pool: str) -> Iterator[Any]:
    """VPCs from a pool, in every account and region."""
    for _, regions in list(ec2_backends.items()):
        for _, backend in list(regions.items()):
            yield from (vpc for vpc in list(backend.vpcs.values()) if getattr(vpc, "ipam_pool", None) == pool)
