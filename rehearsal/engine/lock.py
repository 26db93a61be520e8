"""One run at a time per stack: an advisory file lock, which the kernel releases when the process ends."""

import fcntl
import json
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rehearsal.engine.errors import StackLockedError

_POLL_SECONDS: Final = 0.1


@contextmanager
def held(path: Path, stack: str, *, wait: float = 0.0) -> Generator[None, None, None]:
    """Hold the stack's lock file; `wait` is how many seconds to wait for another run to end.

    Raises StackLockedError, naming the process that holds it and since when.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _acquire(handle, path, stack, time.monotonic() + wait)
        os.ftruncate(handle, 0)
        note = {"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
        os.pwrite(handle, json.dumps(note).encode(), 0)
        yield
    finally:
        os.close(handle)


def _acquire(handle: int, path: Path, stack: str, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() < deadline:
                time.sleep(_POLL_SECONDS)
                continue
            raise StackLockedError(
                f"stack {stack!r} is in use by {_holder(handle)} ({path}): wait for it to end"
            ) from error
        return


def _holder(handle: int) -> str:
    try:
        note = json.loads(os.pread(handle, 4096, 0) or b"{}")
    except ValueError:
        note = {}
    return f"process {note.get('pid', '?')} since {note.get('since', '?')}"
