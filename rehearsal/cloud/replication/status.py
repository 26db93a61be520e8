"""The replication status that the control endpoint returns to drills. Runbooks read CloudWatch and S3."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplicationRule:
    """A rule of a bucket: counts since the start of the emulated cloud, and pending operations."""

    source: str
    destination: str
    rule_id: str
    source_region: str
    destination_region: str
    operations: int
    """Number of pending operations."""
    bytes: int
    latency: float
    """Seconds the oldest has waited."""
    failed: int
    completed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplicationStatus:
    """The status of S3 replication."""

    lag: float
    lags: Mapping[str, float]
    rules: Sequence[ReplicationRule]

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """Parse the control endpoint's response."""
        existing = {field.name for field in fields(ReplicationRule)}
        rules = [ReplicationRule(**{k: v for k, v in rule.items() if k in existing}) for rule in answer["rules"]]
        return cls(lag=answer["lag"], lags=answer["lags"], rules=rules)

    @property
    def backlog(self) -> int:
        """The number of pending operations of all rules."""
        return sum(rule.operations for rule in self.rules)

    @property
    def rpo(self) -> float:
        """The recovery point objective in seconds: the age of the oldest pending operation."""
        return max((rule.latency for rule in self.rules), default=0.0)
