"""Address arithmetic: which subnet of a VPC stands where, the same for every run, so that nothing ever moves."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

SMALLEST: Final = 28
"""The longest prefix of a subnet (Amazon VPC User Guide, "Subnet sizing")."""
MOST_ZONES: Final = 8


class PlanError(ValueError):
    """The subnets do not fit into the network."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedSubnet:
    """A subnet."""

    tier: str
    zone: str
    """Id of its availability zone."""
    cidr: str
    index: int
    """Its number within the VPC: the IPv6 /64 it takes."""


def subnets(cidr: str, tiers: Sequence[str], zones: Sequence[str], *, small: Sequence[str]) -> Sequence[PlannedSubnet]:
    """Divides a VPC: one equal part a tier, the last of all for small subnets of 16 addresses.

    Each part has room for four zones, or for eight beyond that: adding a zone or a tier at the end moves nothing.

    Args:
        cidr: the VPC's network.
        tiers: tiers of full size, in order; at most three.
        zones: ids of availability zones, in order.
        small: tiers that take a /28 a zone.

    Raises:
        PlanError: there is no room.
    """
    network = ipaddress.IPv4Network(cidr)
    bits = 2 if len(zones) <= MOST_ZONES // 2 else 3
    longest = SMALLEST - 2 - bits - max(len(small) - 1, 0)
    if network.prefixlen > longest:
        raise PlanError(
            f"{cidr} has no room for the subnets of {len(zones)} zones ({', '.join((*tiers, *small))}); "
            f"allowed: /{longest} or larger"
        )
    parts = list(network.subnets(prefixlen_diff=2))
    blocks = {tier: part.subnets(prefixlen_diff=bits) for tier, part in zip(tiers, parts, strict=False)}
    last = list(parts[-1].subnets(new_prefix=SMALLEST))
    blocks |= {tier: iter(last[number << bits :]) for number, tier in enumerate(small)}
    places = [(tier, zone, next(blocks[tier])) for tier in (*tiers, *small) for zone in zones]
    return [
        PlannedSubnet(tier=tier, zone=zone, cidr=str(block), index=index)
        for index, (tier, zone, block) in enumerate(places)
    ]


def halves(cidr: str) -> tuple[str, str]:
    """The two halves of a network."""
    first, second = ipaddress.IPv4Network(cidr).subnets(prefixlen_diff=1)
    return str(first), str(second)


def by_tier(planned: Sequence[PlannedSubnet]) -> Mapping[str, Sequence[PlannedSubnet]]:
    """Tier -> its subnets, in the order of zones."""
    subnets: dict[str, list[PlannedSubnet]] = {}
    for subnet in planned:
        subnets.setdefault(subnet.tier, []).append(subnet)
    return subnets
