"""Address arithmetic: which subnet of a VPC stands where, the same for every run, so that nothing ever moves."""

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

SMALLEST: Final = 28
"""The longest prefix of a subnet (Amazon VPC User Guide, "Subnet sizing")."""
MOST_ZONES: Final = 8


class PlanError(ValueError):
    """The subnets do not fit into the network."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedSubnet:
    """One subnet."""

    tier: str
    zone: str
    """Id of its availability zone."""
    cidr: str
    index: int
    """Its number within the VPC: the IPv6 /64 it takes."""


def subnets(cidr: str, tiers: Sequence[str], zones: Sequence[str], *, small: Sequence[str]) -> Sequence[PlannedSubnet]:
    """Divides a VPC: one equal part a tier, the last of all for small subnets of 16 addresses.

    Room for eight zones is kept within each part beyond four: adding a zone or a tier at the end moves nothing.

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
    prefix = network.prefixlen + 2 + bits
    small_room = 1 << max(SMALLEST - (network.prefixlen + 2), 0)
    if prefix > SMALLEST or len(small) * MOST_ZONES > small_room:
        need = min(SMALLEST - 2 - bits, SMALLEST - 2 - (len(small) * MOST_ZONES - 1).bit_length())
        raise PlanError(
            f"{cidr} has no room for the subnets of {len(zones)} zones ({', '.join((*tiers, *small))}); "
            f"allowed: /{need} or larger"
        )
    return list(_numbered(network, tiers, zones, small, bits))


def _numbered(
    network: ipaddress.IPv4Network, tiers: Sequence[str], zones: Sequence[str], small: Sequence[str], bits: int
) -> Iterator[PlannedSubnet]:
    parts = list(network.subnets(prefixlen_diff=2))
    places = [
        (tier, zone, block)
        for tier, part in zip(tiers, parts, strict=False)
        for zone, block in zip(zones, part.subnets(prefixlen_diff=bits), strict=False)
    ]
    last = parts[3].subnets(new_prefix=SMALLEST)
    for tier in small:
        blocks = [next(last) for _ in range(MOST_ZONES)]
        places += [(tier, zone, block) for zone, block in zip(zones, blocks, strict=False)]
    for index, (tier, zone, block) in enumerate(places):
        yield PlannedSubnet(tier=tier, zone=zone, cidr=str(block), index=index)


def halves(cidr: str) -> tuple[str, str]:
    """The two halves of a network."""
    first, second = ipaddress.IPv4Network(cidr).subnets(prefixlen_diff=1)
    return str(first), str(second)


def by_tier(planned: Sequence[PlannedSubnet]) -> Mapping[str, Sequence[PlannedSubnet]]:
    """Tier -> its subnets, in the order of zones."""
    found: dict[str, list[PlannedSubnet]] = {}
    for one in planned:
        found.setdefault(one.tier, []).append(one)
    return found
