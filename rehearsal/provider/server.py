"""Serves Pulumi's `ResourceProvider` protocol for `aws`; every connection has a configuration of its own."""

import importlib.metadata
import json
import logging
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2
from google.rpc import code_pb2, status_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from rehearsal.cloud import Credentials, Endpoints
from rehearsal.provider import config, functions
from rehearsal.provider.diff import difference
from rehearsal.provider.engine_log import EngineLog
from rehearsal.provider.errors import HalfDoneError, RefusedError
from rehearsal.provider.ledger import Ledger
from rehearsal.provider.package_schema import package_schema
from rehearsal.provider.resource_request import ResourceRequest
from rehearsal.provider.resources import Resources
from rehearsal.provider.values import any_unknown, read, same, write
from rehearsal.provider.web_identity import WebIdentity

log = logging.getLogger(__name__)

THREADS: Final = 32
_SIZE: Final = 400 * 1024 * 1024
_REPLACED: Final = "rehearsal-replaced-bin"
"""Metadata with which the rehearsal's engine names the resource that a new one replaces."""
_KINDS: Final = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """The provider's gRPC service. Unconfigured connections can only call methods that need no account."""

    def __init__(self, endpoints: Endpoints, ledger: Ledger, web_identity: WebIdentity | None = None) -> None:
        self._endpoints = endpoints
        self._web_identity = web_identity
        self._resources = Resources(endpoints, ledger)
        self._configured: dict[str, config.Configured] = {}
        self._engines: dict[str, str] = {}
        self._log = EngineLog()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """Return the version of the SDK that this provider belongs to."""
        del request, context
        return plugin_pb2.PluginInfo(version=importlib.metadata.version("pulumi-aws"))

    def Handshake(self, request: Any, context: Any) -> Any:
        """Record the engine of this connection."""
        self._engines[context.peer()] = request.engine_address
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=False, accept_resources=False)

    def Attach(self, request: Any, context: Any) -> Any:
        """Record the engine of this connection, which attaches to a running provider."""
        self._engines[context.peer()] = request.address
        return empty_pb2.Empty()

    def GetSchema(self, request: Any, context: Any) -> Any:
        """Return the schema of the emulated types, by which `pulumi import` writes a program."""
        del request
        with _answering(context, "the provider's schema"):
            document = package_schema(importlib.metadata.version("pulumi-aws"))
            return provider_pb2.GetSchemaResponse(schema=json.dumps(document))

    def CheckConfig(self, request: Any, context: Any) -> Any:
        """Refuse settings that the AWS provider does not have."""
        with _answering(context, "the provider's configuration"):
            inputs = read(request.news)
            return provider_pb2.CheckResponse(inputs=write(inputs), failures=_failures(config.problems(inputs)))

    def DiffConfig(self, request: Any, context: Any) -> Any:
        """Compare two configurations: another account or region replaces the provider and all its resources."""
        with _answering(context, "the provider's configuration"):
            old, new = read(request.old_inputs) or read(request.olds), read(request.news)
            difference_ = difference(old, new, forces=frozenset(config.REPLACING), ignore=frozenset({"version"}))
            replaces = [
                name
                for name in difference_.replaces
                if name in old and not any_unknown(new.get(name)) and not same(old[name], new.get(name))
            ]
            return provider_pb2.DiffResponse(
                changes=_some(bool(difference_)), diffs=sorted(difference_.changed), replaces=sorted(replaces)
            )

    def Configure(self, request: Any, context: Any) -> Any:
        """Assume the configured roles and check the account."""
        with _answering(context, "the provider's configuration"):
            inputs = read(request.args)
            variables = {key.rpartition(":")[2]: value for key, value in request.variables.items()}
            self._configured[context.peer()] = config.configure(
                {**variables, **inputs}, self._endpoints, lambda region: self._start(request.urn, region)
            )
            return provider_pb2.ConfigureResponse(
                acceptSecrets=False, supportsPreview=True, acceptResources=False, acceptOutputs=False
            )

    def Check(self, request: Any, context: Any) -> Any:
        """Check and complete a resource's inputs."""
        with _answering(context, request.urn):
            inputs, failures = self._resources.planner.check(
                self._resource_request(request, context), read(request.olds), read(request.news)
            )
            return provider_pb2.CheckResponse(inputs=write(inputs), failures=_failures(failures))

    def Diff(self, request: Any, context: Any) -> Any:
        """Compare a resource's state with its new inputs."""
        with _answering(context, request.urn):
            difference_, first_delete = self._resources.diff(
                self._resource_request(request, context),
                old_inputs=read(request.old_inputs),
                olds=read(request.olds),
                news=read(request.news),
                ignore=frozenset(request.ignoreChanges),
            )
            detailed = {
                path: provider_pb2.PropertyDiff(kind=_KINDS[kind, _top(path) in difference_.replaces], inputDiff=True)
                for path, kind in difference_.paths.items()
            }
            return provider_pb2.DiffResponse(
                changes=_some(bool(difference_)),
                diffs=sorted(difference_.changed),
                replaces=sorted(difference_.replaces),
                detailedDiff=detailed,
                hasDetailedDiff=True,
                deleteBeforeReplace=first_delete,
            )

    def Create(self, request: Any, context: Any) -> Any:
        """Create a resource; in a preview, return the outputs that are known before it is created."""
        with _answering(context, request.urn):
            resource_request, inputs = self._resource_request(request, context), read(request.properties)
            if request.preview:
                return provider_pb2.CreateResponse(
                    properties=write(self._resources.planner.preview(resource_request, inputs))
                )
            id_, outputs = self._resources.create(resource_request, inputs)
            return provider_pb2.CreateResponse(id=id_, properties=write(outputs))

    def Read(self, request: Any, context: Any) -> Any:
        """Read a resource."""
        with _answering(context, request.urn):
            state = self._resources.read(
                self._resource_request(request, context), read(request.inputs), read(request.properties)
            )
            if state is None:
                return provider_pb2.ReadResponse()
            id_, outputs, inputs = state
            return provider_pb2.ReadResponse(id=id_, properties=write(outputs), inputs=write(inputs))

    def Update(self, request: Any, context: Any) -> Any:
        """Update a resource in place."""
        with _answering(context, request.urn):
            outputs = self._resources.update(
                self._resource_request(request, context),
                old_inputs=read(request.old_inputs),
                olds=read(request.olds),
                news=read(request.news),
                preview=request.preview,
            )
            return provider_pb2.UpdateResponse(properties=write(outputs))

    def Delete(self, request: Any, context: Any) -> Any:
        """Delete a resource."""
        with _answering(context, request.urn):
            self._resources.delete(
                self._resource_request(request, context), read(request.old_inputs), read(request.properties)
            )
            return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:
        """Call a function."""
        with _answering(context, request.tok):
            result = functions.invoke(request.tok, read(request.args), self._endpoints, self._who(context, request.tok))
            answer: dict[str, Any] = {"return": write(result)}
            return provider_pb2.InvokeResponse(**answer)

    def Cancel(self, request: Any, context: Any) -> Any:
        """Do nothing: no operation runs long enough to be cancelled."""
        del request, context
        return empty_pb2.Empty()

    def _start(self, urn: str, region: str) -> Credentials | None:
        return self._web_identity.credentials(urn, region, self._endpoints) if self._web_identity is not None else None

    def _resource_request(self, request: Any, context: Any) -> ResourceRequest:
        engine = self._engines.get(context.peer(), "")
        return ResourceRequest(
            urn=request.urn,
            id=getattr(request, "id", ""),
            replaced=_replaced(context),
            configured=self._who(context, request.urn),
            show=lambda message: self._log.warn(engine, request.urn, message),
        )

    def _who(self, context: Any, operation: str) -> config.Configured:
        configured = self._configured.get(context.peer())
        if configured is None:
            raise RefusedError(f"{operation}: the AWS provider was not configured on this connection")
        return configured


