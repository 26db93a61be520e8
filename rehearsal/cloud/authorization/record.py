"""Counts the requests of a rehearsal: decided, denied, approximated and undecided, by operation."""

import threading
from collections import Counter
from typing import Any, Literal, get_args

from rehearsal.cloud.requests import ParsedRequest

Kind = Literal["decided", "denied", "approximated", "undecided", "uncomputed"]


class Record:
    """Counts by service and operation; safe to share by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[Kind, Counter[tuple[str, str, str]]] = {kind: Counter() for kind in get_args(Kind)}

    def count(self, kind: Kind, request: ParsedRequest, reason: str = "") -> None:
        """Counts a request.

        Args:
            kind: allowed; denied by a policy; allowed although its resource could not be read from it; carried out
                without a decision; or refused because a condition key is not computed.
            request: the request.
            reason: why it was not decided, or the condition key.
        """
        with self._lock:
            self._counts[kind][request.service, request.operation, reason] += 1

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
