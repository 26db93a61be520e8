"""Turns what the API says of a resource into outputs and inputs, so that every difference is somebody's change."""

import re
import string
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.provider.convert import properties, tags, value_of
from rehearsal.provider.errors import NotEmulatedError
from rehearsal.provider.schema import Schema, Type
from rehearsal.provider.spec import Work, search
from rehearsal.provider.values import Values, same

_ANY = Type(kind="any")


class _Templates(string.Formatter):
    """Format strings with a conversion `!n`: the name in an ARN, which follows its last colon or slash."""

    def convert_field(self, value: Any, conversion: str | None) -> Any:
        if conversion == "n":
            return re.split("[:/]", str(value))[-1]
        return super().convert_field(value, conversion)  # pyright: ignore[reportArgumentType]


_TEMPLATES = _Templates()


def told(work: Work, answer: Any) -> Values | None:
    """The properties that an answer of the reading operation tells; None when it says that there is nothing."""
    found = search(work.spec.result, answer)
    if found is None or (found in ([], {}) and not work.spec.optional):
        return None
    if isinstance(found, list):
        found = found[0]
    known = {**work.schema.inputs, **work.schema.outputs}
    values = properties(found, known, work.spec.names) if isinstance(found, Mapping) else {}
    for name, expression in work.spec.outputs.items():
        value = search(expression, answer)
        kind = known[name].type if name in known else _ANY
        if value is not None:
            values[name] = value_of(kind, value, work.spec.names)
        else:
            values.pop(name, None)
    for name in work.spec.keep:
        values.pop(name, None)
    context = {**work.values, **values}
    for name, template in work.spec.templates.items():
        values[name] = _TEMPLATES.vformat(template, (), context)
    if work.schema.has_tags:
        work.made = {**work.made, **{name: one for name, one in values.items() if name not in work.schema.inputs}}
        given = _tags(work, found)
        if given is not None:
            values["tagsAll"] = given
    return work.spec.finish(work, values) if work.spec.finish is not None else values


def _tags(work: Work, found: Any) -> dict[str, str] | None:
    how = work.spec.tags
    if how is None or not how.read:
        listed = [found[name] for name in ("Tags", "tags", "TagSet", "TagList") if name in found]
        return tags(listed[0]) if listed else None
    try:
        return tags(search(how.at, work.auto(how.read)))
    except NotEmulatedError as error:
        work.show(f"tags are not read: the emulator does not know {error}")
        return None


def outputs(work: Work, values: Values) -> Values:
    """What the resource is, for the program: what was asked for, and what the API adds or says otherwise."""
    found = {name: value for name, value in work.inputs.items() if not name.startswith("__")}
    for name, value in values.items():
        kind = work.schema.inputs[name].type if name in work.schema.inputs else _ANY
        if name not in found or not same(found[name], _project(found[name], value, kind, name, frozenset())):
            found[name] = value
    if "tagsAll" in found and work.schema.has_tags:
        found["tags"] = own_tags(work, found["tagsAll"])
    return found


def own_tags(work: Work, every: Mapping[str, str]) -> dict[str, str]:
    """The tags that are the resource's own: not there merely because the provider puts them on everything."""
    asked: Mapping[str, str] = work.inputs.get("tags") or {}
    return {key: value for key, value in every.items() if key in asked or work.default_tags.get(key) != value}


def inputs(work: Work, values: Values, unread: frozenset[str]) -> Values:
    """The inputs that would make the resource what it is: the ones it was made with, corrected by what the API says.

    `unread` are paths that the API did not give back right after they were set: about them it says nothing.
    """
    found: Values = {}
    for name, old in work.inputs.items():
        if name.startswith("__") or name not in work.schema.inputs or name in unread or name in ("tags", "tagsAll"):
            if name not in ("tags", "tagsAll"):
                found[name] = old
            continue
        value = _project(old, values.get(name), work.schema.inputs[name].type, name, unread)
        if value is not None:
            found[name] = value
    if work.schema.has_tags:
        _tag_inputs(work, values, unread, found)
    return found


def _tag_inputs(work: Work, values: Values, unread: frozenset[str], found: Values) -> None:
    asked = {name: work.inputs[name] for name in ("tags", "tagsAll") if name in work.inputs}
    every = values.get("tagsAll")
    if every is None or "tagsAll" in unread or same(every, asked.get("tagsAll") or asked.get("tags")):
        found |= asked
        return
    own = own_tags(work, every)
    found |= ({"tags": own} if own or "tags" in asked else {}) | ({"tagsAll": dict(every)} if every else {})


def imported(schema: Schema, values: Values) -> Values:
    """The inputs of a resource that the program did not make: what the API says that could have been an input."""
    return {
        name: value
        for name, value in values.items()
        if name in schema.inputs and value not in (None, "", [], {}, False)
    }


def unread(work: Work, values: Values) -> frozenset[str]:
    """Paths of inputs that do not come back as they were set, seen right after they were."""
    found: set[str] = set()
    for name, one in work.schema.inputs.items():
        if name in work.inputs and name not in ("tags", "tagsAll"):
            found.update(_lost(work.inputs[name], values.get(name), one.type, name))
    if "tagsAll" in work.inputs and not same(work.inputs["tagsAll"], values.get("tagsAll")):
        found.add("tagsAll")
    return frozenset(found)


def _lost(asked: Any, got: Any, kind: Type, path: str) -> Iterator[str]:
    if same(asked, got) or (got is None and asked is False):
        return
    if isinstance(asked, dict) and isinstance(got, dict) and kind.kind == "object":
        for key, value in asked.items():
            inner = kind.fields[key].type if key in kind.fields else _ANY
            yield from _lost(value, got.get(key), inner, f"{path}.{key}")
    elif isinstance(asked, list) and isinstance(got, list) and _pairs(asked, got):
        for index, (one, other) in enumerate(zip(asked, got, strict=True)):
            yield from _lost(one, other, kind.element or _ANY, f"{path}[{index}]")
    else:
        yield path


def _project(old: Any, new: Any, kind: Type, path: str, unread: frozenset[str]) -> Any:
    """The new value as the program would have written it: only what it spoke of, in its own form where it can."""
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
            _project(one, other, kind.element or _ANY, f"{path}[{index}]", unread)
            for index, (one, other) in enumerate(zip(old, new, strict=True))
        ]
    return new


def _pairs(one: list[Any], other: list[Any]) -> bool:
    """Whether two lists are of as many objects."""
    return len(one) == len(other) and all(isinstance(item, dict) for item in (*one, *other))
