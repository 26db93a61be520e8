"""Values that a rule reads: property trees in which a value may be unknown (in a preview) or absent."""

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, Final


class _Marker(Enum):
    UNKNOWN = "unknown until the update"
    ABSENT = "absent"


UNKNOWN: Final = _Marker.UNKNOWN
"""A value that exists but is not known yet: an output of a resource that a preview has not created."""
ABSENT: Final = _Marker.ABSENT
"""No value was given."""

Props = Mapping[str, Any]
"""A resource's properties in Pulumi's camelCase names; leaves may be `UNKNOWN`."""


class Problem(str):
    """A problem of a resource, with its property."""

    __slots__ = ()


class Undecided(Problem):
    """The rule depends on a value that is unknown in the preview: it is decided at `up`, before the resource exists."""

    __slots__ = ()

    @classmethod
    def at(cls, path: str) -> "Undecided":
        """Names the property whose value is not known yet."""
        return cls(f"{path} is not known in the preview; decided at `up`, before the resource is created")


Rule = Callable[[Props], Iterator[Problem]]
"""A rule gives every problem it finds, and none for a compliant resource."""


def lookup(props: Props, path: str) -> Any:
    """The value at a dotted path, `ABSENT` if any step is missing, `UNKNOWN` if any step is unknown."""
    value: Any = props
    for step in path.split("."):
        if value is UNKNOWN:
            return UNKNOWN
        if isinstance(value, list):
            # The provider's single nested blocks come as an object or as a list of one.
            value = value[0] if value else ABSENT
        if not isinstance(value, Mapping) or value.get(step) is None:
            return UNKNOWN if value is UNKNOWN else ABSENT
        value = value[step]
    return value


def items(value: Any) -> list[Any]:
    """A value as a list: absent is empty, one object is a list of one; unknown stays one unknown element."""
    if value is ABSENT or value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
