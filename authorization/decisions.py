"""The decision on a request, with the statements that decided it."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """Outcomes of a policy evaluation, in AWS's terms."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicitly denied"
    IMPLICIT_DENY = "implicitly denied"


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """A statement that applies to the request."""

    layer: str
    """Kind of policy and where it is attached: `SCP on Workloads/ML-Prod`, `identity policy`, `resource policy`."""
    policy: str
    """Name of the policy."""
    sid: str
    """The statement's `Sid`, or `statement N` if it has none."""

    def __str__(self) -> str:
        return f"{self.layer}: {self.policy}, {self.sid}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """The outcome of an evaluation and the statements that decided it."""

    outcome: Outcome
    because: tuple[Match, ...] = ()
    """Every Deny statement that applies, or the Allow statement of each layer that has to allow the request."""
    missing: str = ""
    """For an implicit deny: the layer in which no statement allows the request."""

    @property
    def allowed(self) -> bool:
        """Whether the request is allowed."""
        return self.outcome is Outcome.ALLOWED

    def __str__(self) -> str:
        reason = "; ".join(map(str, self.because)) or (f"nothing allows it in: {self.missing}" if self.missing else "")
        return f"{self.outcome}{f' ({reason})' if reason else ''}"
