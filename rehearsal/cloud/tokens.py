"""Answers of requests that carried a client token, so that a repeated request is answered and not carried out again."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

HEADER: Final = "x-rehearsal-token"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """An HTTP answer, whole."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


@dataclass(kw_only=True, slots=True)
class _Slot:
    lock: threading.Lock = field(default_factory=threading.Lock)
    answer: Answer | None = None


class Tokens:
    """One response per client token; a repeated request waits until the first request has ended."""

    def __init__(self) -> None:
        self._slots: dict[str, _Slot] = {}
        self._lock = threading.Lock()

    @contextmanager
    def slot(self, token: str) -> Generator[_Slot]:
        """Hold a token's slot. The caller sets `answer` when the request succeeded: failures may be tried again."""
        with self._lock:
            slot = self._slots.setdefault(token, _Slot())
        with slot.lock:
            yield slot
