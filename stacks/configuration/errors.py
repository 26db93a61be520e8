"""What is wrong in the configuration, said to the person who wrote it: file, key, value, what is allowed."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One wrong value."""

    path: tuple[str | int, ...]
    """Steps to the value from the top of the settings, for example `("accounts", "ml-dev", "email")`."""
    message: str

    @property
    def key(self) -> str:
        """The path as people write it: `accounts.ml-dev.email`."""
        return ".".join(str(step) for step in self.path)


class SettingsError(pulumi.RunError):
    """The configuration is refused; nothing was deployed.

    A `RunError`, so that Pulumi prints the message without a traceback.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(lines))
