"""Sends messages to the user through the engine that the provider serves."""

import logging
import threading
from typing import Any

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

log = logging.getLogger(__name__)


class EngineLog:
    """A gRPC channel per connected engine."""

    def __init__(self) -> None:
        self._stubs: dict[str, Any] = {}
        self._lock = threading.Lock()

    def warn(self, address: str, urn: str, message: str) -> None:
        """Show a warning about a resource; without an engine it goes to the provider's log."""
        if not address:
            log.warning("%s: %s", urn, message)
            return
        with self._lock:
            if address not in self._stubs:
                self._stubs[address] = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))
            stub = self._stubs[address]
        request = engine_pb2.LogRequest(severity=engine_pb2.LogSeverity.WARNING, message=message, urn=urn)
        try:
            stub.Log(request, timeout=5)
        except grpc.RpcError as error:
            log.warning("%s: %s (the engine does not listen: %s)", urn, message, error)
