"""Connections that a change opens or closes."""

from collections.abc import Sequence
from dataclasses import dataclass

from inspection.comparison.facts import NetworkFacts
from inspection.network.ranges import NOTHING, Ranges, difference, spoken


@dataclass(frozen=True, kw_only=True, slots=True)
class PathChange:
    """Ports of a destination that a source reaches after the change only, or before it only."""

    source: str
    destination: str
    ports: str
    new_place: bool
    """Whether source or destination exists in one of the commits only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkComparison:
    """The effect of a change on the reachable connections."""

    opened: Sequence[PathChange]
    closed: Sequence[PathChange]
    differences: Sequence[str]
    """Differences from the declared network that the base does not have."""


def compare_networks(before: NetworkFacts, after: NetworkFacts) -> NetworkComparison:
    """Compares the connections of two networks that were computed in the same way.

    Args:
        before: connections of the base.
        after: connections of the change.
    """
    return NetworkComparison(
        opened=_more(after, before),
        closed=_more(before, after),
        differences=[message for message in after.differences if message not in before.differences],
    )


def _more(first: NetworkFacts, second: NetworkFacts) -> list[PathChange]:
    places = {place for pair in second.pairs for place in pair}
    changes: list[PathChange] = []
    for (source, destination), ports in first.pairs.items():
        more = difference(_ranges(ports), _ranges(second.pairs.get((source, destination), NOTHING)))
        if more:
            new = not {source, destination} <= places
            changes.append(PathChange(source=source, destination=destination, ports=spoken(more), new_place=new))
    return sorted(changes, key=lambda change: (change.new_place, change.source, change.destination))


def _ranges(ports: Sequence[tuple[int, int]]) -> Ranges:
    return tuple((low, high) for low, high in ports)