def serve(endpoints: Endpoints, ledger: Ledger, web_identity: WebIdentity | None = None) -> tuple[grpc.Server, int]:
    """Serve on a free port of the loopback interface; returns the server and the port."""
    return serve_with(Servicer(endpoints, ledger, web_identity))


def serve_with(servicer: Servicer) -> tuple[grpc.Server, int]:
    """Serve with a servicer on a free port of the loopback interface; returns the server and the port."""
    server = grpc.server(
        ThreadPoolExecutor(THREADS, thread_name_prefix="provider"),
        options=[("grpc.max_receive_message_length", _SIZE), ("grpc.max_send_message_length", _SIZE)],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


@contextmanager
def _answering(context: Any, about: str) -> Generator[None]:
    try:
        yield
    except HalfDoneError as error:
        details = provider_pb2.ErrorResourceInitFailed(
            id=error.id, properties=write(error.outputs), inputs=write(error.inputs), reasons=[str(error)]
        )
        status = status_pb2.Status(code=code_pb2.UNKNOWN, message=str(error))
        status.details.add().Pack(details)
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(grpc.StatusCode.UNKNOWN, str(error))
    except RefusedError as error:
        context.abort(grpc.StatusCode.UNKNOWN, str(error))
    except Exception as error:
        log.exception("%s", about)
        context.abort(grpc.StatusCode.INTERNAL, f"{about}: the rehearsal's AWS provider failed: {error!r}")


def _replaced(context: Any) -> str:
    return next((value.decode() for key, value in context.invocation_metadata() if key == _REPLACED), "")


def _failures(failures: list[tuple[str, str]]) -> list[provider_pb2.CheckFailure]:
    return [provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in failures]


def _some(changes: bool) -> Any:
    return provider_pb2.DiffResponse.DIFF_SOME if changes else provider_pb2.DiffResponse.DIFF_NONE


def _top(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]
