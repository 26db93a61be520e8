"""A request to the provider: the resource, the provider configuration, and the idempotency token of a creation."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rehearsal.provider.config import Configured
from rehearsal.provider.errors import RefusedError
from rehearsal.provider.schema import Schema, schema
from rehearsal.provider.values import Values, any_unknown, unknown

Show = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class ResourceRequest:
    """A request: resource, provider configuration, and a function that shows messages."""

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
        type_schema = schema(self.token)
        if type_schema is None:
            raise RefusedError(f"the AWS provider has no resource type {self.token}")
        return type_schema

    def region(self, values: Mapping[str, Any]) -> str:
        """Return the resource's region: its own property, or else the provider's region."""
        region = values.get("region")
        return region if isinstance(region, str) and region and not unknown(region) else self.configured.region

    def with_id(self, id_: str) -> "ResourceRequest":
        """Return the same request for the resource with this id."""
        return replace(self, id=id_)


def creation_token(urn: str, generation: int, inputs: Values, replaced: str) -> str:
    """Return the idempotency token of a creation: equal for a repeated request, different for a replacement.

    Args:
        urn: URN of the resource.
        generation: number of resources of this URN that were deleted before.
        inputs: the checked inputs.
        replaced: id of the resource that it replaces; empty when it replaces none.

    Raises:
        RefusedError: an input is still unknown.
    """
    if any_unknown(inputs):
        raise RefusedError(f"{urn}: an input is unknown although every resource that it depends on was created")
    parts: list[object] = [urn, generation, inputs, *([replaced] if replaced else [])]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def state_inputs(type_: Schema, state: Values) -> Values:
    """Return the inputs that correspond to a resource's outputs."""
    return {name: value for name, value in state.items() if name in type_.inputs and value not in (None, "", [], {})}
