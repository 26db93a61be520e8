"""The answers of a provider: differences, results, failures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import grpc
from google.rpc import status_pb2
from pulumi.runtime.proto import provider_pb2

from rehearsal.engine.errors import ProviderError
from rehearsal.engine.values import Values, read_struct

_LOST: Final = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)
_OPTIONAL: Final = frozenset({"Handshake", "Attach", "CheckConfig", "DiffConfig"})
_KINDS: Final = ("add", "add-replace", "delete", "delete-replace", "update", "update-replace")


class ConnectionLostError(ProviderError):
    """The connection to the provider was lost during a call, whose result is unknown."""


class PartialError(ProviderError):
    """The provider created or changed the resource, but the resource failed to initialize."""

    def __init__(self, message: str, details: provider_pb2.ErrorResourceInitFailed) -> None:
        super().__init__(message)
        self.id = details.id
        self.outputs = read_struct(details.properties)
        self.inputs = read_struct(details.inputs) if details.HasField("inputs") else None
        self.reasons = tuple(details.reasons) or (message,)


@dataclass(frozen=True, kw_only=True, slots=True)
class Diff:
    """A provider's answer to Diff.

    `changes` is None when the provider leaves it to the engine. `replaces` and `changed` are property names,
    `detailed` maps paths to (kind, whether the old value is the input's or the output's).
    """

    changes: bool | None
    replaces: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    detailed: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    delete_before_replace: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ResourceResult:
    """The id and outputs of a resource, its inputs after a read, and the reasons if it was created incompletely."""

    id: str = ""
    outputs: Values = field(default_factory=dict)
    inputs: Values | None = None
    failures: tuple[str, ...] = ()


def read_diff(answer: provider_pb2.DiffResponse) -> Diff:
    """Convert a DiffResponse."""
    known_changes = {provider_pb2.DiffResponse.DIFF_NONE: False, provider_pb2.DiffResponse.DIFF_SOME: True}
    return Diff(
        changes=known_changes.get(answer.changes),
        replaces=tuple(answer.replaces),
        changed=tuple(answer.diffs),
        detailed={path: (_KINDS[item.kind], item.inputDiff) for path, item in answer.detailedDiff.items()},
        delete_before_replace=answer.deleteBeforeReplace,
    )


def failure(method: str, address: str, error: Any) -> Exception:
    """Return the exception for a failed call; NotImplementedError for an optional method that the provider lacks."""
    code, message = error.code(), error.details() or ""
    if code == grpc.StatusCode.UNIMPLEMENTED:
        return (
            NotImplementedError(method)
            if method in _OPTIONAL
            else ProviderError(f"the provider does not implement {method}")
        )
    if code in _LOST or (code == grpc.StatusCode.DEADLINE_EXCEEDED and method == "Handshake"):
        return ConnectionLostError(f"the connection to the provider at {address} was lost during {method}: {message}")
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            for item in status_pb2.Status.FromString(value).details:
                details = provider_pb2.ErrorResourceInitFailed()
                if item.Unpack(details):
                    return PartialError(message, details)
    return ProviderError(message or str(code))
