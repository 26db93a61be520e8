"""The plan of a sandbox beside those of staging: what differs, apart from names and sizes."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.recorder import Recording

OTHER_REGION: Final = "us-west-2"
_CIDR: Final = re.compile(r"\b(?:10|192\.168)(?:\.\d{1,3}){2,3}/\d{1,2}")
_STATEMENTS: Final = ("NobodyDeletes",)
"""Statements that a bucket of records has and a sandbox has not; `test_sandbox_stack` looks at them."""
_PARTS: Final = re.compile(r"^(teams-.*-rights)-\d+$")
"""Managed policies of one role, among which its statements are divided by their size."""

Key = tuple[str, str]
"""Type and name of a resource."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A property that differs."""

    type: str
    name: str
    property: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """Two plans, resource by resource."""

    only_sandbox: Sequence[Key]
    only_staging: Sequence[Key]
    differences: Sequence[Difference]


def compare(
    sandbox: Recording, staging: Sequence[Recording], names: Mapping[str, str], staging_names: Mapping[str, str]
) -> Comparison:
    """Compares the resources of a sandbox with those of staging in the same region.

    Args:
        sandbox: the stack `sandbox-<name>`.
        staging: the stacks `data-staging` and `ml-staging`.
        names: what the sandbox's own names are replaced by: its account, its tags, its environment.
        staging_names: the same of staging.
    """
    own = _normalised([sandbox], names)
    other = _normalised(staging, staging_names)
    return Comparison(
        only_sandbox=sorted(set(own) - set(other)),
        only_staging=sorted(key for key in set(other) - set(own) if OTHER_REGION not in key[1]),
        differences=[
            Difference(type=key[0], name=key[1], property=name)
            for key in sorted(set(own) & set(other))
            for name in sorted({*own[key], *other[key]})
            if own[key].get(name) != other[key].get(name)
        ],
    )


def _normalised(recordings: Sequence[Recording], names: Mapping[str, str]) -> dict[Key, dict[str, Any]]:
    resources: dict[Key, dict[str, Any]] = {}
    for recording in recordings:
        for resource in recording.resources:
            if not resource.type.startswith("aws:"):
                continue
            inputs = {name: _plain(value, names) for name, value in resource.inputs.items()}
            part = _PARTS.match(resource.name) if resource.type.endswith("policy:Policy") else None
            key = (resource.type, part[1] if part else resource.name)
            if key in resources:
                inputs["policy"] = _merged(resources[key]["policy"], inputs["policy"])
            if part:
                inputs = {"policy": inputs["policy"]}
            resources[key] = inputs
    return resources


def _merged(first: Any, second: Any) -> Any:
    statements = {statement["Sid"]: dict(statement) for statement in first["Statement"]}
    for statement in second["Statement"]:
        known = statements.setdefault(statement["Sid"], dict(statement))
        known["Resource"] = sorted({*_items(known["Resource"]), *_items(statement["Resource"])})
    return {**first, "Statement": [statements[sid] for sid in sorted(statements)]}


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _plain(value: Any, names: Mapping[str, str]) -> Any:
    """A value without the other region, with names and addresses replaced, policies as documents."""
    if isinstance(value, str):
        if value.startswith('{"'):
            return _plain(_document(json.loads(value)), names)
        for old, new in names.items():
            value = re.sub(old, new, value)
        return _CIDR.sub("CIDR", value)
    if isinstance(value, list):
        plain = [_plain(item, names) for item in value if OTHER_REGION not in str(item)]
        return sorted(plain, key=str)
    if isinstance(value, dict):
        return {key: _plain(item, names) for key, item in value.items()}
    return value


def _document(document: Any) -> Any:
    if "Statement" not in document or not isinstance(document["Statement"], list):
        return document
    kept = [statement for statement in document["Statement"] if statement.get("Sid") not in _STATEMENTS]
    return {**document, "Statement": sorted(_by_sid(kept), key=lambda statement: str(statement.get("Sid")))}


def _by_sid(statements: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for statement in statements:
        resource = statement.get("Resource")
        here = [item for item in _items(resource) if OTHER_REGION not in str(item)]
        yield {**statement, **({"Resource": sorted(here, key=str)} if resource is not None else {})}
