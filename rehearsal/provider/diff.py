"""Compares old inputs with new ones, property by property, and says what changes and what forces a replacement."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from rehearsal.provider.values import SIGNATURE, any_unknown, same

Change = Literal["add", "delete", "update"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """What changes: path -> kind; `changed` are top-level properties, `replaces` those that force replacement."""

    paths: Mapping[str, Change] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    replaces: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.changed)


def difference(
    old: Mapping[str, Any], new: Mapping[str, Any], *, forces: frozenset[str], ignore: frozenset[str] = frozenset()
) -> Difference:
    """How new inputs differ from old ones; `forces` are the properties that cannot be changed in place."""
    paths: dict[str, Change] = {}
    changed: set[str] = set()
    for name in sorted(old.keys() | new.keys()):
        if name.startswith("__") or name in ignore:
            continue
        changes = dict(_paths(old.get(name), new.get(name), name))
        if changes:
            changed.add(name)
            paths |= changes
    return Difference(paths=paths, changed=frozenset(changed), replaces=frozenset(changed & forces))


def _paths(old: Any, new: Any, path: str) -> Iterator[tuple[str, Change]]:
    if not any_unknown(new) and (same(old, new) or _same_content(old, new)):
        return
    if (old, new) in ((None, False), (False, None)):
        return  # Terraform's state has false for a boolean that is not set
    if isinstance(old, dict) and isinstance(new, dict) and SIGNATURE not in new:
        for key in sorted(old.keys() | new.keys()):
            yield from _paths(old.get(key), new.get(key), f"{path}.{key}" if key.isidentifier() else f'{path}["{key}"]')
    elif isinstance(old, list) and isinstance(new, list) and _objects(old) and _objects(new):
        for index in range(max(len(old), len(new))):
            before = old[index] if index < len(old) else None
            after = new[index] if index < len(new) else None
            yield from _paths(before, after, f"{path}[{index}]")
    elif old is None:
        yield path, "add"
    elif new is None:
        yield path, "delete"
    else:
        yield path, "update"


def _same_content(old: Any, new: Any) -> bool:
    """Whether two assets or archives have the same hash: where their files are does not matter, as in the CLI."""
    signed = isinstance(old, dict) and isinstance(new, dict) and old.get(SIGNATURE) == new.get(SIGNATURE) is not None
    return signed and bool(new.get("hash")) and old.get("hash") == new.get("hash")


def _objects(values: list[Any]) -> bool:
    return all(isinstance(item, dict) for item in values)
