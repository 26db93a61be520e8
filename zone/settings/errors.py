"""Configuration errors, each with file, key, value and the allowed values."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zone.errors import ZoneError


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """A wrong value."""

    path: tuple[str | int, ...]
    """Steps to the value from the top of the settings, for example `("accounts", "ml-dev", "email")`."""
    message: str

    @property
    def key(self) -> str:
        """The path as people write it: `accounts.ml-dev.email`."""
        return ".".join(str(step) for step in self.path)


class SettingsError(ZoneError):
    """The configuration is not valid. No changes were made."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(lines))


def suggestion(value: str, allowed: Iterable[str]) -> str:
    """` (did you mean 'x'?)` if something allowed is close, else nothing."""
    close = difflib.get_close_matches(value, list(allowed), n=1, cutoff=0.6)
    return f" (did you mean {close[0]!r}?)" if close else ""
