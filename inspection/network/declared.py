"""The network as it was declared: who may reach whom, at which ports; everything else may not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from inspection.network import ranges
from inspection.network.nodes import INTERNET
from inspection.network.ranges import NOTHING, Ranges
from inspection.network.services import HTTPS

ENDPOINTS_VPC: Final = "network-endpoints"
INSPECTION_VPC: Final = "network-inspection"
ENDPOINTS_TIER: Final = "endpoints"
GATEWAY_SERVICES: Final = ("dynamodb", "s3")
"""Services every spoke has a gateway endpoint for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoke:
    """A VPC of a workload."""

    name: str
    """With its region, unless that is the primary one."""
    region: str
    segment: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Hub:
    """The network account's own VPCs in a region, by the names questions use."""

    endpoints: str
    inspection: str = ""
    """Empty where nothing goes out."""
    clients: Sequence[str] = ()
    """Networks that may call the endpoints, which need not all be in use."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """What a declared VPC is known by besides its name."""

    account: str
    """Name of its account."""
    cidr: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Declaration:
    """The flows that the configuration allows."""

    spokes: Sequence[Spoke]
    hubs: Mapping[str, Hub]
    """Region -> its hub."""
    inside: Mapping[tuple[str, str], Ranges]
    """Tier to tier, within one spoke."""
    tiers: Sequence[str]
    """Tiers that workloads run in."""
    reaches: frozenset[tuple[str, str]] = frozenset()
    """Segments whose spokes may be routed to: the first calls the second. Between regions only a segment itself."""
    across: Mapping[tuple[str, str], Ranges] = field(default_factory=dict[tuple[str, str], Ranges])
    """Tier to tier, between spokes whose segments reach each other."""
    services: Sequence[str] = ()
    """Behind interface endpoints, in every region."""
    egress_tiers: Sequence[str] = ()
    """Tiers that may go out, through a firewall; none means that nothing does."""
    egress: Ranges = NOTHING
    egress_segments: frozenset[str] = frozenset()
    """Segments whose spokes may go out."""
    open_services: frozenset[str] = frozenset()
    """Services whose endpoints take no policy."""
    identities: Mapping[str, Identity] = field(default_factory=dict[str, Identity])
    """VPC -> what it is known by; empty where only names are compared."""
    blackholes: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """Segment -> networks that its Transit Gateway table drops."""
    acls: bool = False
    """Whether the tiers of spokes stand behind network ACLs of their own."""
    supernets: Sequence[str] = ()
    """Networks that an ACL names where it cannot list all peers."""

    def matrix(self) -> Mapping[tuple[str, str], Ranges]:
        """Every pair that may be, with its ports."""
        matrix: dict[tuple[str, str], Ranges] = {}
        for source, destination, ports in self._flows():
            pair = (source, destination)
            matrix[pair] = ranges.union(matrix.get(pair, NOTHING), ports)
        return matrix

    def _flows(self) -> Iterator[tuple[str, str, Ranges]]:
        for spoke in self.spokes:
            for (source, destination), ports in self.inside.items():
                yield f"{spoke.name}/{source}", f"{spoke.name}/{destination}", ports
            yield from self._outward(spoke)
        for first, second in self._joined_spokes():
            for (source, destination), ports in self.across.items():
                yield f"{first.name}/{source}", f"{second.name}/{destination}", ports

    def _outward(self, spoke: Spoke) -> Iterator[tuple[str, str, Ranges]]:
        hub = self.hubs[spoke.region]
        for tier in self.tiers:
            source = f"{spoke.name}/{tier}"
            if self.services:
                yield source, f"{hub.endpoints}/{ENDPOINTS_TIER}", HTTPS
            for service in {*self.services, *GATEWAY_SERVICES}:
                yield source, service, HTTPS
            if self.goes_out(spoke.name, tier):
                yield source, INTERNET.name, self.egress

    def goes_out(self, spoke: str, tier: str) -> bool:
        """Whether a tier of a spoke may go out, through a firewall."""
        segment = next((declared.segment for declared in self.spokes if declared.name == spoke), "")
        return tier in self.egress_tiers and segment in self.egress_segments

    def _joined_spokes(self) -> Iterator[tuple[Spoke, Spoke]]:
        by_segment: dict[str, list[Spoke]] = {}
        for spoke in self.spokes:
            by_segment.setdefault(spoke.segment, []).append(spoke)
        for first, second in self.reaches:
            for source in by_segment.get(first, ()):
                for destination in by_segment.get(second, ()):
                    if source.name != destination.name and (first == second or source.region == destination.region):
                        yield source, destination

    def joined(self) -> frozenset[tuple[str, str]]:
        """VPCs that may have a route to each other, one direction at a time: callers, and answers to them."""
        pairs: set[tuple[str, str]] = set()
        for spoke in self.spokes:
            hub = self.hubs[spoke.region]
            for central in (hub.endpoints, hub.inspection):
                if central:
                    pairs |= {(spoke.name, central), (central, spoke.name)}
        for first, second in self._joined_spokes():
            pairs |= {(first.name, second.name), (second.name, first.name)}
        return frozenset(pairs)

    def names(self) -> frozenset[str]:
        """Every VPC that is declared."""
        hubs = {name for hub in self.hubs.values() for name in (hub.endpoints, hub.inspection) if name}
        return frozenset({spoke.name for spoke in self.spokes} | hubs)
