"""Contents of the network picture: regions, VPCs by segment, services and allowed flows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from inspection.network.declared import Declaration
from inspection.network.difference import Difference, DifferenceKind
from inspection.network.ranges import spoken


@dataclass(frozen=True, kw_only=True, slots=True)
class SpokeCard:
    """A spoke."""

    name: str
    """Name as in `zone reach`; it includes the region unless that is the primary region."""
    account: str
    cidr: str
    segment: str
    region: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """Everything that is drawn."""

    title: str
    regions: Sequence[str]
    """Primary first."""
    segments: Sequence[str]
    """Segments of the spokes, in the order of the settings."""
    cards: Sequence[SpokeCard]
    tiers: Sequence[str]
    hubs: Mapping[str, tuple[str, str]]
    """Region -> CIDRs of the endpoint VPC and of the inspection VPC."""
    services: Sequence[str]
    inside: Sequence[str]
    """Flows within a spoke, a line each."""
    reaches: frozenset[tuple[str, str]]
    egress: frozenset[str]
    """Segments with a way out."""
    domains: Sequence[str] = ()
    leaks: Sequence[tuple[str, str, str]] = field(default_factory=tuple)
    """From, to, and what: VPCs by name, of the deployed network where it is not the declared one."""
    differing: frozenset[str] = frozenset()
    """VPCs that a difference names; they are drawn in red."""


def inside(declaration: Declaration) -> Sequence[str]:
    """Flows within a spoke as text."""
    return [
        f"{source} → {target}: {spoken(ports).replace('tcp/', '')}"
        for (source, target), ports in declaration.inside.items()
    ]


def differing(differences: Sequence[Difference]) -> frozenset[str]:
    """VPCs at either end of a difference."""
    return frozenset(
        name.partition("/")[0] for difference in differences for name in (difference.source, difference.destination)
    )


def leaks(differences: Sequence[Difference]) -> Sequence[tuple[str, str, str]]:
    """Paths between VPCs that nobody declared, once each."""
    pairs: dict[tuple[str, str], str] = {}
    for difference in differences:
        source, target = (name.partition("/")[0] for name in (difference.source, difference.destination))
        if difference.sort in (DifferenceKind.LEAK, DifferenceKind.ROUTE) and source != target:
            pairs.setdefault((source, target), difference.message)
    return [(source, target, message) for (source, target), message in pairs.items()]
