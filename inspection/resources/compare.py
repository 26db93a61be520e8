"""Compares every property of every declared resource with what is deployed."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from inspection.observation import Kind, Observation
from inspection.resources.declared import (
    DeclaredResource,
    DeployedResource,
    ResourceSource,
    Unread,
    UnreadResourceError,
)
from inspection.resources.meaning import PropertyDifference, property_differences, same_meaning
from inspection.resources.place import shortened

AREA: Final = "resources"
NOT_RETURNED: Final = Path(__file__).with_name("not_returned.csv")
"""Properties that no reading operation returns, or not as they were set: type, property, reason."""
DEFAULTS: Final = Path(__file__).with_name("defaults.csv")
"""Members that AWS adds to declared properties: type, path, value, reason."""
AT_ONCE: Final = 16
COMPANIONS: Final[Mapping[str, tuple[str, str]]] = {
    "aws:sns/topicPolicy:TopicPolicy": ("arn", "policy"),
    "aws:sqs/queuePolicy:QueuePolicy": ("queueUrl", "policy"),
    "aws:kms/keyPolicy:KeyPolicy": ("keyId", "policy"),
    "aws:secretsmanager/secretPolicy:SecretPolicy": ("secretArn", "policy"),
}
"""Type that declares a property of another resource -> its property that names the resource, and that property."""
_TAGS: Final = frozenset({"tags", "tagsAll"})


@dataclass(kw_only=True, slots=True)
class Comparison:
    """The result of comparing resources."""

    observations: list[Observation] = field(default_factory=list[Observation])
    unread: list[Unread] = field(default_factory=list[Unread])
    not_compared: Counter[str] = field(default_factory=Counter[str])
    """Resource type that cannot be read -> number of its resources."""
    not_returned: Counter[str] = field(default_factory=Counter[str])
    """Type and property that AWS does not return -> number of resources that declare it."""
    properties: int = 0
    """Number of properties that were compared."""


def compare(
    resources: Sequence[DeclaredResource], source: ResourceSource, tell: Callable[[int, int], None] = lambda *_: None
) -> Comparison:
    """Compares resources, several at once.

    Args:
        resources: the declared resources, and those that only the state has.
        source: reads the deployed ones.
        tell: is told the number of resources compared so far, and of all.
    """
    comparison = Comparison()
    elsewhere = declared_elsewhere(resources)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        parts = pool.map(lambda resource: _compared(resource, source, elsewhere), resources)
        for number, part in enumerate(parts, start=1):
            comparison.observations += part.observations
            comparison.unread += part.unread
            comparison.not_compared += part.not_compared
            comparison.not_returned += part.not_returned
            comparison.properties += part.properties
            tell(number, len(resources))
    return comparison


def declared_elsewhere(resources: Sequence[DeclaredResource]) -> frozenset[tuple[str, str]]:
    """ARN or id of a resource, and its property that a resource of its own declares: a topic's policy, for example."""
    owners: set[tuple[str, str]] = set()
    for resource in resources:
        rule = COMPANIONS.get(resource.type)
        if rule is not None and resource.declared is not None:
            owners.add((str(resource.declared.get(rule[0])), rule[1]))
    return frozenset(owners)


def _compared(resource: DeclaredResource, source: ResourceSource, elsewhere: frozenset[tuple[str, str]]) -> Comparison:
    part = Comparison()
    if resource.declared is not None and not resource.id:
        part.observations.append(
            _observation(resource, "", "missing", f"a resource of the stack {resource.stack}", "nothing")
        )
        return part
    if not source.readable(resource.type):
        part.not_compared[resource.type] += 1
        if resource.declared is None:
            part.observations.append(_leftover(resource))
        return part
    try:
        deployed = source.read(resource)
    except UnreadResourceError as error:
        what = f"{resource.type} {resource.id}"
        part.unread.append(Unread(account=resource.account, region=resource.region, what=what, error=str(error)))
        return part
    if resource.declared is None:
        if deployed is not None:
            part.observations.append(_leftover(resource))
    elif deployed is None:
        part.observations.append(_observation(resource, "", "missing", resource.id, "nothing"))
    else:
        part.properties = len(resource.declared)
        part.observations += _properties(resource, deployed, part, elsewhere)
    return part


