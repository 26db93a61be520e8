"""Child processes of the engine: a clean environment, and their output as messages.

With a preloaded process (`rehearsal.preload`), a child is forked from it instead of started.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Final, Protocol

from rehearsal.preload import Child, Preload, Start

# What only the engine itself needs to know.
_WITHHELD: Final = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_ACCESS_TOKEN")


class Process(Protocol):
    """A child process: `subprocess.Popen`, or one that was forked."""

    @property
    def stdin(self) -> IO[bytes] | None:
        """Its standard input."""
        ...

    @property
    def stdout(self) -> IO[bytes] | None:
        """Its standard output."""
        ...

    @property
    def stderr(self) -> IO[bytes] | None:
        """Its standard error."""
        ...

    @property
    def returncode(self) -> int | None:
        """Exit status; None while it runs."""
        ...

    def poll(self) -> int | None:
        """Return the exit status, or None while it runs."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, `timeout` seconds at most."""
        ...

    def terminate(self) -> None:
        """Send SIGTERM."""
        ...

    def kill(self) -> None:
        """Send SIGKILL."""
        ...


class _Forked:
    """A process that was forked, with its streams."""

    def __init__(self, preload: Preload, start: Start, pass_fds: Sequence[int]) -> None:
        pipes = [os.pipe() for _ in range(3)]
        (read_in, write_in), (read_out, write_out), (read_error, write_error) = pipes
        self.stdin: IO[bytes] | None = os.fdopen(write_in, "wb")
        self.stdout: IO[bytes] | None = os.fdopen(read_out, "rb")
        self.stderr: IO[bytes] | None = os.fdopen(read_error, "rb")
        try:
            self._child: Child = preload.start(start, (read_in, write_out, write_error, *pass_fds))
        except BaseException:
            for stream in (self.stdin, self.stdout, self.stderr):
                stream.close()
            raise
        finally:
            for descriptor in (read_in, write_out, write_error):
                os.close(descriptor)
        self.poll, self.wait = self._child.poll, self._child.wait
        self.terminate, self.kill = self._child.terminate, self._child.kill

    @property
    def returncode(self) -> int | None:
        return self._child.returncode


def environment() -> dict[str, str]:
    """Return the environment of children: that of this process without the passphrases of the state."""
    return {key: value for key, value in os.environ.items() if key not in _WITHHELD}


def start(
    arguments: Sequence[str],
    *,
    cwd: Path,
    extra_environment: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
    preload: Preload | None = None,
) -> Process:
    """Start a Python script, unbuffered, its three streams piped.

    Args:
        arguments: path of the script, and its arguments.
        cwd: working directory.
        extra_environment: variables added to `environment()`.
        pass_fds: descriptors that the child keeps.
        preload: process to fork the child from; None: a new interpreter.
    """
    variables = {**environment(), **(extra_environment or {})}
    if preload is not None:
        program = Start(
            program=arguments[0],
            arguments=arguments[1:],
            working_directory=str(cwd),
            environment=variables,
            descriptors=(0, 1, 2, *pass_fds),
        )
        return _Forked(preload, program, pass_fds)
    return subprocess.Popen(  # noqa: S603 - this interpreter, with a script of the engine's own
        [sys.executable, "-u", *arguments],
        cwd=cwd,
        env=variables,
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


def stop(process: Process, *, grace: float = 2.0) -> None:
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
