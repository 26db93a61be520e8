"""The provider's errors."""

from collections.abc import Mapping
from typing import Any


class ProviderProcessError(Exception):
    """The provider's process did not start or ended; the message states the reason."""


class RefusedError(Exception):
    """A request that cannot be fulfilled; the message is shown to the user."""


class InvalidError(RefusedError):
    """Invalid provider configuration; `property` is the key."""

    def __init__(self, property_: str, reason: str) -> None:
        super().__init__(f"{property_}: {reason}")
        self.property, self.reason = property_, reason


class HalfDoneError(RefusedError):
    """The resource was created (`id`), but its completion failed: the engine must record it."""

    def __init__(self, message: str, *, id_: str, outputs: Mapping[str, Any], inputs: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.id, self.outputs, self.inputs = id_, dict(outputs), dict(inputs)


class ExistsError(RefusedError):
    """A resource of that name exists already and belongs to another declaration."""


class NotEmulatedError(Exception):
    """The emulator does not implement the operation; the resource is recorded instead."""
