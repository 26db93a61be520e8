"""Counts the requests of a rehearsal: decided, denied, approximated and undecided, by operation."""

import threading
from collections import Counter
from typing import Any


class Record:
    """Counts by service and operation; safe to share by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, Counter[tuple[str, str, str]]] = {
            name: Counter() for name in ("decided", "denied", "approximated", "undecided", "uncomputed")
        }

    def decided(self, service: str, operation: str) -> None:
        """Counts a request that was allowed."""
        self._add("decided", service, operation, "")

    def denied(self, service: str, operation: str) -> None:
        """Counts a request that was denied."""
        self._add("denied", service, operation, "")

    def approximated(self, service: str, operation: str) -> None:
        """Counts a request whose resource could not be read from it."""
        self._add("approximated", service, operation, "")

    def undecided(self, service: str, operation: str, reason: str) -> None:
        """Counts a request that no policy was asked about."""
        self._add("undecided", service, operation, reason)

    def uncomputed(self, service: str, operation: str, key: str) -> None:
        """Counts a request that was refused because a condition key is not computed."""
        self._add("uncomputed", service, operation, key)

    def summary(self) -> dict[str, Any]:
        """For each kind, the total and the requests by operation, the most frequent first."""
        with self._lock:
            return {
                kind: {
                    "total": counts.total(),
                    "operations": [
                        {"service": service, "operation": operation, "reason": reason, "count": count}
                        for (service, operation, reason), count in counts.most_common()
                    ],
                }
                for kind, counts in self._counts.items()
            }

    def _add(self, kind: str, service: str, operation: str, reason: str) -> None:
        with self._lock:
            self._counts[kind][service, operation, reason] += 1
