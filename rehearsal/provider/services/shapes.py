"""Small changes of shape between the flat properties of Pulumi and the nested parameters of some operations."""

from collections.abc import Callable, Sequence
from typing import Any

from rehearsal.provider.spec import Work
from rehearsal.provider.values import Values


def wrap(parameter: str, *names: str) -> Callable[[Work, Values], Values]:
    """Puts properties into one structure: all inputs, when none are named."""

    def prepare(work: Work, values: Values) -> Values:
        inner = {name: values[name] for name in (names or work.schema.inputs) if values.get(name) is not None}
        return {**values, parameter: inner}

    return prepare


def default(**values: Any) -> Callable[[Work, Values], Values]:
    """Gives properties a value that the API insists on."""

    def prepare(_work: Work, given: Values) -> Values:
        return {**given, **{name: value for name, value in values.items() if given.get(name) is None}}

    return prepare


def one(items: Sequence[Any], **wanted: Any) -> Any:
    """The item of a listing with these values; None when there is none."""
    return next((item for item in items if all(item.get(key) == value for key, value in wanted.items())), None)


def drop(values: Values, *names: str) -> Values:
    """Values without some."""
    return {name: value for name, value in values.items() if name not in names}


def default_permissions(given: Sequence[Values] | None) -> list[Values] | None:
    """Lake Formation's permissions for what is still to be made, of which Pulumi knows the principal as a text."""
    if given is None:
        return None
    return [
        {"principal": {"dataLakePrincipalIdentifier": entry.get("principal")}, "permissions": entry.get("permissions")}
        for entry in given
    ]
