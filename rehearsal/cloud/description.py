"""The note a running cloud leaves in the state directory, `cloud.json`, by which others find and recognise it."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

NAME: Final = "cloud.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Description:
    """A running cloud: its process, its identity, where it listens (region or `global` -> URL)."""

    pid: int
    instance: str
    key: str
    """Proves to the control endpoint that the caller may read this file."""
    management_account: str
    endpoints: Mapping[str, str]

    @classmethod
    def read(cls, state: Path) -> Self | None:
        """The description in a state directory; None when there is none that can be read."""
        try:
            data: dict[str, Any] = json.loads((state / NAME).read_text())
            return cls(**data)
        except (OSError, ValueError, TypeError):
            return None

    def write(self, state: Path) -> None:
        """Put the description in place in one step, readable by its owner only."""
        temporary = state / f".{NAME}.{self.pid}"
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(asdict(self), indent=2) + "\n")
        temporary.replace(state / NAME)

    def remove(self, state: Path) -> None:
        """Take the description away, unless another cloud has put its own there."""
        result = Description.read(state)
        if result is not None and result.instance == self.instance:
            (state / NAME).unlink(missing_ok=True)


def alive(pid: int) -> bool:
    """Return whether a process exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
