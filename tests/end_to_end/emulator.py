"""Plain moto, without this project's patches, as another AWS emulator."""

import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager

START_TIMEOUT = 300
"""Seconds until moto must listen; generous, because test machines are busy."""


@contextmanager
def moto_server() -> Generator[str]:
    """Runs moto on a free loopback port and gives its URL.

    Raises:
        TimeoutError: moto does not listen within `START_TIMEOUT`.
    """
    with socket.socket() as free_socket:
        free_socket.bind(("127.0.0.1", 0))
        port = free_socket.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for_port(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"moto does not listen on 127.0.0.1:{port} after {START_TIMEOUT} s")
