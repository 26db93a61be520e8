"""A difference between the deployed and the declared network, with what causes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from inspection.network.routing import Hop


class DifferenceKind(StrEnum):
    """Kinds of differences between the deployed and the declared network."""

    LEAK = "leak"
    """Reachable, and not declared."""
    MISSING = "missing"
    """Declared, and not reachable; or not from every zone."""
    ROUTE = "route"
    """A way to a VPC that nothing was declared to take; filters may still stop it today."""
    GROUP = "group"
    """A security group lets in more than was declared; routing may still stop it today."""
    ENDPOINT = "endpoint"
    """An endpoint whose policy allows everything."""
    OVERLAP = "overlap"
    """Two networks that a Transit Gateway joins share addresses."""
    LAYER = "layer"
    """A layer of the network that no longer holds; another one may still stop packets today."""
    INVARIANT = "invariant"
    """What no configuration may allow."""
    UNREAD = "unread"
    """A part of the network that could not be read: the result is incomplete."""
    UNKNOWN = "unknown"
    """A route to something this model does not know, or a VPC that nobody declared."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A difference, with the path or rule that causes it."""

    sort: DifferenceKind
    source: str
    destination: str
    message: str
    because: Sequence[Hop] = ()

    def __str__(self) -> str:
        return f"{self.sort}: {self.source} → {self.destination}: {self.message}"


def difference(sort: DifferenceKind, names: tuple[str, str], message: str, because: Sequence[Hop] = ()) -> Difference:
    """A difference between two places."""
    return Difference(sort=sort, source=names[0], destination=names[1], message=message, because=because)
