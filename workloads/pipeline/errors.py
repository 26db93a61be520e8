"""Failures of a step: what happened, what to do, and the exit code of the command."""

from typing import Final

USAGE: Final = 2
"""Exit code: a wrong option, configuration or key file."""
REJECTED: Final = 3
"""Exit code: the data must not be used (schema, quality, leakage, PHI, labels)."""
INTEGRITY: Final = 4
"""Exit code: an object is missing or its SHA-256 differs from the recorded one."""
BUSY: Final = 5
"""Exit code: another run uses the same output folder."""


class StepError(Exception):
    """A step that stopped for a reason the user can act on.

    Args:
        reason: what happened and where, as full sentences, without values of the data.
        action: what to do next.
        code: exit code of the command line.
    """

    def __init__(self, reason: str, *, action: str, code: int = REJECTED) -> None:
        super().__init__(reason)
        self.reason = reason
        self.action = action
        self.code = code
