"""Describes how the emulated provider handles a resource type: `zone provider explain TYPE`."""

import difflib
import functools
import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import botocore.session
from botocore import xform_name

from rehearsal.provider import forces
from rehearsal.provider.convert import plain
from rehearsal.provider.errors import RefusedError
from rehearsal.provider.schema import schema, tokens
from rehearsal.provider.services import SPECS
from rehearsal.provider.spec import Emulated
from rehearsal.provider.vocabulary import ApiCall, Find, Switch

_NEAR: Final = 5
"""Similar types that are suggested for an unknown one."""
_OPERATION: Final = re.compile(r"resource\.(?:call|pages|auto|attempt)\(\s*f?\"([a-z][\w{}]*)\"")
"""An operation that the code of a type names."""


class UnknownTypeError(RefusedError):
    """The SDK has no such resource type; the message lists similar ones."""


def resolve(name: str) -> str:
    """Return the type token of `aws:s3/bucket:Bucket`, `aws.s3.Bucket` or `s3.Bucket`. Raises UnknownTypeError."""
    tokens_by_name = _short_names()
    short_name = name.removeprefix("aws.")
    if name in tokens():
        return name
    if short_name in tokens_by_name:
        return tokens_by_name[short_name]
    by_lower = {short.lower(): short for short in tokens_by_name}
    if ":" in name:
        module, _, class_ = name.removeprefix("aws:").rpartition(":")
        short_name = f"{module.partition('/')[0]}.{class_}"
    matches = difflib.get_close_matches(short_name.lower(), by_lower, n=_NEAR, cutoff=0.5)
    hint = f" Similar types: {', '.join(by_lower[match] for match in matches)}." if matches else ""
    raise UnknownTypeError(f"pulumi-aws has no resource type {name!r}.{hint}")


def explain(name: str) -> str:
    """Describe a type's operations with their parameters, its replacements, id and outputs, as text.

    Args:
        name: the type, in one of the forms that `resolve` accepts.

    Raises:
        UnknownTypeError: the SDK has no such type.
    """
    token = resolve(name)
    spec = SPECS.get(token)
    if spec is None:
        lines = [
            f"{token} is recorded",
            "  Inputs are checked against the schema of pulumi-aws; the resource is kept by the provider.",
            "  No AWS operation is called: no policy, quota or other resource affects it.",
            f"  Replaced when one of these changes: {', '.join(sorted(forces.recorded(token))) or 'none'}",
        ]
        return "\n".join(lines)
    lines = [f"{token} is emulated", f"  service: {spec.service}", f"  id: {spec.id}"]
    for kind, calls in operations(spec).items():
        for call in calls:
            lines += [f"  {kind}: {line}" if not index else f"    {line}" for index, line in enumerate(call)]
    replacing = ", ".join(sorted(forces.emulated(spec)))
    lines.append(f"  Replaced when one of these changes: {replacing or 'none'}")
    if spec.exclusive:
        lines.append("  A replacement deletes the old resource first.")
    lines += [f"  output {name}: {source}" for name, source in _outputs(spec)]
    return "\n".join(lines)


def operations(spec: Emulated) -> Mapping[str, list[list[str]]]:
    """Return kind of request -> operations; each is its name and one line per parameter."""
    update: list[Any] = [spec.update] if isinstance(spec.update, str) or callable(spec.update) else [*spec.update]
    if spec.update == "put":
        update = [spec.create]
    settings: list[Any] = []
    for setting in spec.settings:
        settings += [
            operation if isinstance(operation, ApiCall) else ApiCall(op=operation, by=setting.by, on=setting.on)
            for operation in (setting.set, setting.unset)
            if operation
        ]
    for items in spec.items:
        by, property_ = {**items.by, items.parameter: f"an item of {items.property}"}, frozenset({items.property})
        settings += [ApiCall(op=operation, by=by, on=property_) for operation in (items.add, items.remove)]
    if spec.attributes is not None and spec.attributes.set:
        attributes = spec.attributes
        settings.append(ApiCall(op=attributes.set, by=attributes.by, on=frozenset(attributes.names)))
    tags = [] if spec.tags is None else [tag for tag in (spec.tags.add, spec.tags.remove, spec.tags.read) if tag]
    kinds: Mapping[str, list[Any]] = {
        "create": [*_switched(spec.create), spec.after],
        "read": [spec.read],
        "update": [*update, *settings],
        "delete": [spec.tidy, spec.delete],
        "tags": [*tags],
    }
    return {kind: [_described(spec, call) for call in calls if call] for kind, calls in kinds.items()}


