"""Child processes of the engine: a clean environment, and their output as messages."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Final

# What only the engine itself needs to know.
_WITHHELD: Final = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_ACCESS_TOKEN")


def start(
    arguments: Sequence[str],
    *,
    cwd: Path,
    extra_environment: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start this Python with `arguments`, unbuffered, its three streams piped."""
    environment = {key: value for key, value in os.environ.items() if key not in _WITHHELD}
    environment.update(extra_environment or {})
    return subprocess.Popen(  # noqa: S603 - this interpreter, with a script of the engine's own
        [sys.executable, "-u", *arguments],
        cwd=cwd,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=pass_fds,
        # Ctrl-C is for the engine to handle: its children finish what they are at.
        start_new_session=True,
    )


def pump(stream: IO[bytes], take: Callable[[str], None]) -> threading.Thread:
    """Pass each line of a stream to `take`, in a thread that ends with the stream."""

    def work() -> None:
        for line in stream:
            take(line.decode(errors="replace").rstrip("\n"))
        stream.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def stop(process: subprocess.Popen[bytes], *, grace: float = 2.0) -> None:
    """End a child: close its input, which asks it to end, and kill it if it does not."""
    if process.stdin and not process.stdin.closed:
        process.stdin.close()
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(grace)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
