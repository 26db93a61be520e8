"""The result of compilation: policies, their targets, and the remaining capacity per target."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from controls.limits import Limits
from controls.model import PolicyType


@dataclass(frozen=True, kw_only=True, slots=True)
class CompiledPolicy:
    """An organisation policy, ready to be created and attached."""

    name: str
    policy_type: PolicyType
    description: str
    content: str
    """Minified JSON."""
    targets: Sequence[str]
    """OU paths; `/` is the root."""
    controls: Sequence[str]
    """Ids of the controls whose statements are in it."""
    sids: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RemainingSpace:
    """Used share of one policy type's limits at one target, by directly attached policies."""

    target: str
    policy_type: PolicyType
    policies: int
    policies_limit: int
    characters: int
    """Free characters, summed over the policies attached and those that still could be."""
    largest: int
    """Characters of the largest statement that still fits into one policy."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CompiledPolicies:
    """All policies of a zone, in packing order."""

    policies: Sequence[CompiledPolicy]
    limits: Limits

    @property
    def by_name(self) -> Mapping[str, CompiledPolicy]:
        """Policy name -> policy."""
        return {policy.name: policy for policy in self.policies}

    def at(self, target: str, policy_type: PolicyType) -> Sequence[CompiledPolicy]:
        """The policies of a type attached directly to a target."""
        return [policy for policy in self.policies if policy.policy_type is policy_type and target in policy.targets]

    def room(self) -> Sequence[RemainingSpace]:
        """Return the remaining space at every target with a policy."""
        places = sorted({(target, policy.policy_type) for policy in self.policies for target in policy.targets})
        return [self._room(target, policy_type) for target, policy_type in places]

    def _room(self, target: str, policy_type: PolicyType) -> RemainingSpace:
        limit, attached = self.limits.of(policy_type), self.at(target, policy_type)
        used = len(attached) + limit.reserved
        free = sum(limit.characters - len(policy.content) for policy in attached)
        return RemainingSpace(
            target=target,
            policy_type=policy_type,
            policies=used,
            policies_limit=limit.policies,
            characters=free + (limit.policies - used) * limit.characters,
            largest=limit.characters if used < limit.policies else _largest_gap(attached, limit.characters),
        )


def _largest_gap(attached: Sequence[CompiledPolicy], limit: int) -> int:
    """Return the most characters that are free in one of the attached policies."""
    return max((limit - len(policy.content) for policy in attached), default=0)