def _switched(create: Any) -> Sequence[Any]:
    """The operations of a creation: two for a Boolean property with one operation per value."""
    if not isinstance(create, Switch):
        return [create]
    off = ApiCall(op=create.off, by=create.by, on=frozenset({create.property}))
    return [create, off]


def _described(spec: Emulated, call: Any) -> list[str]:
    if isinstance(call, str):
        return [call, *(f"{parameter} <- {source}" for parameter, source in _by_name(spec, call, spec.service))]
    if isinstance(call, ApiCall):
        on = f" when {', '.join(sorted(call.on))} changes" if call.on else ""
        sources = call.by.items() if call.by is not None else _by_name(spec, call.op, call.service or spec.service)
        lines = [f"{call.op}{on}", *(f"{parameter} <- {source}" for parameter, source in sources)]
        lines += [f"{parameter} = {value!r}" for parameter, value in call.fixed.items()]
        lines += [f"{parameter} = template {text!r}" for parameter, text in call.templates.items()]
        for property_, (adding, removing) in call.lists.items():
            lines += [f"{adding} <- added {property_}", f"{removing} <- removed {property_}"]
        if isinstance(call, Find):
            lines += [f"{call.at}[].{member} == {source}" for member, source in call.matching.items()]
        return lines
    name = f"{call.__module__}.{call.__qualname__.replace('.<locals>', '')}"
    return [f"code in {name}", *(f"calls {operation}" for operation in _called(call))]


def operation_names(spec: Emulated) -> Sequence[str]:
    """Return the operations of a type, in the order create, read, update, delete, tags."""
    names: dict[str, None] = {}
    for calls in operations(spec).values():
        for first, *others in calls:
            if first.startswith("code in "):
                names |= dict.fromkeys(line.removeprefix("calls ") for line in others)
            else:
                names[first.partition(" ")[0]] = None
    return tuple(names)


def _called(function: Any) -> Sequence[str]:
    """The operations that a function's source names, and those of the functions of its module that it calls."""
    sources = [inspect.getsource(function)]
    module = inspect.getmodule(function)
    for name in re.findall(r"\b(_\w+)\(resource", sources[0]):
        helper = getattr(module, name, None)
        if inspect.isfunction(helper) and helper is not function:
            sources.append(inspect.getsource(helper))
    return tuple(dict.fromkeys(operation for source in sources for operation in _OPERATION.findall(source)))


def _by_name(spec: Emulated, operation: str, service: str) -> Iterator[tuple[str, str]]:
    """The parameters of an operation that a property, or the declaration, has a value for."""
    type_schema = schema(spec.type)
    shape = _input_shape(service, operation)
    if type_schema is None or shape is None:
        return
    properties = {*type_schema.inputs, *type_schema.outputs, "accountId", "region", "id"}
    by_plain = {plain(name): name for name in properties}
    for member in shape.members:
        if member in spec.fixed:
            yield member, repr(spec.fixed[member])
        elif spec.names.get(member) in properties:
            yield member, spec.names[member]
        elif member not in spec.names and plain(member) in by_plain:
            yield member, by_plain[plain(member)]


def _outputs(spec: Emulated) -> Iterator[tuple[str, str]]:
    yield from ((name, f"JMESPath {expression}") for name, expression in sorted(spec.outputs.items()))
    yield from ((name, f"template {template}") for name, template in sorted(spec.templates.items()))
    yield "(others)", "the member of the read operation's answer with the same name"
    if spec.keep:
        yield ", ".join(sorted(spec.keep)), "not read: the value of the inputs"


@functools.cache
def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def _input_shape(service: str, operation: str) -> Any:
    model = _model(service)
    name = next((name for name in model.operation_names if xform_name(name) == operation), None)
    return None if name is None else model.operation_model(name).input_shape


@functools.cache
def _short_names() -> Mapping[str, str]:
    """`s3.Bucket` -> token."""
    tokens_by_name: dict[str, str] = {}
    for token, (module, class_) in tokens().items():
        tokens_by_name.setdefault(f"{module.removeprefix('pulumi_aws.')}.{class_}", token)
    return tokens_by_name
