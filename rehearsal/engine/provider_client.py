"""A configured connection to a resource provider: the client side of Pulumi's `ResourceProvider` protocol."""

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import grpc
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from rehearsal.engine import urns
from rehearsal.engine.provider_answers import Diff, PartialError, ResourceResult, failure, read_diff
from rehearsal.engine.values import (
    Value,
    Values,
    dereference,
    has_unknowns,
    mark_secrets,
    read_struct,
    reveal,
    write_struct,
)

MAX_MESSAGE: Final = 400 * 1024 * 1024
_OPTIONS: Final = (
    ("grpc.max_receive_message_length", MAX_MESSAGE),
    ("grpc.max_send_message_length", MAX_MESSAGE),
    # Each provider resource has its own connection: the provider tells them apart by their peer.
    ("grpc.use_local_subchannel_pool", 1),
)
_REPLACED: Final = "rehearsal-replaced-bin"
"""Metadata of a request: id of the resource that the checked or created one replaces. Other providers ignore it."""
_HANDSHAKE_SECONDS: Final = 30

Failures = list[tuple[str, str]]  # (property, reason)


class ProviderClient:
    """A configured provider. `slots` limits the concurrent calls, which are timed.

    Every method raises ProviderError when the provider refuses, ConnectionLostError when it went away.
    """

    def __init__(self, address: str, *, slots: threading.Semaphore) -> None:
        self.address = address
        self.configured = False
        self.seconds = 0.0
        self._slots = slots
        self._channel = grpc.insecure_channel(address, options=list(_OPTIONS))
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        self._secrets = self._references = False
        self._previews = False

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def attach(self, engine_address: str) -> None:
        """Send the engine's address: Handshake, or Attach to a provider without Handshake."""
        request = provider_pb2.ProviderHandshakeRequest(engine_address=engine_address, configure_with_urn=True)
        try:
            answer = self._call("Handshake", request, wait=True)
        except NotImplementedError:
            try:
                self._call("Attach", plugin_pb2.PluginAttach(address=engine_address))
            except NotImplementedError:
                return
            return
        self._secrets, self._references, self._previews = answer.accept_secrets, answer.accept_resources, True

    def check_config(self, urn: str, olds: Values, news: Values) -> tuple[Values, Failures]:
        """Check the provider's own inputs; returns them and the failures."""
        request = provider_pb2.CheckRequest(**_names(urn), olds=write_struct(olds), news=write_struct(news))
        try:
            answer = self._call("CheckConfig", request)
        except NotImplementedError:
            return news, []
        return read_struct(answer.inputs), _failures(answer)

    def diff_config(self, urn: str, *, old_inputs: Values, olds: Values, news: Values) -> Diff:
        """Return the difference of the provider's own inputs."""
        request = provider_pb2.DiffRequest(
            **_names(urn), olds=write_struct(olds), old_inputs=write_struct(old_inputs), news=write_struct(news)
        )
        try:
            return read_diff(self._call("DiffConfig", request))
        except NotImplementedError:
            return Diff(changes=None)

    def configure(self, urn: str, *, id_: str, inputs: Values, variables: dict[str, str]) -> None:
        """Configure the provider. With unknown inputs it stays unconfigured, and its resources are unknown."""
        if has_unknowns(inputs):
            return
        request = provider_pb2.ConfigureRequest(
            **_names(urn),
            id=id_,
            args=write_struct(inputs),
            variables=variables,
            acceptSecrets=True,
            acceptResources=True,
            sends_old_inputs=True,
            sends_old_inputs_to_delete=True,
        )
        answer = self._call("Configure", request)
        self._secrets = self._secrets or answer.acceptSecrets
        self._references = self._references or answer.acceptResources
        self._previews = self._previews or answer.supportsPreview
        self.configured = True

    def check(
        self, urn: str, *, olds: Values, news: Values, seed: bytes, replaced: str = ""
    ) -> tuple[Values, Failures]:
        """Check and complete a resource's inputs; returns them and the failures.

        `olds` is empty for a creation; `replaced` is the id of the resource that the new one replaces, if any.
        """
        if not self.configured:
            return news, []
        request = provider_pb2.CheckRequest(**_names(urn), olds=self._out(olds), news=self._out(news), randomSeed=seed)
        answer = self._call("Check", request, replaced=replaced)
        return self._back(read_struct(answer.inputs), news), _failures(answer)

    def diff(
        self, urn: str, *, id_: str, old_inputs: Values, olds: Values, news: Values, ignore: Sequence[str]
    ) -> Diff:
        """Return the difference between a resource's new inputs and its state."""
        request = provider_pb2.DiffRequest(
            **_names(urn),
            id=id_,
            olds=self._out(olds),
            old_inputs=self._out(old_inputs),
            news=self._out(news),
            ignoreChanges=ignore,
        )
        return read_diff(self._call("Diff", request))

    def create(self, urn: str, inputs: Values, *, timeout: float, preview: bool, replaced: str = "") -> ResourceResult:
        """Create a resource; in a preview, return the outputs that are known before it is created.

        `replaced` is the id of the resource that it replaces: the provider tells a replacement from a repeated request.
        """
        if preview and not self.configured:
            return ResourceResult()
        if preview and not self._previews:
            return ResourceResult(outputs=inputs)
        request = provider_pb2.CreateRequest(
            **_names(urn), properties=self._out(inputs), timeout=timeout, preview=preview
        )
        try:
            answer = self._call("Create", request, replaced=replaced)
        except PartialError as partial:
            return self._partial(partial, inputs)
        return ResourceResult(id=answer.id, outputs=self._back(read_struct(answer.properties), inputs))

    def update(
        self,
        urn: str,
        *,
        id_: str,
        old_inputs: Values,
        olds: Values,
        news: Values,
        ignore: Sequence[str],
        timeout: float,
        preview: bool,
    ) -> ResourceResult:
        """Update a resource; in a preview, return the outputs that are known before the update."""
        if preview and not self.configured:
            return ResourceResult(id=id_)
        if preview and not self._previews:
            return ResourceResult(id=id_, outputs=news)
        request = provider_pb2.UpdateRequest(
            **_names(urn),
            id=id_,
            olds=self._out(olds),
            old_inputs=self._out(old_inputs),
            news=self._out(news),
            ignoreChanges=ignore,
            timeout=timeout,
            preview=preview,
        )
        try:
            answer = self._call("Update", request)
        except PartialError as partial:
            return self._partial(partial, news)
        return ResourceResult(id=id_, outputs=self._back(read_struct(answer.properties), news))

    def read(self, urn: str, *, id_: str, inputs: Values, state: Values, timeout: float) -> ResourceResult | None:
        """Read a resource; returns None if no resource has the id."""
        request = provider_pb2.ReadRequest(
            **_names(urn), id=id_, inputs=self._out(inputs), properties=self._out(state), timeout=timeout
        )
        try:
            answer = self._call("Read", request)
        except PartialError as partial:
            return self._partial(partial, inputs)
        if not answer.id:
            return None
        inputs_ = read_struct(answer.inputs) if answer.HasField("inputs") else None
        return ResourceResult(
            id=answer.id,
            outputs=self._back(read_struct(answer.properties), {**state, **inputs}),
            inputs=self._back(inputs_, inputs) if inputs_ is not None else None,
        )

    def delete(self, urn: str, *, id_: str, inputs: Values, outputs: Values, timeout: float) -> None:
        """Delete a resource."""
        request = provider_pb2.DeleteRequest(
            **_names(urn), id=id_, properties=self._out(outputs), old_inputs=self._out(inputs), timeout=timeout
        )
        self._call("Delete", request)

    def invoke(self, token: str, args: Values, *, preview: bool) -> tuple[Values, Failures]:
        """Call a function; returns its result and the failures."""
        if not self.configured:
            return {}, []
        answer = self._call("Invoke", provider_pb2.InvokeRequest(tok=token, args=self._out(args), preview=preview))
        return read_struct(getattr(answer, "return")), _failures(answer)

    def _out(self, values: Mapping[str, Value]) -> Any:
        sendable: Any = values if self._secrets else reveal(values)
        return write_struct(sendable if self._references else dereference(sendable))

    def _back(self, values: Values, sent: Values) -> Values:
        return values if self._secrets else mark_secrets(values, sent)

    def _partial(self, partial: PartialError, inputs: Values) -> ResourceResult:
        outputs = self._back(partial.outputs, inputs)
        return ResourceResult(id=partial.id, outputs=outputs, inputs=partial.inputs, failures=partial.reasons)

    def _call(self, method: str, request: Any, *, wait: bool = False, replaced: str = "") -> Any:
        started = time.monotonic()
        with self._slots:
            try:
                call = getattr(self._stub, method)
                if wait:
                    return call(request, timeout=_HANDSHAKE_SECONDS, wait_for_ready=True)
                return call(request, metadata=((_REPLACED, replaced.encode()),) if replaced else ())
            except grpc.RpcError as error:
                raise failure(method, self.address, error) from error
            finally:
                self.seconds += time.monotonic() - started


def _names(urn: str) -> dict[str, Any]:
    return {"urn": urn, "type": urns.type_of(urn), "name": urns.name_of(urn)}


def _failures(answer: Any) -> Failures:
    return [(item.property, item.reason) for item in answer.failures]
