"""A stopped listener refuses connections at once, keeps its port, and listens on it again."""

import socket
from collections.abc import Iterable
from typing import Any

import pytest

from rehearsal.cloud.listeners import HOST, Listeners

ROUNDS = 40
"""The listening socket was closed late in one of three stops."""


def application(_: Any, start: Any) -> Iterable[bytes]:
    start("200 OK", [("Content-Length", "2")])
    return [b"ok"]


def test_stopped_listener_refuses_connections_and_keeps_its_port() -> None:
    listeners = Listeners(application, ["us-east-1"], None)
    port = listeners.ports["us-east-1"]
    try:
        for _ in range(ROUNDS):
            socket.create_connection((HOST, port)).close()
            listeners.stop("us-east-1")
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((HOST, port))
            with socket.socket() as other, pytest.raises(OSError, match="in use"):
                other.bind((HOST, port))
            listeners.start("us-east-1")
        assert listeners.ports["us-east-1"] == port
    finally:
        listeners.close()
