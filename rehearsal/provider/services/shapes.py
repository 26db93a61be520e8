"""Conversions between Pulumi's flat properties and nested parameters of the API."""

from collections.abc import Callable, Sequence
from typing import Any

from rehearsal.provider.spec import EmulatedResource
from rehearsal.provider.values import Values


def wrap(parameter: str, *names: str) -> Callable[[EmulatedResource, Values], Values]:
    """Return a function that puts properties into one structure: the named ones, or all inputs."""

    def prepare(resource: EmulatedResource, values: Values) -> Values:
        inner = {name: values[name] for name in (names or resource.schema.inputs) if values.get(name) is not None}
        return {**values, parameter: inner}

    return prepare


def default(**values: Any) -> Callable[[EmulatedResource, Values], Values]:
    """Return a function that sets default values of properties that the API requires."""

    def prepare(_resource: EmulatedResource, properties: Values) -> Values:
        return {**properties, **{name: value for name, value in values.items() if properties.get(name) is None}}

    return prepare


def find_item(items: Sequence[Any], **expected: Any) -> Any:
    """Return the item of a listing with these values; None if there is none."""
    return next((item for item in items if all(item.get(key) == value for key, value in expected.items())), None)


def drop(values: Values, *names: str) -> Values:
    """Return the values without some properties."""
    return {name: value for name, value in values.items() if name not in names}


def default_permissions(permissions: Sequence[Values] | None) -> list[Values] | None:
    """Convert Lake Formation's default permissions, in which Pulumi has the principal as a text."""
    if permissions is None:
        return None
    return [
        {"principal": {"dataLakePrincipalIdentifier": entry.get("principal")}, "permissions": entry.get("permissions")}
        for entry in permissions
    ]
