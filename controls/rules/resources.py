"""The resource that a check reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from controls.rules.values import ABSENT, UNKNOWN, Props, lookup


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """A resource of the stack, as a check reads it."""

    type: str
    name: str
    urn: str
    props: Props
    protect: bool = False
    provider: Props = field(default_factory=dict[str, Any])
    """Properties of the resource's provider: its region, its default tags."""
    depends: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """Property name -> URNs of the resources whose outputs it uses; known in previews, when values are not."""

    @property
    def region(self) -> Any:
        """The region the resource is created in: its own, or its provider's; `ABSENT` if neither says."""
        own = lookup(self.props, "region")
        return lookup(self.provider, "region") if own is ABSENT or own is UNKNOWN else own

    def tags(self) -> Mapping[str, Any]:
        """The resource's tags over its provider's default tags."""
        merged: dict[str, Any] = {}
        for source in (lookup(self.provider, "defaultTags.tags"), lookup(self.props, "tags")):
            if isinstance(source, Mapping):
                merged.update(source)
        return merged

    def tag(self, key: str) -> Any:
        """The value of a tag: `ABSENT` without it, `UNKNOWN` when the resource's own tags are not known yet.

        While its own tags are unknown, a default tag of the provider says nothing: the resource may override it.
        """
        own = lookup(self.props, "tags")
        if own is UNKNOWN:
            return UNKNOWN
        if isinstance(own, Mapping) and own.get(key) is not None:
            return own[key]
        return lookup(self.provider, f"defaultTags.tags.{key}")
