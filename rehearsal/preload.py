"""A process that has imported modules and forks one child per program, so that the child does not import them again.

`python -m rehearsal.preload SOCKET MODULE...` is the process. `start_program` starts a program, which gets the
arguments, the environment, the working directory and the file descriptors of a process of its own. The process ends
when its standard input ends. Imported modules must not start threads: the child has only the thread that forks.
"""

import argparse
import contextlib
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

_LENGTH: Final = struct.Struct("!Q")
_FIRST_FREE: Final = 64
"""Received descriptors move above this number before they get the numbers that the program expects."""
_MAX_DESCRIPTORS: Final = 16
GC_THRESHOLD: Final = 50_000
"""Objects that a program allocates between garbage collections: a recorded stack allocates a million, and with Python's
threshold of 700 the collections take 40 % of its time."""
_ROOT: Final = str(Path(__file__).resolve().parents[1])


class PreloadError(RuntimeError):
    """The process does not start the program."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """A program to start."""

    program: str
    """Name of a module that has a `__main__`, or path of a script that ends in `.py`."""
    arguments: Sequence[str]
    working_directory: str
    environment: Mapping[str, str]
    descriptors: Sequence[int]
    """Numbers of the open file descriptors in the program: 0, 1 and 2 among them."""


class Child:
    """A running program, with the part of `subprocess.Popen` that its users need."""

    def __init__(self, connection: socket.socket) -> None:
        self._answers = connection.makefile("rb")
        self._connection = connection
        self._lock = threading.Lock()
        self.returncode: int | None = None
        """Exit status; negative: number of the signal that ended it. None while it runs."""
        line = self._answers.readline()
        if not line:
            raise PreloadError("the preloaded process ended before it started the program")
        self.pid = int(line)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end of the program.

        Args:
            timeout: seconds to wait at most.

        Returns:
            The exit status.

        Raises:
            subprocess.TimeoutExpired: it still runs.
        """
        with self._lock:
            if self.returncode is None:
                self._connection.settimeout(timeout)
                try:
                    line = self._answers.readline()
                except TimeoutError:
                    # The file refuses every read after a timeout.
                    self._answers = self._connection.makefile("rb")
                    raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0) from None
                self.returncode = int(line) if line else -signal.SIGKILL
                self._answers.close()
                self._connection.close()
            return self.returncode

    def poll(self) -> int | None:
        """Return the exit status, or None while the program runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.wait(0.001)
        return None

    def detach(self) -> None:
        """Follow the program no longer: it runs on, and its exit status stays unknown."""
        with self._lock:
            self._answers.close()
            self._connection.close()

    def terminate(self) -> None:
        """Send SIGTERM."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


