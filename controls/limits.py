"""AWS Organizations' limits on policies, as data with defaults that configuration may override."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from controls.model import PolicyType


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """AWS's limits of one policy type."""

    policies: int
    """Policies attached directly to one target."""
    characters: int
    """Size of one policy's document."""
    reserved: int = 0
    """Policies of AWS's own that count against `policies`: FullAWSAccess, RCPFullAWSAccess."""


DEFAULT_LIMITS: Final[Mapping[PolicyType, Limit]] = MappingProxyType(
    {
        PolicyType.SCP: Limit(policies=10, characters=10_240, reserved=1),
        PolicyType.RCP: Limit(policies=5, characters=5_120, reserved=1),
        PolicyType.DECLARATIVE_EC2: Limit(policies=10, characters=10_000),
        PolicyType.TAG: Limit(policies=10, characters=10_000),
        PolicyType.BACKUP: Limit(policies=10, characters=10_000),
        PolicyType.AI_OPT_OUT: Limit(policies=5, characters=2_500),
    }
)
"""Source: Organizations User Guide, "Quotas and service limits"; SCPs as raised in May 2026 (5 and 5,120 before)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """All limits the compiler obeys."""

    by_type: Mapping[PolicyType, Limit] = field(default_factory=lambda: DEFAULT_LIMITS)
    description: int = 512
    """Characters of a policy's description."""
    name: int = 128
    """Characters of a policy's name."""

    def of(self, policy_type: PolicyType) -> Limit:
        """The limit for a policy type."""
        return self.by_type[policy_type]