def _leftover(resource: DeclaredResource) -> Observation:
    return _observation(
        resource, "", "undeclared", "nothing", f"{resource.id}, which stack {resource.stack} does not declare any more"
    )


def _properties(
    resource: DeclaredResource, deployed: DeployedResource, part: Comparison, elsewhere: frozenset[tuple[str, str]]
) -> Iterator[Observation]:
    as_declared = True
    for difference in resource_differences(resource, deployed):
        if difference.deployed is None and _is_not_returned(resource, difference):
            part.not_returned[f"{resource.type} {_plain(difference.path)}"] += 1
            continue
        if {(resource.id, difference.path), (resource.arn, difference.path)} & elsewhere:
            continue
        as_declared = False
        yield _observation(
            resource,
            difference.path,
            "undeclared" if difference.declared is None else "differs",
            _text(difference.declared),
            _text(difference.deployed),
        )
    if as_declared:
        yield _observation(resource, "", "same", "as declared", "as declared")


def resource_differences(resource: DeclaredResource, deployed: DeployedResource) -> Iterator[PropertyDifference]:
    """The properties of a resource that are not as declared; secret properties are not compared.

    A property that could be declared and is not counts when AWS's value is another one than at the last deployment; a
    member of a declared property counts when it is not AWS's default.

    Args:
        resource: the declared resource.
        deployed: the resource as AWS has it.
    """
    declared = resource.declared or {}
    ignored = {_plain(path) for path in resource.ignored} | resource.secret
    for name in sorted(declared):
        if name.startswith("__") or (name == "tags" and "tagsAll" in declared):
            continue
        for difference in property_differences(declared[name], deployed.properties.get(name), name):
            if not _covered(difference.path, ignored):
                yield difference
    for name, value in sorted(deployed.others.items()):
        unset = name not in resource.recorded and not value
        if name in _TAGS or unset or _covered(name, ignored) or same_meaning(resource.recorded.get(name), value):
            continue
        yield PropertyDifference(path=name, declared=None, deployed=value)
    for path, value in sorted(deployed.inner.items()):
        expected = default_values().get((resource.type, _plain(path)))
        usual = expected is not None and (expected == "*" or same_meaning(expected, value))
        if not usual and not _covered(path, ignored):
            yield PropertyDifference(path=path, declared=None, deployed=value)


@cache
def default_values() -> Mapping[tuple[str, str], str]:
    """Type and path of a member -> the value that AWS gives it when it is not declared; `*` for any value."""
    with DEFAULTS.open(encoding="utf-8", newline="") as text:
        return {(row["type"], row["property"]): row["value"] for row in csv.DictReader(text)}


@cache
def not_returned() -> Mapping[str, frozenset[str]]:
    """Type -> paths of properties that AWS does not return as they were set; list positions are written `[]`."""
    paths: dict[str, set[str]] = {}
    with NOT_RETURNED.open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            paths.setdefault(row["type"], set()).add(row["property"])
    return {type_: frozenset(entries) for type_, entries in paths.items()}


def _is_not_returned(resource: DeclaredResource, difference: PropertyDifference) -> bool:
    """Whether a value is absent because AWS does not return it: it is listed, or the resource was read by it."""
    parts = {resource.id, resource.arn, *re.split("[:/,|]", resource.id)}
    by_id = isinstance(difference.declared, str) and difference.declared in parts
    return by_id or _covered(difference.path, not_returned().get(resource.type, frozenset()))


def _covered(path: str, entries: AbstractSet[str]) -> bool:
    plain = _plain(path)
    return any(plain == entry or plain.startswith((f"{entry}.", f"{entry}[")) for entry in entries)


def _plain(path: str) -> str:
    """A path without positions in lists."""
    return re.sub(r"\[\d+\]", "[]", path)


def _observation(resource: DeclaredResource, path: str, kind: Kind, expected: str, actual: str) -> Observation:
    return Observation(
        area=AREA,
        subject=f"{resource.stack} {resource.type} {resource.name}{f' {path}' if path else ''}",
        expected=expected,
        found=actual,
        ok=kind == "same",
        kind=kind,
        type=resource.type,
        arn=resource.arn,
        account=resource.account,
        region=resource.region,
        stack=resource.stack,
        property=path,
    )


def _text(value: Any) -> str:
    return "nothing" if value is None else shortened(value)
