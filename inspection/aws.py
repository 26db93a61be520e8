"""Provides boto3 clients for an account and a region."""

from collections.abc import Iterator
from typing import Any, Final, Protocol

NOT_EMULATED: Final = frozenset(
    {"404", "501", "NotImplemented", "NotYetImplemented", "UnknownOperation", "UnknownOperationException"}
)
"""Error codes of the emulated AWS for operations that it does not have; AWS has them all."""


class Aws(Protocol):
    """Gives boto3 clients; the emulated cloud and real AWS each have one."""

    def client(self, service: str, *, account: str | None = None, region: str | None = None) -> Any:
        """A boto3 client.

        Args:
            service: boto3's service name.
            account: a 12-digit account id; the management account if none.
            region: an AWS region; the primary one if none.
        """
        ...


def pages(client: Any, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
    """Every element under `key` over all pages of a list operation."""
    if client.can_paginate(operation):
        for page in client.get_paginator(operation).paginate(**arguments):
            yield from page.get(key, [])
    else:
        yield from getattr(client, operation)(**arguments).get(key, [])
