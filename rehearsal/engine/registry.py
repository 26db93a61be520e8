"""The providers of a run: one connection for each configuration, shared by all stacks of an Engine."""

import json
import threading
from collections.abc import Callable, Mapping
from typing import TypeAlias

from rehearsal.engine import urns
from rehearsal.engine.errors import ProviderError
from rehearsal.engine.provider_client import ProviderClient
from rehearsal.engine.values import Values, canonical, has_unknowns, reveal

Address: TypeAlias = str | Callable[[], str]


class Connections:
    """Configured connections by package and configuration; `close` closes them all."""

    def __init__(
        self, provider: Address | Mapping[str, Address], *, parallel: int, engine_address: Callable[[], str]
    ) -> None:
        self._provider = provider
        self._engine_address = engine_address
        self._slots = threading.Semaphore(parallel)
        self._clients: dict[str, ProviderClient] = {}
        self._addresses: dict[str, str] = {}
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}

    @property
    def seconds(self) -> float:
        """The total duration of all calls to providers, in seconds."""
        return sum(client.seconds for client in list(self._clients.values()))

    def address(self, package: str) -> str:
        """Return the address of a package's provider; the first call starts it if needed."""
        with self._lock:
            if package not in self._addresses:
                result = self._provider.get(package) if isinstance(self._provider, Mapping) else self._provider
                if result is None:
                    raise ProviderError(f"there is no provider for the package {package!r}")
                self._addresses[package] = result if isinstance(result, str) else result()
            return self._addresses[package]

    def unconfigured(self, package: str) -> ProviderClient:
        """Return a connection for checking configurations."""
        return self._client(f"{package}?", package)

    def configured(self, urn: str, id_: str, inputs: Values) -> ProviderClient:
        """Return the connection that is configured with the inputs; with unknown inputs it is unconfigured."""
        package = urns.package_of(urns.type_of(urn))
        inputs = {key: value for key, value in inputs.items() if key != "__internal"}
        if has_unknowns(inputs):
            return self._client(f"{package}?unknown", package)
        key = f"{package}:{canonical(inputs)}"
        client = self._client(key, package)
        with self._locks[key]:
            if not client.configured:
                client.configure(urn, id_=id_, inputs=inputs, variables=_variables(package, inputs))
        return client

    def _client(self, key: str, package: str) -> ProviderClient:
        address = self.address(package)
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            client = self._clients.get(key)
            if client is None:
                client = ProviderClient(address, slots=self._slots)
                client.attach(self._engine_address())
                self._clients[key] = client
            return client

    def forget(self) -> None:
        """Discard all connections after one was lost, so that the next run connects again."""
        self.close()
        self._clients.clear()
        self._addresses.clear()

    def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            client.close()


def _variables(package: str, inputs: Values) -> dict[str, str]:
    plain = {key: reveal(value) for key, value in inputs.items() if key != "version"}
    return {
        f"{package}:config:{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in plain.items()
    }
