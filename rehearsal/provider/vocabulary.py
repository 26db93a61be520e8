"""The vocabulary of declarations that contains no code: operations of an update, tagging, sets of properties."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One operation of an update: made when one of these properties changed (any, when none are named)."""

    op: str
    on: frozenset[str] = frozenset()
    fixed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tagging:
    """The operations for tags. `at`: where the reading operation's answer has them (JMESPath)."""

    add: str
    remove: str
    read: str = ""
    at: str = "Tags"


def on(*properties: str) -> frozenset[str]:
    """A set of property names."""
    return frozenset(properties)
