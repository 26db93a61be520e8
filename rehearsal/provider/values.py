"""Conversion of property values between protobuf and Python. Unknown values keep Pulumi's marks."""

import json
from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import struct_pb2

UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Pulumi's mark for a value nobody knows before the update (protocol documentation, "Properties", unknowns)."""
UNKNOWNS: Final = frozenset(
    {
        UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
SIGNATURE: Final = "4dabf18193072939515e22adb298388d"

Values = dict[str, Any]


def unknown(value: Any) -> bool:
    """Return whether a value is not known yet."""
    return isinstance(value, str) and value in UNKNOWNS


def any_unknown(value: Any) -> bool:
    """Return whether anything in a tree is not known yet."""
    if isinstance(value, dict):
        return any(any_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(any_unknown(item) for item in value)
    return unknown(value)


def read(struct: struct_pb2.Struct) -> Values:
    """Convert a protobuf Struct to a dictionary without nulls."""
    values = {key: _value(value) for key, value in struct.fields.items()}
    return {key: value for key, value in values.items() if value is not None}


def write(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Convert a dictionary to a protobuf Struct."""
    struct = struct_pb2.Struct()
    for key, value in values.items():
        _fill(struct.fields[key], value)
    return struct


def _value(value: struct_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return value.string_value
        case "bool_value":
            return value.bool_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "struct_value":
            return read(value.struct_value)
        case "list_value":
            return [_value(item) for item in value.list_value.values]
        case _:
            return None


def _fill(target: struct_pb2.Value, value: Any) -> None:
    if value is None:
        target.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, str):
        target.string_value = value
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, int | float):
        target.number_value = value
    elif isinstance(value, Mapping):
        target.struct_value.SetInParent()
        for key, item in value.items():
            _fill(target.struct_value.fields[str(key)], item)
    elif isinstance(value, list | tuple | set | frozenset):
        target.list_value.SetInParent()
        for item in value:
            _fill(target.list_value.values.add(), item)
    else:
        target.string_value = str(value)


def document(value: Any) -> Any:
    """Parse a string as a JSON document and normalise it; returns None for other strings.

    Policies are compared by meaning: AWS itself reorders their lists and unwraps lists of one.
    """
    if not isinstance(value, str) or value[:1] not in "{[" or not value:
        return None
    try:
        decoded = json.loads(value)
    except ValueError:
        return None
    return _canonical(decoded) if isinstance(decoded, dict | list) else None


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list):
        items = [_canonical(item) for item in value]
        if all(isinstance(item, str) for item in items):
            return items[0] if len(items) == 1 else sorted(items)
        return items[0] if len(items) == 1 else items
    if isinstance(value, bool):
        return str(value).lower()
    return value


def same(old: Any, new: Any) -> bool:  # noqa: PLR0911 - one return a kind of value
    """Return whether two values are equal to AWS: JSON documents by meaning, lists of scalars as sets, 30 as "30"."""
    if old is new or old == new:
        return not (isinstance(old, bool) != isinstance(new, bool) and not _loose(old, new))
    if isinstance(old, dict) and isinstance(new, dict):
        return all(same(old.get(key), new.get(key)) for key in old.keys() | new.keys())
    if isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            return False
        if all(not isinstance(item, dict | list) for item in (*old, *new)):
            return sorted(map(_text, old)) == sorted(map(_text, new))
        return all(same(old_item, right) for old_item, right in zip(old, new, strict=True))
    if _empty(old) and _empty(new):
        return True
    if isinstance(old, str) and isinstance(new, str):
        old_document, right = document(old), document(new)
        return old_document is not None and old_document == right
    return _loose(old, new)


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _loose(old: Any, new: Any) -> bool:
    scalars = str | int | float | bool
    return isinstance(old, scalars) and isinstance(new, scalars) and _text(old) == _text(new)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
