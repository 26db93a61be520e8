"""First-fit packing: each statement goes into the first numbered policy that has room for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from controls.compiler.statements import minified

WRAPPER: Final = len(minified({"Version": "2012-10-17", "Statement": []}))


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A rendered statement and the control it belongs to."""

    control: str
    sid: str
    document: Mapping[str, Any]

    @property
    def size(self) -> int:
        """Characters of the statement's minified JSON."""
        return len(minified(self.document))


@dataclass(kw_only=True, slots=True)
class Bin:
    """A policy being filled."""

    items: list[Item] = field(default_factory=list[Item])
    size: int = WRAPPER

    def takes(self, item: Item, limit: int) -> bool:
        """Return whether the statement still fits, with the comma before it."""
        return self.size + item.size + bool(self.items) <= limit

    def add(self, item: Item) -> None:
        """Puts the statement into the policy."""
        self.size += item.size + bool(self.items)
        self.items.append(item)

    @property
    def content(self) -> str:
        """The policy document, minified."""
        return minified({"Version": "2012-10-17", "Statement": [item.document for item in self.items]})


def first_fit(items: Sequence[Item], limit: int) -> tuple[Sequence[Bin], Sequence[Item]]:
    """Packs the items in the given order; also gives those that fit nowhere even alone.

    Where an item goes depends on the items before it only: appending one moves none.
    """
    bins: list[Bin] = []
    too_large: list[Item] = []
    for item in items:
        place = next((candidate for candidate in bins if candidate.takes(item, limit)), None)
        if place is None:
            place = Bin()
            if not place.takes(item, limit):
                too_large.append(item)
                continue
            bins.append(place)
        place.add(item)
    return bins, too_large


def in_packing_order(items: Sequence[Item], order: Sequence[str]) -> list[Item]:
    """Sorts by the recorded order of sids; statements not recorded yet come last, in registry order."""
    position = {sid: index for index, sid in enumerate(order)}
    return sorted(items, key=lambda item: position.get(item.sid, len(order)))
