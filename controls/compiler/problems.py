"""Errors of compilation: all at once, each with control, target, size and limit."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class CompileProblem:
    """A reason why the guardrails cannot be compiled."""

    subject: str
    """The control or policy, for example `control F7`."""
    target: str
    """The OU path, or the targets joined, that it was meant for."""
    message: str

    def __str__(self) -> str:
        return f"{self.subject} on {self.target}: {self.message}"


class CompileError(Exception):
    """The guardrails do not fit AWS's limits, or the zone's OUs; nothing was deployed."""

    def __init__(self, problems: Sequence[CompileProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("the guardrails cannot be compiled:\n" + "\n".join(f"  {problem}" for problem in problems))
