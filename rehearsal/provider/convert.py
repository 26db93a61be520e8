"""Converts between Pulumi's property values and the parameters and answers of the AWS API, led by botocore's models."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.provider.schema import Property, Type

_KEYS: Final = ("Key", "key", "TagKey")
_VALUES: Final = ("Value", "value", "TagValue")


def plain(name: str) -> str:
    """A name without case, underscores and plural: what the API's and Pulumi's spelling of a thing have in common."""
    return name.replace("_", "").lower().removesuffix("s")


def parameters(shape: Any, values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The members of a structure of the API that the values have something for. `names`: API's name -> property."""
    by_name = {plain(key): value for key, value in values.items()}
    members: dict[str, Any] = {}
    for member, inner in shape.members.items():
        key = names.get(member, member)
        value = values[key] if key in values else by_name.get(plain(key)) if key == member else None
        if value is None:
            continue
        converted = parameter(inner, value, names)
        if converted is not None:
            members[member] = converted
    return members


def parameter(shape: Any, value: Any, names: Mapping[str, str]) -> Any:  # noqa: C901, PLR0911 - one case a type
    """A property value as a parameter of the API."""
    match shape.type_name:
        case "structure":
            return _structure(shape, value, names)
        case "list":
            pair = _pair(shape.member)
            if pair is not None and isinstance(value, Mapping):
                return [{pair[0]: key, pair[1]: str(item)} for key, item in sorted(value.items())]
            items = value if isinstance(value, list) else [value]
            return [parameter(shape.member, item, names) for item in items]
        case "map":
            return (
                {key: parameter(shape.value, item, names) for key, item in value.items()}
                if isinstance(value, Mapping)
                else None
            )
        case "string" if isinstance(value, dict | list):
            return json.dumps(value, separators=(",", ":"))
        case "string":
            return str(value).lower() if isinstance(value, bool) else str(value)
        case "boolean":
            return value if isinstance(value, bool) else str(value).lower() == "true"
        case "integer" | "long":
            return int(float(value))
        case "float" | "double":
            return float(value)
        case "blob":
            return value.encode() if isinstance(value, str) else value
        case _:
            return value


def _structure(shape: Any, value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, Mapping):
        return parameters(shape, value, names)
    # EC2 wraps a changed attribute in a structure of its own.
    return {"Value": value} if value is not None and list(shape.members) == ["Value"] else None


def _pair(shape: Any) -> tuple[str, str] | None:
    """The members of a structure that is a key and its value, as tags are."""
    if shape.type_name != "structure":
        return None
    key = next((name for name in _KEYS if name in shape.members), None)
    value = next((name for name in _VALUES if name in shape.members), None)
    return (key, value) if key is not None and value is not None else None


def properties(answer: Any, schema: Mapping[str, Property], names: Mapping[str, str]) -> dict[str, Any]:
    """The properties that an answer of the API has something for. `names`: API's name -> property."""
    if not isinstance(answer, Mapping):
        return {}
    renamed = {names[key]: value for key, value in answer.items() if key in names}
    by_name = {plain(key): value for key, value in answer.items() if key not in names}
    result: dict[str, Any] = {}
    for name, property_ in schema.items():
        value = renamed[name] if name in renamed else by_name.get(plain(name))
        if value is None or name in ("tags", "tagsAll"):
            continue
        converted = value_of(property_.type, value, names)
        if converted is not None:
            result[name] = converted
    return result


def value_of(kind: Type, value: Any, names: Mapping[str, str]) -> Any:  # noqa: PLR0911 - one case a type
    """A value of the API as a property value of a type."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    match kind.kind:
        case "object":
            if isinstance(value, list):
                value = value[0] if value else None
            return properties(value, kind.fields, names) if isinstance(value, Mapping) else None
        case "list":
            items = value if isinstance(value, list) else [value]
            return [item if kind.element is None else value_of(kind.element, item, names) for item in items]
        case "map":
            return tags(value) if isinstance(value, list) else dict(value) if isinstance(value, Mapping) else None
        case "string" if isinstance(value, dict | list):
            return json.dumps(value, separators=(",", ":"), default=str)
        case "string":
            return str(value).lower() if isinstance(value, bool) else str(value)
        case "boolean":
            return value if isinstance(value, bool) else str(value).lower() == "true"
        case "number" if isinstance(value, str):
            number = float(value)
            return int(number) if number.is_integer() else number
        case _:
            return value


def tags(value: Any) -> dict[str, str]:
    """Tags, in whatever form the API gives them, as a map."""
    if isinstance(value, Mapping):
        return {str(key): str(item) for key, item in value.items()}
    pairs: list[Mapping[str, Any]] = value or []
    return {
        str(next(pair[name] for name in _KEYS if name in pair)): str(
            next((pair[name] for name in _VALUES if name in pair), "")
        )
        for pair in pairs
    }
