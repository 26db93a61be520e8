"""Amazon VPC IP Address Manager: one pool per region, so that the CIDRs of VPCs do not overlap."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import ec2

from components.tokens import type_token

LARGEST: Final = 16
"""Shortest prefix of a VPC's CIDR."""
SMALLEST: Final = 28


@dataclass(frozen=True, kw_only=True, slots=True)
class IpamArgs:
    """The zone's addresses."""

    home: str
    """Region of the IPAM."""
    supernets: Mapping[str, str]
    """Region -> network."""

    def __post_init__(self) -> None:
        """Refuses regions that do not include the region of the IPAM."""
        if self.home not in self.supernets:
            raise ValueError(f"IpamArgs.home: {self.home!r} is none of the regions {', '.join(self.supernets)}")


class Ipam(pulumi.ComponentResource):
    """`hipaa-ml:network:Ipam`: the address plan of the zone.

    Creates an `aws.ec2.VpcIpam`, and a `VpcIpamPool` with its `VpcIpamPoolCidr` per region.
    """

    def __init__(self, name: str, args: IpamArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        ipam = ec2.VpcIpam(
            f"{name}-ipam",
            description="Addresses of the zone's VPCs",
            operating_regions=[ec2.VpcIpamOperatingRegionArgs(region_name=region) for region in args.supernets],
            tier="advanced",
            tags={"Name": name},
            opts=child,
        )
        pools: dict[str, pulumi.Output[str]] = {}
        self.arns: dict[str, pulumi.Output[str]] = {}
        for region, cidr in args.supernets.items():
            pool = ec2.VpcIpamPool(
                f"{name}-{region}",
                address_family="ipv4",
                ipam_scope_id=ipam.private_default_scope_id,
                locale=region,
                description=f"VPCs in {region}",
                allocation_min_netmask_length=LARGEST,
                allocation_max_netmask_length=SMALLEST,
                tags={"Name": region},
                opts=child,
            )
            provisioned = ec2.VpcIpamPoolCidr(f"{name}-{region}-cidr", ipam_pool_id=pool.id, cidr=cidr, opts=child)
            # Through the CIDR: a pool without one allocates nothing.
            pools[region] = pulumi.Output.all(pool.id, provisioned.id).apply(lambda values: str(values[0]))
            self.arns[region] = pool.arn
        self.pool_ids = pools
        self.register_outputs({"pool_ids": pools})
