"""The AWS provider of the rehearsal: every type of the SDK recorded, what the emulator does well emulated."""

from rehearsal.provider.errors import ProviderProcessError
from rehearsal.provider.ledger import Entry, Ledger, Mode
from rehearsal.provider.process import ProviderProcess
from rehearsal.provider.web_identity import WebIdentity, unsigned_token


def emulated_types(endpoint: str | None = None) -> frozenset[str]:
    """The resource types that are emulated; another emulator may do fewer, which only trying tells."""
    from rehearsal.provider.services import SPECS  # noqa: PLC0415 - most who import this package need no declarations

    del endpoint
    return frozenset(SPECS)


__all__ = [
    "Entry",
    "Ledger",
    "Mode",
    "ProviderProcess",
    "ProviderProcessError",
    "WebIdentity",
    "emulated_types",
    "unsigned_token",
]
