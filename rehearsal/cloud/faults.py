"""Faults that a drill or a test puts into the cloud: errors, slowness, whole services or regions failing."""

import fnmatch
import threading
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(kw_only=True, slots=True)
class Fault:
    """A planted fault: error, place and count. `operation` is `service:Operation`, either part may be a pattern."""

    operation: str
    region: str = "*"
    error: str | None = None
    message: str = "injected by a rehearsal"
    status: int | None = None
    delay: float = 0.0
    """Seconds the answer is held back."""
    times: int | None = None
    """Number of requests that it affects; None: all requests until it is cleared."""
    after: bool = False
    """The request is carried out first and only its answer is lost: what a crash half-way looks like."""

    def meets(self, services: tuple[str, ...], operation: str, region: str) -> bool:
        """Return whether a request is one of those this fault is for."""
        return fnmatch.fnmatch(region, self.region) and any(
            fnmatch.fnmatch(f"{service}:{operation}", self.operation) for service in services
        )


class Faults:
    """The faults in force, in the order in which they were put in."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._faults)

    def add(self, fault: Fault) -> None:
        """Put a fault in."""
        with self._lock:
            self._faults.append(fault)

    def clear(self, region: str = "*") -> None:
        """Take the faults of a region out, or every fault."""
        with self._lock:
            self._faults = [fault for fault in self._faults if region not in ("*", fault.region)]

    def listed(self) -> list[dict[str, Any]]:
        """The faults in force, as JSON values."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def take(self, services: tuple[str, ...], operation: str, region: str) -> Fault | None:
        """The fault that a request meets, if any; counts it."""
        with self._lock:
            for fault in self._faults:
                if fault.meets(services, operation, region):
                    if fault.times is not None:
                        fault.times -= 1
                        if fault.times <= 0:
                            self._faults.remove(fault)
                    return fault
        return None
