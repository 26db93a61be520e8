"""A record of the requests that reached the cloud, the lost regions' included: what a drill is judged by."""

import threading
import time
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any, Final

_MOST: Final = 200_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A request. `lost`: its region, or its control plane, was down, and it got no answer."""

    at: float
    """Seconds since the epoch."""
    service: str
    operation: str
    region: str
    agent: str
    """User agent of the caller."""
    lost: bool


class Calls:
    """Keeps requests while it is told to; the oldest give way."""

    def __init__(self) -> None:
        self._kept: deque[Call] = deque(maxlen=_MOST)
        self._lock = threading.Lock()
        self.on = False

    def start(self) -> None:
        """Begin anew."""
        with self._lock:
            self._kept.clear()
            self.on = True

    def add(self, *, service: str, operation: str, region: str, agent: str, lost: bool) -> None:
        """Keep one request."""
        with self._lock:
            call = Call(at=time.time(), service=service, operation=operation, region=region, agent=agent, lost=lost)
            self._kept.append(call)

    def taken(self) -> list[dict[str, Any]]:
        """Return the recorded requests."""
        with self._lock:
            return [asdict(entry) for entry in self._kept]
