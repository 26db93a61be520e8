"""How an emulated type is declared: what creates, reads, updates and deletes it, and what is odd about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rehearsal.provider.values import Values

if TYPE_CHECKING:
    from rehearsal.provider.work import Work

Step = Callable[["Work"], Any]
"""Code for what no declaration says; gets the work at hand."""


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Emulated:
    """One emulated resource type.

    Parameters of every operation are found by name: each member of its input that a property has the name of, or that
    `names` (API's name -> property) or `fixed` (API's name -> value) says. Operations are botocore's method names.
    """

    type: str
    service: str
    create: str | Step
    read: str | Step
    id: str
    """Template of the id over the properties, inputs and outputs: `{name}`, `{policyId}:{targetId}`."""
    result: str = "@"
    """Where the reading operation's answer has the resource (JMESPath); nothing there means: there is none."""
    outputs: Mapping[str, str] = field(default_factory=dict)
    """Property -> JMESPath over the whole answer, for what is not found by name."""
    made: str = "@"
    """Where the creating operation's answer has what the id is made of (JMESPath)."""
    names: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    update: str | tuple[Call, ...] | Step = ""
    """Operations for what changed; `put` is creating again; nothing means that every change replaces."""
    delete: str | Step = ""
    forces: frozenset[str] = frozenset()
    """Properties that cannot be changed in place."""
    keep: frozenset[str] = frozenset()
    """Properties that the API does not tell."""
    tags: Tagging | None = None
    prepare: Callable[["Work", Values], Values] | None = None
    """Changes the property values before parameters are made of them."""
    finish: Callable[["Work", Values], Values] | None = None
    """Changes the outputs after they were read."""
    tidy: Step | None = None
    """What must go before the resource can be deleted."""
    after: Step | None = None
    """What else must be done when it was created."""
    exclusive: bool = False
    """The name is taken until the old one is gone: replacements delete first."""
    optional: bool = False
    """An empty configuration: the API answers the same whether the resource is there or not, so it always is."""


def on(*properties: str) -> frozenset[str]:
    """A set of property names."""
    return frozenset(properties)
