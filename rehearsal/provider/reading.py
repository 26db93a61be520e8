"""Converts responses of the API to outputs and inputs, so that differences are real changes only."""

import re
import string
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.provider.convert import properties, tags, value_of
from rehearsal.provider.errors import NotEmulatedError
from rehearsal.provider.schema import Schema, Type
from rehearsal.provider.spec import EmulatedResource, search
from rehearsal.provider.values import Values, same

_ANY = Type(kind="any")


class _Templates(string.Formatter):
    """Format strings with a conversion `!n`: the name in an ARN, which follows its last colon or slash."""

    def convert_field(self, value: Any, conversion: str | None) -> Any:
        if conversion == "n":
            return re.split("[:/]", str(value))[-1]
        return super().convert_field(value, conversion)  # pyright: ignore[reportArgumentType]


_TEMPLATES = _Templates()


def properties_of(resource: EmulatedResource, answer: Any) -> Values | None:
    """Return the properties in a response of the reading operation; None if the resource does not exist."""
    description = search(resource.spec.result, answer)
    if description is None or (description in ([], {}) and not resource.spec.optional):
        return None
    if isinstance(description, list):
        description = description[0]
    properties_ = {**resource.schema.inputs, **resource.schema.outputs}
    values = properties(description, properties_, resource.spec.names) if isinstance(description, Mapping) else {}
    for name, expression in resource.spec.outputs.items():
        value = search(expression, answer)
        kind = properties_[name].type if name in properties_ else _ANY
        if value is not None:
            values[name] = value_of(kind, value, resource.spec.names)
        else:
            values.pop(name, None)
    for name in resource.spec.keep:
        values.pop(name, None)
    context = {**resource.values, **values}
    for name, template in resource.spec.templates.items():
        values[name] = _TEMPLATES.vformat(template, (), context)
    if resource.schema.has_tags:
        resource.created = {
            **resource.created,
            **{name: value for name, value in values.items() if name not in resource.schema.inputs},
        }
        resource_tags = _tags(resource, description)
        if resource_tags is not None:
            values["tagsAll"] = resource_tags
    return resource.spec.finish(resource, values) if resource.spec.finish is not None else values


def _tags(resource: EmulatedResource, description: Any) -> dict[str, str] | None:
    tagging = resource.spec.tags
    if tagging is None or not tagging.read:
        listed = [description[name] for name in ("Tags", "tags", "TagSet", "TagList") if name in description]
        return tags(listed[0]) if listed else None
    try:
        return tags(search(tagging.at, resource.auto(tagging.read)))
    except NotEmulatedError as error:
        resource.show(f"tags are not read: the emulator does not know {error}")
        return None


def outputs(resource: EmulatedResource, values: Values) -> Values:
    """Return the outputs: the requested inputs, with additional and different values of the API."""
    outputs_ = {name: value for name, value in resource.inputs.items() if not name.startswith("__")}
    for name, value in values.items():
        kind = resource.schema.inputs[name].type if name in resource.schema.inputs else _ANY
        if name not in outputs_ or not same(outputs_[name], _project(outputs_[name], value, kind, name, frozenset())):
            outputs_[name] = value
    if "tagsAll" in outputs_ and resource.schema.has_tags:
        outputs_["tags"] = own_tags(resource, outputs_["tagsAll"])
    return outputs_


def own_tags(resource: EmulatedResource, all_tags: Mapping[str, str]) -> dict[str, str]:
    """Return the resource's tags without the provider's default tags."""
    requested: Mapping[str, str] = resource.inputs.get("tags") or {}
    return {
        key: value for key, value in all_tags.items() if key in requested or resource.default_tags.get(key) != value
    }


def inputs(resource: EmulatedResource, values: Values, unread: frozenset[str]) -> Values:
    """Return the inputs that correspond to the resource: those of its creation, corrected by the API's values.

    `unread` are paths that the API did not give back right after they were set: about them it says nothing.
    """
    inputs_: Values = {}
    for name, old in resource.inputs.items():
        if name.startswith("__") or name not in resource.schema.inputs or name in unread or name in ("tags", "tagsAll"):
            if name not in ("tags", "tagsAll"):
                inputs_[name] = old
            continue
        value = _project(old, values.get(name), resource.schema.inputs[name].type, name, unread)
        if value is not None:
            inputs_[name] = value
    if resource.schema.has_tags:
        _tag_inputs(resource, values, unread, inputs_)
    return inputs_


