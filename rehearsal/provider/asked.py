"""One request to the provider: about which resource, by which configuration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.provider.config import Configured
from rehearsal.provider.errors import RefusedError
from rehearsal.provider.schema import Schema, schema
from rehearsal.provider.values import unknown

Show = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One request: about which resource, by which configuration, and where to say what is going on."""

    urn: str
    configured: Configured
    show: Show = field(default=lambda _: None)
    id: str = ""
    replaced: str = ""
    """Id of the resource that the created one replaces, where the engine names it."""

    @property
    def token(self) -> str:
        """The resource's type."""
        return self.urn.split("::")[2].rpartition("$")[2]

    @property
    def logical(self) -> str:
        """The resource's name in the program."""
        return self.urn.rpartition("::")[2]

    @property
    def schema(self) -> Schema:
        """The type's schema. Raises RefusedError for a type that the SDK does not have."""
        found = schema(self.token)
        if found is None:
            raise RefusedError(f"the AWS provider has no resource type {self.token}")
        return found

    def region(self, values: Mapping[str, Any]) -> str:
        """Where the resource is: where its own property says, else where its provider works."""
        region = values.get("region")
        return region if isinstance(region, str) and region and not unknown(region) else self.configured.region
