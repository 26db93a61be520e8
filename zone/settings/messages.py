"""From pydantic's errors to sentences for people: what was written, what is allowed, what was probably meant."""

import typing
from collections.abc import Iterable, Iterator, Mapping
from types import UnionType
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from zone.settings.errors import Problem, suggestion

KINDS: Final = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "dict_type": "keys and values",
    "list_type": "a list",
    "model_type": "keys and values",
    "model_attributes_type": "keys and values",
}
"""pydantic's error type -> what was expected, in words."""


def problems(errors: Iterable[ErrorDetails], model: type[BaseModel]) -> Iterator[Problem]:
    """A problem for each error."""
    for error in errors:
        path = tuple(step for step in error["loc"] if step != "[key]")
        yield Problem(path=path, message=_message(error, path, model))


def _message(error: ErrorDetails, path: tuple[str | int, ...], model: type[BaseModel]) -> str:
    kind, value = error["type"], error["input"]
    context: Mapping[str, Any] = error.get("ctx") or {}
    if kind == "extra_forbidden":
        allowed = list(_fields(model, path[:-1]))
        text = f"unknown key{suggestion(str(path[-1]), allowed)}; allowed: {', '.join(allowed)}"
    elif kind == "missing":
        text = "is missing"
    elif kind == "value_error":
        text = f"{value!r} is {context['error']}"
    elif kind == "literal_error":
        text = f"{value!r} is not allowed{suggestion(str(value), _words(context))}; allowed: {context['expected']}"
    elif kind in KINDS:
        quotes = ", in quotes" if kind == "string_type" and isinstance(value, int | float) else ""
        text = f"{value!r} is not allowed; allowed: {KINDS[kind]}{quotes}"
    else:
        text = f"{value!r} is not allowed; {error['msg'].replace('Input should', 'it should')}"
    return text


def _words(context: Mapping[str, Any]) -> list[str]:
    return str(context["expected"]).replace(" or ", ", ").replace("'", "").split(", ")


def _fields(model: type[BaseModel], path: tuple[str | int, ...]) -> Iterable[str]:
    """The keys allowed at a place in the settings."""
    kind: Any = model
    for step in path:
        kind = _inner(kind)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind = kind.model_fields[str(step)].annotation if str(step) in kind.model_fields else None
        elif typing.get_origin(kind) in (dict, list):
            kind = typing.get_args(kind)[-1]
    kind = _inner(kind)
    return kind.model_fields if isinstance(kind, type) and issubclass(kind, BaseModel) else ()


def _inner(kind: Any) -> Any:
    """`X | None` and `Annotated[X, …]` as `X`."""
    while True:
        if typing.get_origin(kind) is typing.Annotated:
            kind = typing.get_args(kind)[0]
        elif isinstance(kind, UnionType) or typing.get_origin(kind) is typing.Union:
            kind = next(arg for arg in typing.get_args(kind) if arg is not type(None))
        else:
            return kind
