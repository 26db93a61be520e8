"""A part of an existing organisation, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["adopt", "change", "create", "keep", "conflict", "unknown"]
"""`adopt`: imported as it is. `change`: imported, then changed to what the settings say. `create`: does not exist.
`keep`: not managed, and left alone. `conflict`: the deployment would fail. `unknown`: AWS could not be read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A part of the organisation."""

    kind: str
    """For example `account`."""
    name: str
    found: str
    """What AWS has."""
    outcome: Outcome
    remedy: str = ""
    """What happens, or what to do; empty when nothing is to be said."""
    configuration: Mapping[tuple[str, ...], Any] = field(default_factory=dict[tuple[str, ...], Any])
    """Path of a key in `Pulumi.yaml` -> value to set before the deployment; lists are added to those of other parts."""
