"""The declared resources of a zone, and how one is read from AWS."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class DeclaredResource:
    """A resource that the program declares, that a stack's state has, or both."""

    urn: str
    type: str
    """Pulumi's type token: `aws:s3/bucket:Bucket`."""
    stack: str
    account: str
    """Account id; empty while it is not known."""
    region: str
    declared: Mapping[str, Any] | None
    """Declared properties; None: the state has the resource and the program does not declare it."""
    id: str = ""
    """Its id; empty if it is not deployed."""
    recorded: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Outputs of the last deployment."""
    ignored: Sequence[str] = ()
    """Properties whose differences the program ignores (`ignoreChanges`)."""
    secret: frozenset[str] = frozenset()
    """Properties whose values must not be shown."""
    default_tags: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.rpartition("::")[2]

    @property
    def arn(self) -> str:
        """ARN, or the id of a resource that has none; empty if it is not deployed."""
        return str(self.recorded.get("arn") or self.id)


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployedResource:
    """A resource as AWS has it."""

    properties: Mapping[str, Any]
    """The declared properties with AWS's values."""
    others: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Properties that could be declared and are not, with AWS's values."""
    inner: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Path of a member of a declared property that is not declared itself -> AWS's value."""


class UnreadResourceError(Exception):
    """A resource could not be read; the message has AWS's error code."""


class ResourceSource(Protocol):
    """Reads deployed resources: from AWS, from the emulated AWS, or from exported state."""

    def readable(self, type_: str) -> bool:
        """Whether resources of a type can be read."""
        ...

    def read(self, resource: DeclaredResource) -> DeployedResource | None:
        """A deployed resource; None if there is none of its id.

        Raises:
            UnreadResourceError: it cannot be read.
        """
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Unread:
    """A part of the zone that could not be read, which makes a result incomplete."""

    account: str
    region: str
    what: str
    """Service and operation, or resource."""
    error: str
