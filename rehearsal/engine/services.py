"""Pulumi's `Engine` gRPC service for log messages, and servers on the loopback interface."""

from collections.abc import Callable
from concurrent import futures
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from rehearsal.engine.events import Severity
from rehearsal.engine.provider_client import MAX_MESSAGE

_SEVERITIES: Final[tuple[Severity, ...]] = ("debug", "info", "warning", "error")


# The protocol gives each method a request and a context, needed or not: hence the ARG002s.
class EngineService(engine_pb2_grpc.EngineServicer):
    """Receives log messages and the root resource; also serves policy packs and providers."""

    def __init__(self, log: Callable[[Severity, str, str, bool], None]) -> None:
        self._log = log
        self._root = ""

    def Log(self, request: engine_pb2.LogRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: ARG002
        """Publish a log message."""
        self._log(_SEVERITIES[request.severity], request.message, request.urn, request.ephemeral)
        return empty_pb2.Empty()

    def GetRootResource(self, request: Any, context: grpc.ServicerContext) -> engine_pb2.GetRootResourceResponse:  # noqa: ARG002
        """Return the URN of the stack's root resource."""
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    def SetRootResource(self, request: Any, context: grpc.ServicerContext) -> engine_pb2.SetRootResourceResponse:  # noqa: ARG002
        """Record the root resource."""
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()


def serve(*, parallel: int) -> tuple[grpc.Server, str]:
    """Create a server on a free port of the loopback interface; returns it, not started, and its address."""
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=parallel * 4 + 8),
        options=[("grpc.max_receive_message_length", MAX_MESSAGE), ("grpc.max_send_message_length", MAX_MESSAGE)],
    )
    port = server.add_insecure_port("127.0.0.1:0")
    return server, f"127.0.0.1:{port}"
