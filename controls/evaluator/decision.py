"""The answer to "may this request happen": yes or no, and because of what."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How AWS documents the end of an evaluation."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicitly denied"
    IMPLICIT_DENY = "implicitly denied"


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """A statement that matched the request."""

    layer: str
    """Where its policy stands: `SCP on Workloads/ML-Prod`, `identity policy`, `permissions boundary` …"""
    policy: str
    sid: str

    def __str__(self) -> str:
        return f"{self.layer}: {self.policy}, {self.sid}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """The outcome with the statements that decided it."""

    outcome: Outcome
    because: tuple[Match, ...] = ()
    """All explicit denies, or the allows that were needed."""
    missing: str = ""
    """For an implicit deny, the layer in which nothing allows the request."""

    @property
    def allowed(self) -> bool:
        """Whether the request goes through."""
        return self.outcome is Outcome.ALLOWED

    def __str__(self) -> str:
        reason = "; ".join(map(str, self.because)) or (f"nothing allows it in: {self.missing}" if self.missing else "")
        return f"{self.outcome}{f' ({reason})' if reason else ''}"
