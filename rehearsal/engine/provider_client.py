"""One configured connection to a resource provider: the client side of Pulumi's `ResourceProvider` protocol."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from rehearsal.engine.errors import ProviderError
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
CHANNEL_OPTIONS: Final = (
    ("grpc.max_receive_message_length", MAX_MESSAGE),
    ("grpc.max_send_message_length", MAX_MESSAGE),
    # Each provider resource has its own connection: the provider tells them apart by their peer.
    ("grpc.use_local_subchannel_pool", 1),
)
_LOST: Final = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)


class ConnectionLostError(ProviderError):
    """The provider went away while it was asked something: the outcome of that is unknown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Diff:
    """A provider's answer to Diff: keys or paths that change, and those that force replacement."""

    changes: bool | None
    replaces: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    detailed: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    delete_before_replace: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a provider returned: id, outputs, for a read also inputs; reasons when it half-succeeded."""

    id: str = ""
    outputs: Values = field(default_factory=dict)
    inputs: Values | None = None
    failures: tuple[str, ...] = ()


class ProviderClient:
    """A provider, configured once. Calls are counted against `slots` (parallel calls) and timed."""

    def __init__(self, address: str, *, slots: threading.Semaphore) -> None:
        self.address = address
        self.configured = False
        self.seconds = 0.0
        self._slots = slots
        self._channel = grpc.insecure_channel(address, options=list(CHANNEL_OPTIONS))
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        self._secrets = self._references = False
        self._previews = False

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def attach(self, engine_address: str) -> None:
        """Introduce the engine: Handshake, or Attach where the provider is older than that."""
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

    def check_config(self, urn: str, olds: Values, news: Values) -> tuple[Values, list[tuple[str, str]]]:
        """The provider's own inputs, checked; and what fails, as (property, reason)."""
        request = provider_pb2.CheckRequest(urn=urn, olds=write_struct(olds), news=write_struct(news))
        try:
            answer = self._call("CheckConfig", request)
        except NotImplementedError:
            return news, []
        return read_struct(answer.inputs), [(item.property, item.reason) for item in answer.failures]

    def diff_config(self, urn: str, old_inputs: Values, olds: Values, news: Values) -> Diff:
        """How the provider's own inputs differ."""
        request = provider_pb2.DiffRequest(
            urn=urn, olds=write_struct(olds), old_inputs=write_struct(old_inputs), news=write_struct(news)
        )
        try:
            return _diff(self._call("DiffConfig", request))
        except NotImplementedError:
            return Diff(changes=None)

    def configure(
        self, *, urn: str, name: str, type_: str, id_: str, inputs: Values, variables: dict[str, str]
    ) -> None:
        """Configure the provider; with inputs not known yet it stays unconfigured and everything under it unknown."""
        if has_unknowns(inputs):
            return
        request = provider_pb2.ConfigureRequest(
            urn=urn,
            name=name,
            type=type_,
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
        self, urn: str, type_: str, name: str, *, olds: Values, news: Values, seed: bytes
    ) -> tuple[Values, list[tuple[str, str]]]:
        """A resource's inputs, checked and completed; and what fails, as (property, reason)."""
        if not self.configured:
            return news, []
        request = provider_pb2.CheckRequest(
            urn=urn, type=type_, name=name, olds=self._out(olds), news=self._out(news), randomSeed=seed
        )
        answer = self._call("Check", request)
        checked = read_struct(answer.inputs)
        failures = [(item.property, item.reason) for item in answer.failures]
        return (checked if self._secrets else mark_secrets(checked, news)), failures

    def diff(
        self,
        urn: str,
        type_: str,
        name: str,
        *,
        id_: str,
        old_inputs: Values,
        olds: Values,
        news: Values,
        ignore: Sequence[str],
    ) -> Diff:
        """How a resource's new inputs differ from what there is."""
        request = provider_pb2.DiffRequest(
            urn=urn,
            type=type_,
            name=name,
            id=id_,
            olds=self._out(olds),
            old_inputs=self._out(old_inputs),
            news=self._out(news),
            ignoreChanges=ignore,
        )
        return _diff(self._call("Diff", request))

    def create(self, urn: str, type_: str, name: str, inputs: Values, *, timeout: float, preview: bool) -> Outcome:
        """Create a resource; in a preview say what is known of its outputs."""
        if preview and not self.configured:
            return Outcome()
        if preview and not self._previews:
            return Outcome(outputs=inputs)
        request = provider_pb2.CreateRequest(
            urn=urn, type=type_, name=name, properties=self._out(inputs), timeout=timeout, preview=preview
        )
        try:
            answer = self._call("Create", request)
        except _PartialError as partial:
            return partial.outcome(self._secrets, inputs)
        return Outcome(id=answer.id, outputs=self._back(read_struct(answer.properties), inputs))

    def update(
        self,
        urn: str,
        type_: str,
        name: str,
        *,
        id_: str,
        old_inputs: Values,
        olds: Values,
        news: Values,
        ignore: Sequence[str],
        timeout: float,
        preview: bool,
    ) -> Outcome:
        """Update a resource; in a preview say what is known of its outputs."""
        if preview and not self.configured:
            return Outcome(id=id_)
        if preview and not self._previews:
            return Outcome(id=id_, outputs=news)
        request = provider_pb2.UpdateRequest(
            urn=urn,
            type=type_,
            name=name,
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
        except _PartialError as partial:
            return partial.outcome(self._secrets, news)
        return Outcome(id=id_, outputs=self._back(read_struct(answer.properties), news))

    def read(
        self, urn: str, type_: str, name: str, *, id_: str, inputs: Values, state: Values, timeout: float
    ) -> Outcome | None:
        """A resource as it is now, or None when there is none with that id."""
        request = provider_pb2.ReadRequest(
            urn=urn,
            type=type_,
            name=name,
            id=id_,
            inputs=self._out(inputs),
            properties=self._out(state),
            timeout=timeout,
        )
        try:
            answer = self._call("Read", request)
        except _PartialError as partial:
            return partial.outcome(self._secrets, inputs)
        if not answer.id:
            return None
        got = read_struct(answer.inputs) if answer.HasField("inputs") else None
        return Outcome(
            id=answer.id,
            outputs=self._back(read_struct(answer.properties), inputs),
            inputs=self._back(got, inputs) if got is not None else None,
        )

    def delete(
        self, urn: str, type_: str, name: str, *, id_: str, inputs: Values, outputs: Values, timeout: float
    ) -> None:
        """Delete a resource."""
        request = provider_pb2.DeleteRequest(
            urn=urn,
            type=type_,
            name=name,
            id=id_,
            properties=self._out(outputs),
            old_inputs=self._out(inputs),
            timeout=timeout,
        )
        self._call("Delete", request)

    def invoke(self, token: str, args: Values, *, preview: bool) -> tuple[Values, list[tuple[str, str]]]:
        """A function's result; and what fails, as (property, reason)."""
        if not self.configured:
            return {}, []
        answer = self._call("Invoke", provider_pb2.InvokeRequest(tok=token, args=self._out(args), preview=preview))
        return read_struct(getattr(answer, "return")), [(item.property, item.reason) for item in answer.failures]

    def _out(self, values: Mapping[str, Value]) -> Any:
        kept: Any = values
        if not self._secrets:
            kept = reveal(kept)
        return write_struct(kept if self._references else dereference(kept))

    def _back(self, outputs: Values, inputs: Values) -> Values:
        return outputs if self._secrets else mark_secrets(outputs, inputs)

    def _call(self, method: str, request: Any, *, wait: bool = False) -> Any:
        started = time.monotonic()
        with self._slots:
            try:
                call: Callable[..., Any] = getattr(self._stub, method)
                return call(request, timeout=30, wait_for_ready=True) if wait else call(request)
            except grpc.RpcError as error:
                raise self._failure(method, error) from error
            finally:
                self.seconds += time.monotonic() - started

    def _failure(self, method: str, error: Any) -> Exception:
        code, message = error.code(), error.details() or ""
        if code == grpc.StatusCode.UNIMPLEMENTED:
            return (
                NotImplementedError(method)
                if method in _OPTIONAL
                else ProviderError(f"the provider does not implement {method}")
            )
        if code in _LOST or (code == grpc.StatusCode.DEADLINE_EXCEEDED and method == "Handshake"):
            return ConnectionLostError(
                f"the connection to the provider at {self.address} was lost during {method}: {message}"
            )
        partial = _partial_details(error)
        return _PartialError(message, partial) if partial is not None else ProviderError(message or str(code))


_OPTIONAL: Final = frozenset({"Handshake", "Attach", "CheckConfig", "DiffConfig"})
_KINDS: Final = ("add", "add-replace", "delete", "delete-replace", "update", "update-replace")


def _diff(answer: provider_pb2.DiffResponse) -> Diff:
    known = {provider_pb2.DiffResponse.DIFF_NONE: False, provider_pb2.DiffResponse.DIFF_SOME: True}
    return Diff(
        changes=known.get(answer.changes),
        replaces=tuple(answer.replaces),
        changed=tuple(answer.diffs),
        detailed={path: (_KINDS[item.kind], item.inputDiff) for path, item in answer.detailedDiff.items()},
        delete_before_replace=answer.deleteBeforeReplace,
    )


class _PartialError(ProviderError):
    """The provider made or changed the resource, but it did not come up well."""

    def __init__(self, message: str, details: provider_pb2.ErrorResourceInitFailed) -> None:
        super().__init__(message)
        self.details = details

    def outcome(self, secrets: bool, inputs: Values) -> Outcome:
        outputs = read_struct(self.details.properties)
        reasons = tuple(self.details.reasons) or (str(self),)
        got = read_struct(self.details.inputs) if self.details.HasField("inputs") else None
        return Outcome(
            id=self.details.id,
            outputs=outputs if secrets else mark_secrets(outputs, inputs),
            inputs=got,
            failures=reasons,
        )


def _partial_details(error: Any) -> provider_pb2.ErrorResourceInitFailed | None:
    from google.rpc import status_pb2  # noqa: PLC0415

    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            for item in status_pb2.Status.FromString(value).details:
                details = provider_pb2.ErrorResourceInitFailed()
                if item.Unpack(details):
                    return details
    return None


def cancel(client: ProviderClient) -> None:
    """Ask the provider to wind up what it is doing."""
    client._call("Cancel", empty_pb2.Empty())  # noqa: SLF001 - same module