def projected(schema: Schema, declared: Mapping[str, Any], values: Mapping[str, Any]) -> Values:
    """Return the declared properties with other values, in the notation of the declaration where both mean the same."""
    result: Values = {}
    for name, old in declared.items():
        kind = schema.inputs[name].type if name in schema.inputs else _ANY
        value = _project(old, values.get(name), kind, name, frozenset())
        if value is not None:
            result[name] = value
    return result


def _tag_inputs(resource: EmulatedResource, values: Values, unread: frozenset[str], inputs_: Values) -> None:
    requested = {name: resource.inputs[name] for name in ("tags", "tagsAll") if name in resource.inputs}
    all_tags = values.get("tagsAll")
    if all_tags is None or "tagsAll" in unread or same(all_tags, requested.get("tagsAll") or requested.get("tags")):
        inputs_ |= requested
        return
    own = own_tags(resource, all_tags)
    inputs_ |= ({"tags": own} if own or "tags" in requested else {}) | ({"tagsAll": dict(all_tags)} if all_tags else {})


def imported(resource: EmulatedResource, values: Values) -> Values:
    """Return the inputs of an imported resource: the API's values of input properties, and its tags."""
    schema = resource.schema
    inputs_ = {
        name: value
        for name, value in values.items()
        if name in schema.inputs and value not in (None, "", [], {}, False)
    }
    if schema.has_tags:
        _tag_inputs(resource, values, frozenset(), inputs_)
    return inputs_


def unread(resource: EmulatedResource, values: Values) -> frozenset[str]:
    """Return the paths of inputs that the API does not return as they were set."""
    paths: set[str] = set()
    for name, property_ in resource.schema.inputs.items():
        if name in resource.inputs and name not in ("tags", "tagsAll"):
            paths.update(_lost(resource.inputs[name], values.get(name), property_.type, name))
    if "tagsAll" in resource.inputs and not same(resource.inputs["tagsAll"], values.get("tagsAll")):
        paths.add("tagsAll")
    return frozenset(paths)


def _lost(requested: Any, returned: Any, kind: Type, path: str) -> Iterator[str]:
    if same(requested, returned) or (returned is None and requested is False):
        return
    if isinstance(requested, dict) and isinstance(returned, dict) and kind.kind == "object":
        for key, value in requested.items():
            inner = kind.fields[key].type if key in kind.fields else _ANY
            yield from _lost(value, returned.get(key), inner, f"{path}.{key}")
    elif isinstance(requested, list) and isinstance(returned, list) and _pairs(requested, returned):
        for index, (requested_item, item) in enumerate(zip(requested, returned, strict=True)):
            yield from _lost(requested_item, item, kind.element or _ANY, f"{path}[{index}]")
    else:
        yield path


def _project(old: Any, new: Any, kind: Type, path: str, unread: frozenset[str]) -> Any:
    """Return the new value in the form of the program: only the members that it sets, in its own notation if equal."""
    if path in unread or same(old, new) or (new is None and old is False):
        return old
    if isinstance(old, dict) and isinstance(new, dict) and kind.kind == "object":
        inner = {
            key: _project(
                value, new.get(key), kind.fields[key].type if key in kind.fields else _ANY, f"{path}.{key}", unread
            )
            for key, value in old.items()
        }
        return {key: value for key, value in inner.items() if value is not None}
    if isinstance(old, list) and isinstance(new, list) and _pairs(old, new):
        return [
            _project(old_item, new_item, kind.element or _ANY, f"{path}[{index}]", unread)
            for index, (old_item, new_item) in enumerate(zip(old, new, strict=True))
        ]
    return new


def undeclared(old: Any, new: Any, kind: Type, path: str) -> Iterator[tuple[str, Any]]:
    """Return the members of objects that the new value has and the old one does not set; empty ones are left out."""
    if isinstance(old, dict) and isinstance(new, dict) and kind.kind == "object":
        for key, value in new.items():
            inner = kind.fields[key].type if key in kind.fields else _ANY
            if key in old:
                yield from undeclared(old[key], value, inner, f"{path}.{key}")
            elif value not in (None, "", [], {}, False, 0):
                yield f"{path}.{key}", value
    elif isinstance(old, list) and isinstance(new, list) and _pairs(old, new):
        for index, (old_item, new_item) in enumerate(zip(old, new, strict=True)):
            yield from undeclared(old_item, new_item, kind.element or _ANY, f"{path}[{index}]")


def _pairs(old: list[Any], new: list[Any]) -> bool:
    """Return whether two lists have the same number of objects."""
    return len(old) == len(new) and all(isinstance(item, dict) for item in (*old, *new))
