"""What follows from the declared segments: which table knows whom, whom it refuses, who leads to the other region."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from components.network.transit_gateway import PRIVATE
from controls import addresses, endpoint_services
from controls.addresses import PlannedSubnet
from controls.availability_zones import AVAILABILITY_ZONES
from controls.flows import TIERS
from stacks.configuration import network
from stacks.settings import Settings

INSPECTION: Final = "inspection"
PEERING: Final = "peering"


def tables(settings: Settings) -> Sequence[str]:
    """Route tables of every Transit Gateway."""
    return (*settings.network.segments, *([INSPECTION] if inspected(settings) else []), PEERING)


def inspected(settings: Settings) -> bool:
    """Whether spokes have a way out."""
    return settings.network.egress == "inspected"


def neighbours(settings: Settings, segment: str) -> Sequence[str]:
    """Segments that a segment exchanges packets with: those it calls, and those that call it, for the answers."""
    segments = settings.network.segments
    called = set(segments[segment].reaches)
    return [one for one in segments if one in called or segment in segments[one].reaches]


def known_in(settings: Settings, segment: str) -> Sequence[str]:
    """Tables that a spoke of a segment is propagated into."""
    extra = [INSPECTION] if inspected(settings) else []
    return [segment, *(one for one in neighbours(settings, segment) if one != segment), *extra, PEERING]


def cidrs(settings: Settings, segment: str, region: str) -> Sequence[str]:
    """Networks of a segment's spokes in a region."""
    there = network.spokes(settings, region)
    return [there[name] for name in settings.network.segments[segment].accounts if name in there]


def foreign(settings: Settings, segment: str) -> Sequence[str]:
    """What a segment's table drops: every spoke of other segments, in any region, and all that is not the internet.

    The first win over a propagation made by mistake, since static routes do; the second keep private addresses from
    following the default route into the inspection VPC, where every segment is known.
    """
    near = {segment, *neighbours(settings, segment)}
    others = (one for one in settings.network.segments if one not in near)
    spokes = [cidr for one in others for region in settings.regions.all for cidr in cidrs(settings, one, region)]
    return [*PRIVATE, *spokes]


def peers(settings: Settings, segment: str) -> Sequence[str]:
    """Networks of spokes that a segment's spokes exchange packets with, in every region."""
    near = [segment, *neighbours(settings, segment)]
    return [cidr for one in near for region in settings.regions.all for cidr in cidrs(settings, one, region)]


def zone_names(settings: Settings, region: str) -> Sequence[str]:
    """Names of the endpoints' private zones in a region."""
    return [
        zone
        for service in settings.network.endpoints
        for zone in endpoint_services.zones(service, region, dual_stack=settings.network.dual_stack)
    ]


def network_cidrs(settings: Settings, region: str) -> tuple[str, str]:
    """The network account's two halves: of the endpoint VPC and of the inspection VPC."""
    name = network.account(settings)
    assert name is not None, "the settings' checks refuse a network without an account"
    return addresses.halves(settings.accounts[name].networks[region])


def zones(settings: Settings, region: str) -> Sequence[str]:
    """Ids of the availability zones that VPCs of a region are in."""
    return AVAILABILITY_ZONES[region][: settings.network.zones]


def spoke_subnets(settings: Settings, region: str, cidr: str) -> Sequence[PlannedSubnet]:
    """Subnets of a spoke."""
    return addresses.subnets(cidr, TIERS, zones(settings, region), small=("attachments",))


def central_subnets(settings: Settings, region: str, cidr: str, tiers: Sequence[str]) -> Sequence[PlannedSubnet]:
    """Subnets of a VPC of the network account."""
    return addresses.subnets(cidr, tiers, zones(settings, region), small=("attachments",))


def routes_across(settings: Settings, region: str) -> Mapping[str, Sequence[str]]:
    """Segment -> its CIDRs in the other region."""
    return dict(_across(settings, region))


def _across(settings: Settings, region: str) -> Iterator[tuple[str, Sequence[str]]]:
    for segment in settings.network.segments:
        found = [cidr for other in settings.regions.all if other != region for cidr in cidrs(settings, segment, other)]
        if found:
            yield segment, found
