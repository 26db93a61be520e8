"""The record of a cloud's decisions: counts by operation, actions by principal, and the last denials."""

import threading
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Mapping
from typing import Any, Final, Literal, get_args

from rehearsal.cloud.authorization.denials import Denial
from rehearsal.cloud.requests import ParsedRequest

Kind = Literal["decided", "denied", "approximated", "undecided", "uncomputed"]
DENIALS: Final = 1000
"""How many denials are kept; the oldest are discarded."""


class Record:
    """Everything that is known about past decisions; safe to share by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[Kind, Counter[tuple[str, str, str]]] = {kind: Counter() for kind in get_args(Kind)}
        self._used: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._denials: OrderedDict[str, Denial] = OrderedDict()

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

    def count_unrecognized(self, service: str, operation: str) -> None:
        """Counts a request that botocore's models do not describe: moto answers it, and nothing decides it.

        Args:
            service: name that the request is signed with.
            operation: method and path, or target.
        """
        with self._lock:
            self._counts["undecided"][service, operation, "not in the model of the service"] += 1

    def use(self, principal: str, action: str) -> None:
        """Counts an action that was allowed.

        Args:
            principal: ARN of the role or user.
            action: `service:Action`.
        """
        with self._lock:
            self._used[principal][action] += 1

    def keep(self, denial: Denial) -> None:
        """Keeps a denial; discards the oldest one when there are more than DENIALS."""
        with self._lock:
            self._denials[denial.request_id] = denial
            while len(self._denials) > DENIALS:
                self._denials.popitem(last=False)

    def used(self) -> Mapping[str, Mapping[str, int]]:
        """Principal ARN -> action -> number of times that it was allowed."""
        with self._lock:
            return {principal: dict(counts) for principal, counts in self._used.items()}

    def denial(self, request_id: str) -> Denial | None:
        """The denial of a request; None when it was not denied, or the denial was discarded."""
        with self._lock:
            return self._denials.get(request_id)

    def denials(self) -> list[Denial]:
        """The denials that are kept, the newest first."""
        with self._lock:
            return list(reversed(self._denials.values()))

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
