"""Property values in Pulumi's wire form: JSON-like trees, with signed dictionaries for values that JSON lacks.

The engine keeps values in exactly this form, so a value crosses from program to provider to checkpoint without being
rebuilt. Signatures: Pulumi's protocol documentation, "Properties" (secrets, assets, archives, resource references,
output values, unknowns).
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from google.protobuf import struct_pb2

Value: TypeAlias = Any
Values: TypeAlias = dict[str, Any]

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the mark of secrets, not one
ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
REFERENCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWNS: Final = frozenset(
    {
        UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)

HIDDEN: Final = "[secret]"
NOT_YET_KNOWN: Final = "[unknown]"


def read_struct(struct: struct_pb2.Struct) -> Values:
    """Convert a protobuf Struct to a dictionary; whole numbers become int, so that JSON shows `1`, not `1.0`."""
    return {key: read_value(value) for key, value in struct.fields.items()}


def read_value(value: struct_pb2.Value) -> Value:
    """Convert a protobuf Value to a Python value."""
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "struct_value":
        return read_struct(value.struct_value)
    if kind == "list_value":
        return [read_value(item) for item in value.list_value.values]
    if kind == "bool_value":
        return value.bool_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return None


def write_struct(values: Mapping[str, Value]) -> struct_pb2.Struct:
    """Convert a dictionary to a protobuf Struct."""
    struct = struct_pb2.Struct()
    _fill(struct, values)
    return struct


def _fill(struct: struct_pb2.Struct, values: Mapping[str, Value]) -> None:
    fields = struct.fields
    for key, value in values.items():
        write_value(fields[key], value)


def write_value(target: struct_pb2.Value, value: Value) -> None:
    """Set a protobuf Value from a plain value, in place."""
    if isinstance(value, str):
        target.string_value = value
    elif isinstance(value, bool):
        target.bool_value = value
    elif value is None:
        target.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, int | float):
        target.number_value = value
    elif isinstance(value, Mapping):
        target.struct_value.SetInParent()
        _fill(target.struct_value, value)
    else:
        target.list_value.SetInParent()
        items = target.list_value.values
        for item in value:
            write_value(items.add(), item)


def signature(value: Value) -> str:
    """Return the signature of a signed dictionary, or the empty string."""
    return value.get(SIGNATURE, "") if isinstance(value, dict) else ""


def secret(value: Value) -> Value:
    """Mark a value secret; a secret value stays as it is."""
    return value if signature(value) == SECRET else {SIGNATURE: SECRET, "value": value}


def is_secret(value: Value) -> bool:
    """Return whether the value as a whole is marked secret."""
    return signature(value) == SECRET


def is_unknown(value: Value) -> bool:
    """Return whether the value as a whole is not known yet."""
    return isinstance(value, str) and value in UNKNOWNS


def contains(value: Value, condition: Callable[[Value], bool]) -> bool:
    """Return whether a condition holds for the value or a part of it."""
    if condition(value):
        return True
    if isinstance(value, dict):
        return any(contains(item, condition) for item in value.values())
    return isinstance(value, list) and any(contains(item, condition) for item in value)


def has_secrets(value: Value) -> bool:
    """Return whether anything inside the value is marked secret."""
    return contains(value, is_secret)


def has_unknowns(value: Value) -> bool:
    """Return whether anything inside the value is not known yet."""
    return contains(value, is_unknown)


def rewrite(value: Value, change: Callable[[dict[str, Any]], Value]) -> Value:
    """Apply `change` to every signed dictionary, outermost first; unchanged parts are shared, not copied."""
    if isinstance(value, dict):
        if SIGNATURE in value:
            changed = change(value)
            if changed is not value:
                return changed
        copy = {key: rewrite(item, change) for key, item in value.items()}
        return value if all(copy[key] is value[key] for key in copy) else copy
    if isinstance(value, list):
        items = [rewrite(item, change) for item in value]
        return value if all(a is b for a, b in zip(items, value, strict=True)) else items
    return value


def _reveal(value: dict[str, Any]) -> Value:
    return reveal(value.get("value")) if value[SIGNATURE] == SECRET else value


def reveal(value: Value) -> Value:
    """Return the value without secret marks, for recipients that do not support them."""
    return rewrite(value, _reveal)


def _dereference(value: dict[str, Any]) -> Value:
    if value[SIGNATURE] != REFERENCE:
        return value
    return value["id"] or UNKNOWN if "id" in value else value["urn"]


def dereference(value: Value) -> Value:
    """Replace resource references by id (custom resources) or URN (components)."""
    return rewrite(value, _dereference)


def settle_outputs(value: Value, dependencies: set[str]) -> Value:
    """Reduce output values to secrets and unknowns; adds their dependencies to `dependencies`."""

    def settle(signed: dict[str, Any]) -> Value:
        if signed[SIGNATURE] != OUTPUT:
            return signed
        dependencies.update(signed.get("dependencies") or ())
        inner = settle_outputs(signed["value"], dependencies) if "value" in signed else UNKNOWN
        return secret(inner) if signed.get("secret") else inner

    return rewrite(value, settle)


def mark_secrets(outputs: Values, inputs: Mapping[str, Value]) -> Values:
    """Mark outputs that repeat a secret input as secret, as the CLI does."""
    marked = dict(outputs)
    for key, value in inputs.items():
        if key not in marked or is_secret(marked[key]):
            continue
        output = marked[key]
        plain = (
            isinstance(value, dict) and isinstance(output, dict) and SIGNATURE not in value and SIGNATURE not in output
        )
        if plain:
            marked[key] = mark_secrets(output, value)
        elif has_secrets(value):
            marked[key] = secret(output)
    return marked


def shown(value: Value) -> Value:
    """Return the value for display: without secrets, with unknowns named, assets and references in short form."""
    if is_unknown(value):
        return NOT_YET_KNOWN
    if isinstance(value, dict):
        kind = value.get(SIGNATURE)
        if kind == SECRET:
            return HIDDEN
        if kind == REFERENCE:
            return value.get("id") or value.get("urn")
        return {key: shown(item) for key, item in value.items() if key != SIGNATURE}
    if isinstance(value, list):
        return [shown(item) for item in value]
    return value


def canonical(value: Value) -> str:
    """Return a text that is equal exactly if two values are; unlike `==` it distinguishes True and 1."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def same(left: Value, right: Value) -> bool:
    """Return whether two values are equal, secret marks aside."""
    return left is right or canonical(reveal(left)) == canonical(reveal(right))
