"""Resources of exported state, with their properties as text."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from inspection.exported import exported_values


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """A resource of a checkpoint."""

    type: str
    id: str
    values: Mapping[str, Any]

    def text(self, key: str) -> str:
        """A property as text; empty if it is not there."""
        value = self.values.get(key)
        return value if isinstance(value, str) else ""

    def texts(self, *keys: str) -> list[str]:
        """Those of several properties that are there, lists flattened."""
        texts: list[str] = []
        for key in keys:
            value = self.values.get(key)
            texts += [value] if isinstance(value, str) and value else []
            texts += [str(item) for item in value] if isinstance(value, list) else []
        return texts

    def tag(self, key: str) -> str:
        """A tag, also one that the provider adds to everything; empty if it is not there."""
        every = [self.values.get(name) for name in ("tagsAll", "tags")]
        return next((str(tags[key]) for tags in every if isinstance(tags, Mapping) and key in tags), "")


class Resources:
    """Resources by type, `ec2/vpc` for `aws:ec2/vpc:Vpc`."""

    def __init__(self, entries: Iterable[Mapping[str, Any]]) -> None:
        self._by_type: dict[str, list[Resource]] = {}
        for entry in entries:
            kind = str(entry["type"])
            if kind.startswith("aws:"):
                values = exported_values(entry)
                resource = Resource(type=kind.split(":")[1], id=str(entry.get("id", "")), values=values)
                self._by_type.setdefault(resource.type, []).append(resource)

    def of(self, *types: str) -> Iterator[Resource]:
        """All resources of some types."""
        for kind in types:
            yield from self._by_type.get(kind, ())


def region(arn: str) -> str:
    """The region that an ARN names."""
    parts = arn.split(":")
    return parts[3] if len(parts) > 3 else ""  # noqa: PLR2004 - an ARN's fourth field is its region
