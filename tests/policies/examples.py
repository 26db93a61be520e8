"""Reads `examples.yaml` of every control: resources that comply with a policy, and changes that make them violate it.

Each entry has `policy`, `compliant` (the resources of a stack) and `violating` (changes; each makes the policy fail):
`{remove_type: TOKEN}` removes all resources of a type, `{resource: INDEX, set: PATH, value: VALUE}` and `{resource:
INDEX, remove: PATH}` change one resource, the first by default. PATH is a dotted path in its properties, or `protect`,
`parent` or `provider`; with `says: TEXT` the violation contains the text. An entry with `forbidden` instead has a
resource of a type that the policy forbids. `!json` marks an object that the resource has as JSON text.
"""

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from controls.registry import folders

ALLOW_ONE = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::records/*"}],
    }
)


@dataclass(frozen=True, kw_only=True)
class Example:
    """A resource of a stack, as the engine passes it to the analyzer."""

    type: str
    name: str = "example"
    props: Mapping[str, Any]
    protect: bool = True
    of: str | None = None
    """Name of the resource that this one belongs to, for stack policies."""
    by: str = "bucket"
    """The property that refers to it."""
    uses: Mapping[str, str] = field(default_factory=dict[str, str])
    """Further properties that refer to resources, by their names."""
    provider: Mapping[str, Any] = field(default_factory=lambda: {"region": "us-east-1"})
    parent: str = ""
    """Type token of the component that it is a child of."""

    @property
    def urn(self) -> str:
        types = f"{self.parent}${self.type}" if self.parent else self.type
        return f"urn:pulumi:test::hipaa-ml::{types}::{self.name}"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change that makes the compliant resources violate the policy."""

    remove_type: str = ""
    resource: int = 0
    path: str = ""
    value: Any = None
    """The new value at the path; `None` removes the property."""
    says: str = ""
    """Text that a violation contains."""

    def apply(self, compliant: Sequence[Example]) -> Sequence[Example]:
        if self.remove_type:
            return [example for example in compliant if example.type != self.remove_type]
        changed = list(compliant)
        example = changed[self.resource]
        if self.path in ("protect", "parent", "provider"):
            changed[self.resource] = replace(example, **{self.path: self.value})
            return changed
        props = copy.deepcopy(dict(example.props))
        target: Any = props
        *parents, last = self.path.split(".")
        for step in parents:
            target = target[int(step)] if isinstance(target, list) else target[step]
        if self.value is None:
            target.pop(last)
        else:
            target[int(last) if isinstance(target, list) else last] = self.value
        changed[self.resource] = replace(example, props=props)
        return changed


@dataclass(frozen=True, kw_only=True)
class Case:
    policy: str
    compliant: Sequence[Example]
    changes: Sequence[Change]


@dataclass(frozen=True, kw_only=True)
class Forbidden:
    """A policy that forbids a resource type, with a resource of the type."""

    policy: str
    resource: Example


class _Loader(yaml.SafeLoader):
    """YAML with the tag `!json`."""


def _json_text(loader: _Loader, node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return json.dumps(loader.construct_mapping(node, deep=True))
    assert isinstance(node, yaml.SequenceNode)
    return json.dumps(loader.construct_sequence(node, deep=True))


_Loader.add_constructor("!json", _json_text)


def _entries() -> Iterator[Mapping[str, Any]]:
    for folder in folders().values():
        file = folder / "examples.yaml"
        if file.exists():
            yield from yaml.load(file.read_text(encoding="utf-8"), _Loader)


def _change(entry: Mapping[str, Any]) -> Change:
    return Change(
        remove_type=entry.get("remove_type", ""),
        resource=entry.get("resource", 0),
        path=entry.get("set") or entry.get("remove", ""),
        value=entry.get("value"),
        says=entry.get("says", ""),
    )


CASES = [
    Case(
        policy=entry["policy"],
        compliant=[Example(**example) for example in entry["compliant"]],
        changes=[_change(change) for change in entry["violating"]],
    )
    for entry in _entries()
    if "compliant" in entry
]
FORBIDDEN = [
    Forbidden(policy=entry["policy"], resource=Example(**entry["forbidden"]))
    for entry in _entries()
    if "forbidden" in entry
]
NOTHING = Example(type="aws:cloudwatch/logGroup:LogGroup", props={})
"""A resource without properties."""
