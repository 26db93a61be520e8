"""The schema of every resource type, read from the SDK's own classes: properties, their types, which are required."""

import functools
import importlib
import inspect
import json
import re
import sys
import threading
import typing
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

Kind = Literal["string", "number", "boolean", "list", "map", "object", "any"]

_FORCES: Final = re.compile(
    r"(forces?|creates?|triggers?)\s+(the\s+creation\s+of\s+)?(a\s+)?(new\s+resource|replacement|recreation)"
    r"|new resource to be created",
    re.IGNORECASE,
)
_loading = threading.RLock()


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Type:
    """The type of a value. `element`: type of a list's or map's items; `model`: SDK class of an object."""

    kind: Kind
    element: "Type | None" = None
    model: Any = None

    @property
    def fields(self) -> Mapping[str, "Property"]:
        """An object's properties, by name as on Pulumi's wire."""
        return fields(self.model) if self.model is not None else {}


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Property:
    """A property. `required`: the input must be set, or the output is always present."""

    name: str
    type: Type
    required: bool
    forces: bool = False
    """The SDK's documentation says that changing it replaces the resource."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Schema:
    """A resource type."""

    token: str
    inputs: Mapping[str, Property]
    outputs: Mapping[str, Property]

    @property
    def has_tags(self) -> bool:
        """Whether the type has tags, and so gets the provider's default tags."""
        return "tags" in self.inputs and "tagsAll" in self.outputs


@functools.cache
def tokens() -> Mapping[str, tuple[str, str]]:
    """Return the SDK's resource types: token -> module and class."""
    with _loading:
        text = inspect.getsource(_import("pulumi_aws"))
    table = text.partition('resource_modules="""')[2].partition('"""')[0]
    modules: list[dict[str, Any]] = json.loads(table)
    return {token: (module["fqn"], name) for module in modules for token, name in module["classes"].items()}


@functools.cache
def schema(token: str) -> Schema | None:
    """Return the schema of a resource type; None if the SDK has no such type."""
    module_and_class = tokens().get(token)
    if module_and_class is None:
        return None
    with _loading:
        module, name = _import(module_and_class[0]), module_and_class[1]
        resource = getattr(module, name)
        home: Any = sys.modules[resource.__module__]
        # A class whose arguments' natural name is taken has them under another.
        arguments = getattr(home, f"{name}InitArgs", None) or getattr(home, f"{name}Args")
        return Schema(token=token, inputs=fields(arguments), outputs=_outputs(resource))


@functools.cache
def fields(model: Any) -> Mapping[str, Property]:
    """Return the properties of an SDK class for inputs or nested outputs."""
    from pulumi._types import (  # noqa: PLC0415 - slow to load
        input_type_py_to_pulumi_names,
        input_type_types,
        is_input_type,
        output_type_types,
    )

    with _loading:
        if not is_input_type(model):
            return {
                name: Property(name=name, type=_type(hint), required=False)
                for name, hint in output_type_types(model).items()
            }
        names: Mapping[str, str] = input_type_py_to_pulumi_names(model)
        types: Mapping[str, Any] = input_type_types(model)
        parameters = inspect.signature(model.__init__).parameters
        return {
            wire: Property(
                name=wire,
                type=_type(types.get(wire)),
                required=python in parameters and parameters[python].default is inspect.Parameter.empty,
                forces=bool(_FORCES.search(inspect.getdoc(getattr(model, python, None)) or "")),
            )
            for python, wire in names.items()
        }


def _outputs(resource: Any) -> Mapping[str, Property]:
    from pulumi import _types  # noqa: PLC0415 # pyright: ignore[reportPrivateUsage] - slow to load

    types: Mapping[str, Any] = _types.resource_types(resource)
    # Whether an output may be absent is told by its annotation only, which the public function strips.
    hints: Mapping[str, Any] = _types._raw_return_hints(resource)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    return {
        name: Property(name=name, type=_type(types.get(name)), required=not _optional(hints.get(name)))
        for name in types
        if name not in ("id", "urn")
    }


def _optional(hint: Any) -> bool:
    return any(type(None) in typing.get_args(inner) for inner in typing.get_args(hint))


@functools.cache
def _named(model: Any) -> Type:
    return Type(kind="object", model=model)


def _type(hint: Any) -> Type:  # noqa: PLR0911 - one return a kind
    from pulumi._types import is_input_type, is_output_type, unwrap_type  # noqa: PLC0415 - slow to load

    if hint is None:
        return Type(kind="any")
    plain = unwrap_type(hint)
    origin = typing.get_origin(plain)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return Type(kind="map", element=_type(typing.get_args(plain)[1]))
    if origin is not None and isinstance(origin, type) and issubclass(origin, Sequence):
        return Type(kind="list", element=_type(typing.get_args(plain)[0]))
    if inspect.isclass(plain):
        if is_input_type(plain) or is_output_type(plain):
            return _named(plain)
        if issubclass(plain, bool):
            return Type(kind="boolean")
        if issubclass(plain, int | float):
            return Type(kind="number")
        if issubclass(plain, str):
            return Type(kind="string")
    return Type(kind="any")


def _import(name: str) -> Any:
    with warnings.catch_warnings():
        # The SDK warns of its own deprecated types while it loads.
        warnings.simplefilter("ignore")
        return importlib.import_module(name)
