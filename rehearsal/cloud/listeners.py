"""The sockets of the cloud: one a region and one for global services, each of which can be taken away and put back."""

import contextlib
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import ThreadedWSGIServer

from rehearsal.cloud.errors import CloudError
from rehearsal.cloud.partition import GLOBAL

HOST = "127.0.0.1"


class _Handler(MotoRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's signature
        """Keep quiet: requests are many and say nothing to people."""


class _Server(ThreadedWSGIServer):
    daemon_threads = True
    request_queue_size = 256

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's signature
        """Keep quiet, dropped connections included: that is how a lost region looks."""


class Listeners:
    """One server per name (`global` or a region). The server of a stopped region refuses connections."""

    def __init__(self, app: Callable[..., Any], regions: Sequence[str], port: int | None) -> None:
        self._app = app
        self._servers: dict[str, _Server] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._reserved: dict[str, socket.socket] = {}
        self.ports: dict[str, int] = {}
        for offset, name in enumerate((GLOBAL, *regions)):
            self._listen(name, 0 if port is None else port + offset)

    def urls(self) -> dict[str, str]:
        """Name -> URL, of listeners that are up and of those that are down."""
        return {name: f"http://{HOST}:{port}" for name, port in self.ports.items()}

    def stop(self, name: str) -> None:
        """Stop listening; connections are refused, and no other program gets the port."""
        server = self._servers.pop(name, None)
        if server is not None:
            server.shutdown()
            self._threads.pop(name).join()  # the thread closes the listening socket when it ends
            server.server_close()
            with contextlib.suppress(OSError):  # without it, another program may get the port
                self._reserved[name] = _bound(self.ports[name])

    def start(self, name: str) -> None:
        """Listen again, where it was before."""
        if name not in self._servers:
            self._listen(name, self.ports[name])
            if name in self._reserved:
                self._reserved.pop(name).close()

    def close(self) -> None:
        """Stop them all."""
        for name in list(self._servers):
            self.stop(name)
        for reserved in self._reserved.values():
            reserved.close()

    def _listen(self, name: str, port: int) -> None:
        try:
            server = _Server(HOST, port, self._app, handler=_Handler)
        except (OSError, SystemExit) as error:
            raise CloudError(
                f"the emulated cloud cannot listen on {HOST}:{port} ({name}): the port is in use; "
                "choose another with --port, or none for free ones"
            ) from error
        self._servers[name] = server
        self.ports[name] = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), name=f"listen-{name}", daemon=True)
        thread.start()
        self._threads[name] = thread


def _bound(port: int) -> socket.socket:
    """A socket that has a port and does not listen; a server of this process can listen on the port beside it."""
    reserved = socket.socket()
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind((HOST, port))
    return reserved
