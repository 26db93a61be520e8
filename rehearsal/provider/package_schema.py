"""The package schema of the emulated types, for `pulumi import`, which writes the program of what it imports.

The SDK's classes are the source: properties, their types, and which are required. Recorded types are left out: what
AWS has of them cannot be read.

Source: Pulumi documentation, "Package schema".
"""

import functools
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.provider.schema import Property, Schema, Type, schema
from rehearsal.provider.services import SPECS

_ANY: Final = {"$ref": "pulumi.json#/Any"}
_MODULE: Final = "(.*)(?:/[^/]*)"
"""Module of a token `aws:MODULE/FILE:NAME`, as in the schema of pulumi-aws."""


@functools.cache
def package_schema(version: str) -> Mapping[str, Any]:
    """Return the package schema of the emulated types.

    Args:
        version: version of pulumi-aws.
    """
    resources: dict[str, Any] = {}
    types: dict[str, dict[str, Any]] = {}
    schemas = [entry for entry in map(schema, sorted(SPECS)) if entry is not None]
    for entry in schemas:
        resources[entry.token] = _resource(entry)
        for model in _models(entry.inputs):
            _describe(types, model)
    for entry in schemas:
        for model in _models(entry.outputs):
            _describe(types, model)
    return {
        "name": "aws",
        "version": version,
        "meta": {"moduleFormat": _MODULE},
        "resources": resources,
        "types": types,
    }


def _resource(entry: Schema) -> Mapping[str, Any]:
    return {
        "inputProperties": _properties(entry.inputs),
        "requiredInputs": [name for name, value in entry.inputs.items() if value.required],
        "properties": _properties(entry.outputs),
        "required": [name for name, value in entry.outputs.items() if value.required],
    }


def _describe(types: dict[str, dict[str, Any]], model: Any) -> None:
    """Add the object type of an SDK class; one of outputs adds to that of inputs what only AWS tells."""
    properties = Type(kind="object", model=model).fields
    known = types.setdefault(
        _token(model),
        {
            "type": "object",
            "properties": {},
            "required": [name for name, value in properties.items() if value.required],
        },
    )
    known["properties"] = {**_properties(properties), **known["properties"]}


def _models(properties: Mapping[str, Property]) -> Iterator[Any]:
    """Yield the SDK classes of all objects below properties, each once."""
    seen: set[Any] = set()
    waiting = [value.type for value in properties.values()]
    while waiting:
        type_ = waiting.pop()
        if type_.element is not None:
            waiting.append(type_.element)
        if type_.model is not None and type_.model not in seen:
            seen.add(type_.model)
            waiting += [value.type for value in type_.fields.values()]
            yield type_.model


def _token(model: Any) -> str:
    """Return the token of an object type; the classes for inputs and outputs have the same one."""
    module = str(model.__module__).split(".")[1].rstrip("_")
    name = str(model.__name__).removesuffix("Args")
    return f"aws:{module}/{name}:{name}"


def _properties(properties: Mapping[str, Property]) -> Mapping[str, Any]:
    return {name: _specification(value.type) for name, value in properties.items()}


def _specification(type_: Type) -> Mapping[str, Any]:
    if type_.kind == "list":
        return {"type": "array", "items": _specification(type_.element) if type_.element is not None else _ANY}
    if type_.kind == "map":
        values = _specification(type_.element) if type_.element is not None else _ANY
        return {"type": "object", "additionalProperties": values}
    if type_.kind == "object":
        return {"$ref": f"#/types/{_token(type_.model)}"}
    return _ANY if type_.kind == "any" else {"type": type_.kind}
