"""Derives route tables, propagations, blackhole routes and addresses per region from the declared segments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from controls import addresses, endpoint_services
from controls.addresses import PlannedSubnet
from controls.availability_zones import AVAILABILITY_ZONES
from controls.flows import TIERS
from zone.settings.model import Settings
from zone.settings.network import SHARED
from zone.settings.placement import network_account, spoke_cidrs
from zone.shared.addresses import PRIVATE

INSPECTION: Final = "inspection"
"""Route table of the inspection VPC."""
PEERING: Final = "peering"
"""Route table of the peering with the other region."""

__all__ = ["INSPECTION", "PEERING", "SHARED", "NetworkPlan", "RegionNetwork", "SegmentPlan", "plan_network"]


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentPlan:
    """A segment: accounts that share a route table of the Transit Gateway."""

    name: str
    neighbors: Sequence[str]
    """Segments that exchange packets with this one: those it calls, and those that call it."""
    propagated_into: Sequence[str]
    """Route tables that a spoke of the segment is propagated into."""
    blackholes: Sequence[str]
    """CIDRs that the segment's route table drops: private addresses, and every spoke of other segments.

    The spokes win over a propagation made by mistake, since static routes do; the private addresses must not follow
    the default route into the inspection VPC, which has routes to every segment.
    """
    peer_cidrs: Sequence[str]
    """CIDRs of spokes that exchange packets with the segment's spokes, in every region."""
    egress: bool
    """Whether the segment's spokes have a route to the internet, through the firewall."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionNetwork:
    """The network of one region."""

    region: str
    endpoint_cidr: str
    """CIDR of the endpoint VPC: the first half of the network account's CIDR."""
    inspection_cidr: str
    """CIDR of the inspection VPC: the second half."""
    zone_ids: Sequence[str]
    """Ids of the availability zones of every VPC in the region."""
    spokes: Mapping[str, str]
    """Account -> CIDR of its spoke."""
    private_zones: Sequence[str]
    """Names of the private hosted zones of the endpoints."""
    remote_routes: Mapping[str, Sequence[str]]
    """Segment -> CIDRs of its spokes in the other region; segments without one are left out."""

    def spoke_subnets(self, cidr: str) -> Sequence[PlannedSubnet]:
        """Subnets of a spoke VPC with the given CIDR."""
        return self.central_subnets(cidr, TIERS)

    def central_subnets(self, cidr: str, tiers: Sequence[str]) -> Sequence[PlannedSubnet]:
        """Subnets of a VPC with the given CIDR and tiers."""
        return addresses.subnets(cidr, tiers, self.zone_ids, small=("attachments",))


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkPlan:
    """The network of all regions."""

    account: str
    """Name of the account that has the Transit Gateways, the endpoints and the firewall."""
    inspected: bool
    """Whether there is a way to the internet, through the firewall."""
    route_tables: Sequence[str]
    """Route tables of every Transit Gateway: the segments, `inspection` with egress, and `peering`."""
    segments: Mapping[str, SegmentPlan]
    regions: Mapping[str, RegionNetwork]
    segment_by_account: Mapping[str, str]
    """Account with a spoke -> its segment."""


def plan_network(settings: Settings) -> NetworkPlan | None:
    """Derives the network; None when no account has a CIDR."""
    if not any(account.networks for account in settings.accounts.values()):
        return None
    account = network_account(settings)
    assert account is not None, "the checks of the settings refuse a network without an account"
    segments = settings.network.segments
    inspected = settings.network.egress == "inspected"
    spokes = {region: spoke_cidrs(settings, region) for region in settings.regions.all}
    cidrs = {
        segment: {
            region: [by_account[name] for name in spec.accounts if name in by_account]
            for region, by_account in spokes.items()
        }
        for segment, spec in segments.items()
    }
    return NetworkPlan(
        account=account,
        inspected=inspected,
        route_tables=(*segments, *([INSPECTION] if inspected else []), PEERING),
        segments={name: _plan_segment(settings, name, cidrs) for name in segments},
        regions={region: _plan_region(settings, account, region, cidrs, spokes[region]) for region in spokes},
        segment_by_account={name: segment for segment, spec in reversed(segments.items()) for name in spec.accounts},
    )


_Cidrs = Mapping[str, Mapping[str, Sequence[str]]]
"""Segment -> region -> CIDRs of the segment's spokes."""


def _plan_segment(settings: Settings, segment: str, cidrs: _Cidrs) -> SegmentPlan:
    segments = settings.network.segments
    called = set(segments[segment].reaches)
    neighbors = [name for name in segments if name in called or segment in segments[name].reaches]
    reachable = [segment, *neighbors]
    others = [name for name in segments if name not in reachable]
    egress = segments[segment].egress == "inspected"
    return SegmentPlan(
        name=segment,
        egress=egress,
        neighbors=neighbors,
        propagated_into=[
            segment,
            *(name for name in neighbors if name != segment),
            *([INSPECTION] if egress else []),
            PEERING,
        ],
        blackholes=[*PRIVATE, *_flat(cidrs, others)],
        peer_cidrs=_flat(cidrs, reachable),
    )


def _flat(cidrs: _Cidrs, segments: Sequence[str]) -> list[str]:
    return [cidr for segment in segments for by_region in cidrs[segment].values() for cidr in by_region]


def _plan_region(
    settings: Settings, account: str, region: str, cidrs: _Cidrs, spokes: Mapping[str, str]
) -> RegionNetwork:
    endpoint_cidr, inspection_cidr = addresses.halves(settings.accounts[account].networks[region])
    remote = {
        segment: [cidr for remote_region, values in by_region.items() if remote_region != region for cidr in values]
        for segment, by_region in cidrs.items()
    }
    return RegionNetwork(
        region=region,
        endpoint_cidr=endpoint_cidr,
        inspection_cidr=inspection_cidr,
        zone_ids=AVAILABILITY_ZONES[region][: settings.network.zones],
        spokes=spokes,
        private_zones=[
            zone
            for service in settings.network.endpoints
            for zone in endpoint_services.zones(service, region, dual_stack=settings.network.dual_stack)
        ],
        remote_routes={segment: values for segment, values in remote.items() if values},
    )
