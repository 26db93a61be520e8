"""A replication operation: an object version, a delete marker, or a change of an object's tags or locks."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

Kind = Literal["object", "marker", "change"]


class CopyStatus(StrEnum):
    """The replication status of an object, as S3 names it."""

    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    PENDING = "PENDING"


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """A replication rule of a source bucket, and its destination."""

    account: str
    source: str
    source_region: str
    destination_account: str
    destination: str
    destination_region: str
    rule_id: str
    role: str
    key: str | None
    """KMS key that replicas are encrypted with."""
    encrypted: bool
    """Whether objects under KMS keys are replicated at all."""
    markers: bool
    modifications: bool
    """Whether changes of replicas are replicated as well."""
    metrics: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """A queued replication operation. `queued` in seconds of the monotonic clock, `size` in bytes."""

    kind: Kind
    route: Route
    name: str
    """The object's key."""
    version: Any
    """The emulator's object or delete marker."""
    size: int
    queued: float
