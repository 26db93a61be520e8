"""The vocabulary of declarations: operations, settings, lists, attributes, tags."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiCall:
    """An operation of the API."""

    op: str
    """botocore's method name."""
    on: frozenset[str] = frozenset()
    """In an update: the operation is called when one of these properties changed; empty: after any change."""
    by: Mapping[str, str] | None = None
    """Parameter -> property, of all parameters. None: parameters with the names of properties."""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Parameter -> value."""
    templates: Mapping[str, str] = field(default_factory=dict)
    """Parameter -> text in which `$name` stands for the value of a property, `$accountId` or `$region`."""
    lists: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """In an update: list property -> parameters that take the added and the removed items."""
    service: str = ""
    """Service of the operation; empty: the type's own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Switch(ApiCall):
    """A Boolean property with one operation per value: `op` when it is true or not set."""

    property: str
    off: str
    """Operation when the property is false."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Find(ApiCall):
    """A reading operation, and the part of its response that is the resource."""

    at: str = "@"
    """JMESPath of the resource, or of the list that contains it."""
    matching: Mapping[str, str] = field(default_factory=dict)
    """Member of a list's item -> property that it equals; the first such item is the resource."""
    filters: Mapping[str, str] = field(default_factory=dict)
    """EC2 filter -> property."""
    paged: bool = False
    """Whether all pages of the listing are read."""
    deleted_states: frozenset[str] = frozenset()
    """States (lower case) in which the resource no longer exists."""
    state: str = "State"
    """Member with the state."""
    exists: str = ""
    """JMESPath over the resource; without a result the resource does not exist."""
    merge: tuple[str, ...] = ()
    """JMESPath of structures whose members belong to the resource itself."""
    echo: frozenset[str] = frozenset()
    """Properties that the response lacks: their values are those of the request."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """Properties that are set by operations of their own, after the creation and after a change."""

    on: frozenset[str]
    set: str
    """Operation when the properties have values."""
    unset: str | ApiCall = ""
    """Operation when a change removes the values. It restores the default of AWS."""
    by: Mapping[str, str] | None = None
    """Parameter -> property, of both operations. None: parameters with the names of properties."""
    at_creation: bool = True
    """False: the creating operation itself takes the properties."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Items:
    """A list property whose items are added and removed with one operation per item.

    A value that is not a list is one item: `vpcId` of an internet gateway.
    """

    property: str
    add: str
    remove: str
    parameter: str
    """Parameter of both operations that takes the item."""
    by: Mapping[str, str]
    """Other parameters of both operations -> property."""
    at_creation: bool = True
    """False: the creating operation takes the items itself."""
    single: bool = False
    """The resource can have one item only: the old one is removed first, and before the resource is deleted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attributes:
    """Properties that the API takes as a map of attribute names to texts."""

    names: Mapping[str, str]
    """Property -> attribute. The creating operation takes them in its parameter `Attributes`."""
    set: str = ""
    """Operation that changes attributes; empty: the `update` of the type changes them."""
    by: Mapping[str, str] = field(default_factory=dict)
    """Other parameters of this operation -> property."""
    each: bool = False
    """The operation takes one attribute per call, as `AttributeName` and `AttributeValue`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tagging:
    """The operations for tags. `at`: JMESPath of the tags in the reading operation's response."""

    add: str
    remove: str
    read: str = ""
    at: str = "Tags"


def on(*properties: str) -> frozenset[str]:
    """Return a set of property names."""
    return frozenset(properties)
