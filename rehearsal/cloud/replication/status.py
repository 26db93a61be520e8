"""How replication is, as the control endpoint tells it to drills; runbooks ask CloudWatch and S3 instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplicationRule:
    """One rule of a bucket: counts since the cloud came up, and what waits now."""

    source: str
    destination: str
    rule_id: str
    source_region: str
    destination_region: str
    operations: int
    """How many wait."""
    bytes: int
    latency: float
    """Seconds the oldest has waited."""
    failed: int
    completed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplicationStatus:
    """How S3 replication is."""

    lag: float
    lags: Mapping[str, float]
    rules: Sequence[ReplicationRule]

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """From the control endpoint's answer."""
        existing = {field.name for field in fields(ReplicationRule)}
        rules = [ReplicationRule(**{k: v for k, v in rule.items() if k in existing}) for rule in answer["rules"]]
        return cls(lag=answer["lag"], lags=answer["lags"], rules=rules)

    @property
    def backlog(self) -> int:
        """Operations that wait, of every rule."""
        return sum(rule.operations for rule in self.rules)

    @property
    def rpo(self) -> float:
        """Seconds of writing that would be lost if every source were lost now."""
        return max((rule.latency for rule in self.rules), default=0.0)
