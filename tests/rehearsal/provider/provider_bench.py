"""An engine's side of the protocol, as small as a test needs it: one connection, one configuration."""

import itertools
import threading
from concurrent import futures
from typing import Any, Self

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2_grpc, plugin_pb2, provider_pb2, provider_pb2_grpc

from rehearsal.provider.values import Values, read, write

_names = itertools.count(1)
Failures = list[tuple[str, str]]


class FakeEngine(engine_pb2_grpc.EngineServicer):
    """Keeps what the provider says."""

    def __init__(self) -> None:
        self.logs: list[tuple[str, str]] = []
        self.server = grpc.server(futures.ThreadPoolExecutor(2))
        engine_pb2_grpc.add_EngineServicer_to_server(self, self.server)
        self.address = f"127.0.0.1:{self.server.add_insecure_port('127.0.0.1:0')}"
        self.server.start()

    def Log(  # noqa: N802 - Pulumi's name
        self, request: Any, context: Any
    ) -> Any:
        self.logs.append((request.urn, request.message))
        return empty_pb2.Empty()


class Client:
    """One connection to the provider."""

    def __init__(self, address: str, *, engine: str = "") -> None:
        self._channel = grpc.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1)])
        self.stub: Any = provider_pb2_grpc.ResourceProviderStub(self._channel)
        self._lock = threading.Lock()
        if engine:
            self.stub.Attach(plugin_pb2.PluginAttach(address=engine))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._channel.close()

    def configure(self, inputs: Values, *, stack: str = "test") -> None:
        urn = f"urn:pulumi:{stack}::project::pulumi:providers:aws::provider"
        self.stub.Configure(provider_pb2.ConfigureRequest(urn=urn, args=write(inputs), acceptSecrets=True))

    def check_config(self, inputs: Values) -> Failures:
        answer = self.stub.CheckConfig(provider_pb2.CheckRequest(news=write(inputs)))
        return [(failure.property, failure.reason) for failure in answer.failures]

    def diff_config(self, old: Values, new: Values) -> Any:
        return self.stub.DiffConfig(provider_pb2.DiffRequest(olds=write(old), old_inputs=write(old), news=write(new)))

    def check(self, urn: str, news: Values, olds: Values | None = None) -> tuple[Values, Failures]:
        answer = self.stub.Check(provider_pb2.CheckRequest(urn=urn, news=write(news), olds=write(olds or {})))
        return read(answer.inputs), [(failure.property, failure.reason) for failure in answer.failures]

    def checked(self, urn: str, news: Values, olds: Values | None = None) -> Values:
        inputs, failures = self.check(urn, news, olds)
        assert failures == []
        return inputs

    def diff(self, resource: "CreatedResource", news: Values) -> Any:
        return self.stub.Diff(
            provider_pb2.DiffRequest(
                urn=resource.urn,
                id=resource.id,
                olds=write(resource.outputs),
                old_inputs=write(resource.inputs),
                news=write(news),
            )
        )

    def create(self, urn: str, inputs: Values) -> "CreatedResource":
        answer = self.stub.Create(provider_pb2.CreateRequest(urn=urn, properties=write(inputs)))
        return CreatedResource(urn, answer.id, inputs, read(answer.properties))

    def preview(self, urn: str, inputs: Values) -> Values:
        return read(
            self.stub.Create(provider_pb2.CreateRequest(urn=urn, properties=write(inputs), preview=True)).properties
        )

    def make(self, token: str, news: Values, name: str | None = None) -> "CreatedResource":
        """Check and create, as an engine does."""
        urn = urn_of(token, name)
        return self.create(urn, self.checked(urn, news))

    def read(self, resource: "CreatedResource") -> "CreatedResource | None":
        answer = self.stub.Read(
            provider_pb2.ReadRequest(
                urn=resource.urn, id=resource.id, properties=write(resource.outputs), inputs=write(resource.inputs)
            )
        )
        if not answer.id:
            return None
        return CreatedResource(resource.urn, answer.id, read(answer.inputs), read(answer.properties))

    def update(self, resource: "CreatedResource", news: Values, *, preview: bool = False) -> "CreatedResource":
        answer = self.stub.Update(
            provider_pb2.UpdateRequest(
                urn=resource.urn,
                id=resource.id,
                olds=write(resource.outputs),
                old_inputs=write(resource.inputs),
                news=write(news),
                preview=preview,
            )
        )
        return CreatedResource(resource.urn, resource.id, news, read(answer.properties))

    def delete(self, resource: "CreatedResource") -> None:
        self.stub.Delete(
            provider_pb2.DeleteRequest(
                urn=resource.urn, id=resource.id, properties=write(resource.outputs), old_inputs=write(resource.inputs)
            )
        )

    def invoke(self, token: str, args: Values) -> Values:
        return read(getattr(self.stub.Invoke(provider_pb2.InvokeRequest(tok=token, args=write(args))), "return"))


class CreatedResource:
    """A resource as the engine's checkpoint has it."""

    def __init__(self, urn: str, id_: str, inputs: Values, outputs: Values) -> None:
        self.urn, self.id, self.inputs, self.outputs = urn, id_, inputs, outputs

    def __repr__(self) -> str:
        return f"CreatedResource({self.urn}, {self.id}, {self.outputs})"


def urn_of(token: str, name: str | None = None) -> str:
    return f"urn:pulumi:test::project::{token}::{name or f'thing-{next(_names)}'}"


def error(raised: Any) -> str:
    """The message of a gRPC error."""
    return str(raised.value.details())
