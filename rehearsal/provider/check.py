"""Checks a resource's inputs against the schema: unknown, missing and mistyped properties, by name."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.provider import defaults
from rehearsal.provider.schema import Property, Schema, Type
from rehearsal.provider.values import SIGNATURE, unknown

Failures = list[tuple[str, str]]


def problems(schema: Schema, inputs: Mapping[str, Any]) -> Failures:
    """What is wrong with a resource's inputs, as (property path, reason)."""
    return list(_object(schema.inputs, inputs, ""))


def _object(properties: Mapping[str, Property], values: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if name == defaults.NAMES:
            continue
        property_path = f"{path}.{name}" if path else name
        if name not in properties:
            matches = difflib.get_close_matches(name, properties, n=3, cutoff=0.4)
            allowed = f"did you mean {' or '.join(repr(match) for match in matches)}" if matches else _list(properties)
            yield property_path, f"there is no property {name!r} here; {allowed}"
        else:
            yield from _value(properties[name].type, value, property_path)
    for name, property_ in properties.items():
        if property_.required and values.get(name) is None:
            yield f"{path}.{name}" if path else name, f"required property {name!r} is missing"


def _list(properties: Mapping[str, Property]) -> str:
    return f"allowed: {', '.join(sorted(properties)) or 'none'}"


def _value(kind: Type, value: Any, path: str) -> Iterator[tuple[str, str]]:
    if value is None or unknown(value) or kind.kind == "any":
        return
    if isinstance(value, dict) and SIGNATURE in value:
        return
    if not _fits(kind.kind, value):
        yield path, f"expected {_an(kind.kind)}, found {_an(_kind(value))}"
    elif kind.kind == "list" and kind.element is not None:
        for index, item in enumerate(value):
            yield from _value(kind.element, item, f"{path}[{index}]")
    elif kind.kind == "map" and kind.element is not None:
        for key, item in value.items():
            yield from _value(kind.element, item, f"{path}[{key!r}]")
    elif kind.kind == "object":
        yield from _object(kind.fields, value, path)


def _fits(kind: str, value: Any) -> bool:
    """Return whether a value is of a kind, or converts to it as the AWS provider converts scalars."""
    match kind:
        case "string":
            return isinstance(value, str | int | float | bool)
        case "boolean":
            return isinstance(value, bool) or value in ("true", "false")
        case "number":
            return not isinstance(value, bool) and (isinstance(value, int | float) or _number(value))
        case "list":
            return isinstance(value, list)
        case _:
            return isinstance(value, dict)


def _number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return {str: "string", list: "list"}.get(type(value), "object")


def _an(kind: str) -> str:
    return f"{'an' if kind in ('object', 'any') else 'a'} {kind}"
