"""Names that keep the answer of an earlier moment, as in a resolver or an application that cached it."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence

from rehearsal.cloud.errors import CloudError

Resolve = Callable[[str, str], Sequence[str]]
"""Account and name -> values; raises CloudError for a name without a record."""


class HeldNames:
    """Resolves names, from a copy of all answers while names are held."""

    def __init__(self, resolve: Resolve, names: Callable[[], Sequence[tuple[str, str]]]) -> None:
        self._resolve = resolve
        self._names = names
        self._answers: Mapping[tuple[str, str], Sequence[str]] = {}
        self._until = 0.0
        self._lock = threading.Lock()

    def hold(self, seconds: float) -> None:
        """Keep the present answers for some seconds; 0 ends it."""
        answers: dict[tuple[str, str], Sequence[str]] = {}
        for account, name in self._names():
            try:
                answers[account, name.rstrip(".")] = self._resolve(account, name)
            except CloudError:
                continue
        with self._lock:
            self._answers = answers
            self._until = time.monotonic() + seconds

    def resolve(self, account: str, name: str) -> Sequence[str]:
        """Resolve a name, from the kept answers while names are held."""
        with self._lock:
            held = self._answers.get((account, name.rstrip("."))) if time.monotonic() < self._until else None
        return held if held is not None else self._resolve(account, name)