class Preload:
    """The process with the imported modules, as its starter holds it."""

    def __init__(
        self, modules: Sequence[str], *, folder: Path | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        """Start the process. It imports in the background; programs that start meanwhile wait for it.

        Args:
            modules: names of modules to import. `module:function` also calls a function without arguments. What
                cannot be imported is left to the programs, whose error tells the reason.
            folder: working directory, where modules are looked for first; default: this process's.
            environment: environment variables; default: this process's.
        """
        variables = dict(environment if environment is not None else os.environ)
        self._folder = tempfile.TemporaryDirectory(prefix="zone-preload-")
        self.socket = Path(self._folder.name) / "socket"
        variables["PYTHONPATH"] = os.pathsep.join(filter(None, (variables.get("PYTHONPATH"), _ROOT)))
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter and this module
            [sys.executable, "-m", "rehearsal.preload", str(self.socket), *modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=folder,
            env=variables,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        with self._process.stdout as pipe:
            listens = pipe.readline()
        if not listens:
            self.close()
            raise PreloadError(f"the preloaded process did not start: status {self._process.wait()}")

    def start(self, start: Start, descriptors: Sequence[int]) -> Child:
        """Start a program; see `start`."""
        return start_program(self.socket, start, descriptors)

    def close(self) -> None:
        """End the process. Programs that run go on."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        """Return the running process."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.close()


def start_program(socket_path: Path, start: Start, descriptors: Sequence[int]) -> Child:
    """Start a program as a child of the preloaded process.

    Args:
        socket_path: socket of the process.
        start: the program.
        descriptors: open file descriptors of the caller, one for each of `start.descriptors`.

    Raises:
        PreloadError: there is no such process, or it ends.
    """
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(socket_path))
        content = json.dumps(asdict(start)).encode()
        socket.send_fds(connection, [_LENGTH.pack(len(content))], list(descriptors))
        connection.sendall(content)
        return Child(connection)
    except OSError as error:
        connection.close()
        raise PreloadError(f"the preloaded process does not answer at {socket_path}: {error}") from error


class _Server:
    """The process itself."""

    def __init__(self, path: str) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen(64)
        self._connections: dict[int, socket.socket] = {}
        """Process -> connection of whoever started it."""
        self._woken, self._waker = socket.socketpair()
        for end in (self._woken, self._waker):
            end.setblocking(False)  # noqa: FBT003 - positional in the standard library

    def serve(self) -> Start | None:
        """Fork a child per request.

        Returns:
            None in the process when its input ends; in a child, the program that it has to run.
        """
        import selectors  # noqa: PLC0415 - imported after the socket listens

        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        with selectors.DefaultSelector() as selector:
            for source in (self._listener, self._woken, sys.stdin.buffer):
                selector.register(source, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is sys.stdin.buffer and not os.read(0, 4096):
                        return None
                    if key.fileobj is self._woken:
                        with contextlib.suppress(BlockingIOError):
                            self._woken.recv(4096)
                        self._reap()
                    elif key.fileobj is self._listener:
                        start = self._accept()
                        if start is not None:
                            return start

    def _accept(self) -> Start | None:
        """Return the program to run, in the child; None in the process."""
        connection, _ = self._listener.accept()
        message, descriptors, *_ = socket.recv_fds(connection, _LENGTH.size, _MAX_DESCRIPTORS)
        content = bytearray()
        if len(message) == _LENGTH.size:
            (length,) = _LENGTH.unpack(message)
            while len(content) < length and (part := connection.recv(length - len(content))):
                content += part
        pid = os.fork() if content else -1
        if pid == 0:
            return self._become(Start(**json.loads(content)), descriptors, connection)
        for descriptor in descriptors:
            os.close(descriptor)
        if pid > 0:
            self._connections[pid] = connection
            with contextlib.suppress(OSError):
                connection.sendall(f"{pid}\n".encode())
        else:
            connection.close()
        return None

    def _become(self, start: Start, descriptors: Sequence[int], connection: socket.socket) -> Start:
        """Make the forked process look like one that was started for the program."""
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        os.setsid()
        for other in (connection, self._listener, self._woken, self._waker, *self._connections.values()):
            other.close()
        self._connections.clear()
        _place(start.descriptors, descriptors)
        os.environ.clear()
        os.environ.update(start.environment)
        os.chdir(start.working_directory)
        return start

    def _reap(self) -> None:
        """Tell the starters of children that ended their exit status."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            connection = self._connections.pop(pid, None)
            if connection is not None:
                with contextlib.suppress(OSError):
                    connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
                connection.close()


def _place(numbers: Sequence[int], received: Sequence[int]) -> None:
    """Give the received descriptors the numbers that the program expects."""
    import fcntl  # noqa: PLC0415 - as in `serve`

    free = max(*numbers, _FIRST_FREE) + 1  # none of the moved descriptors has a number that the program expects
    moved = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, free) for descriptor in received]
    for descriptor in received:
        os.close(descriptor)
    for descriptor, number in zip(moved, numbers, strict=True):
        os.dup2(descriptor, number)
        os.close(descriptor)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(write_through=True)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - as with `python -u`


def _run(start: Start) -> None:
    """Run a program in this process, as `python -u -m MODULE` or `python -u SCRIPT` would."""
    sys.argv = [start.program, *start.arguments]
    if start.program.endswith(".py"):
        sys.path[0] = str(Path(start.program).parent)
        runpy.run_path(start.program, run_name="__main__")
    else:
        sys.path[0] = start.working_directory
        runpy.run_module(start.program, run_name="__main__", alter_sys=True)


def _load(names: Sequence[str]) -> None:
    """Import modules and call functions."""
    for name in names:
        module, _, function = name.partition(":")
        with contextlib.suppress(Exception):
            imported: Any = importlib.import_module(module)
            if function:
                getattr(imported, function)()
    gc.set_threshold(GC_THRESHOLD)
    gc.collect()
    gc.freeze()  # pages of the imported modules stay shared with the children


def main() -> None:
    """Serve until the standard input ends, or run a program in a forked child."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal.preload", description=__doc__)
    parser.add_argument("socket")
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    arguments = parser.parse_args()
    server = _Server(arguments.socket)
    sys.stdout.write("listens\n")
    sys.stdout.flush()
    with Path(os.devnull).open("wb") as nothing:
        os.dup2(nothing.fileno(), 1)
    _load(arguments.modules)
    start = server.serve()
    if start is not None:
        _run(start)


if __name__ == "__main__":
    main()
