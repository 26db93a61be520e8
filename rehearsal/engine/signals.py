"""Signals: the first Ctrl-C or SIGTERM interrupts a run, the second ends it at once."""

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def heeded(interrupt: Callable[[], None]) -> Generator[None, None, None]:
    """Call `interrupt` at the first signal, raise KeyboardInterrupt at the second; in the main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    output = False

    def heed(_: int, __: FrameType | None) -> None:
        nonlocal output
        if output:
            raise KeyboardInterrupt
        output = True
        interrupt()

    before = {number: signal.signal(number, heed) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
