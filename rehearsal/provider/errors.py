"""What the provider refuses, in words for people."""

from collections.abc import Mapping
from typing import Any


class ProviderProcessError(Exception):
    """The provider's process cannot be started or went away; the message says why."""


class RefusedError(Exception):
    """A request that cannot be met: the message goes to the person who runs the program, as it is."""


class InvalidError(RefusedError):
    """Provider configuration that is wrong; `property` names the key."""

    def __init__(self, property_: str, reason: str) -> None:
        super().__init__(f"{property_}: {reason}")
        self.property, self.reason = property_, reason


class HalfDoneError(RefusedError):
    """The resource was created (`id`), but something that belongs to it failed: the engine must remember it."""

    def __init__(self, message: str, *, id_: str, outputs: Mapping[str, Any], inputs: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.id, self.outputs, self.inputs = id_, dict(outputs), dict(inputs)


class ExistsError(RefusedError):
    """A resource of that name exists already and belongs to another declaration."""


class NotEmulatedError(Exception):
    """The emulator has no such operation: the resource is recorded instead."""
