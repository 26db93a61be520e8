"""Counts the running calls of a server, so that it can be closed after the last one."""

import threading

from rehearsal.engine.errors import CancelledError


class RunningCalls:
    """Counts running calls; after `close` it admits no more."""

    def __init__(self) -> None:
        self._inside = 0
        self._closed = False
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        with self._changed:
            if self._closed:
                raise CancelledError("the program has ended")
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()

    def close(self) -> None:
        """Admit no more calls and wait for the running ones."""
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: self._inside == 0)
