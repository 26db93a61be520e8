"""The goal of a resource: a registration or read by the program, validated."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pulumi.runtime.proto import resource_pb2

from rehearsal.engine import paths
from rehearsal.engine.assets import hashed
from rehearsal.engine.errors import StepError, UnsupportedOptionError
from rehearsal.engine.values import Value, Values, read_struct, read_value, settle_outputs

_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
_SECONDS: Final[Mapping[str, float]] = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, kw_only=True, slots=True)
class Alias:
    """A former name of a resource: a URN, or the parts that differed. `parent` None: unchanged; "": no parent."""

    urn: str = ""
    name: str = ""
    type: str = ""
    stack: str = ""
    project: str = ""
    parent: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    """The declaration of a resource in the program. None: the option is not set and may be inherited."""

    type: str
    name: str
    custom: bool
    parent: str = ""
    inputs: Values = field(default_factory=dict)
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    provider: str = ""
    providers: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    protect: bool | None = None
    retain_on_delete: bool | None = None
    delete_before_replace: bool | None = None
    deleted_with: str = ""
    replace_with: tuple[str, ...] = ()
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    hide_diff: tuple[paths.Path, ...] = ()
    additional_secret_outputs: tuple[str, ...] = ()
    aliases: tuple[Alias, ...] = ()
    import_id: str = ""
    custom_timeouts: Mapping[str, float] = field(default_factory=dict)
    replacement_trigger: Value = None


def from_request(request: resource_pb2.RegisterResourceRequest, root: Path) -> Goal:
    """Parse a RegisterResource request.

    Raises UnsupportedOptionError, naming the resource and the option, for what this engine does not support.
    """
    _refuse(request)
    dependencies = set(request.dependencies)
    result: dict[str, tuple[str, ...]] = {}
    inputs: Values = {}
    for key, value in hashed(read_struct(request.object), root).items():
        own: set[str] = set()
        inputs[key] = settle_outputs(value, own)
        property_urns = request.propertyDependencies[key].urns if key in request.propertyDependencies else ()
        urns = property_urns if request.propertyDependencies else request.dependencies
        result[key] = tuple(sorted({*urns, *own}))
    replace = request.deleteBeforeReplace if request.deleteBeforeReplace or request.deleteBeforeReplaceDefined else None
    return Goal(
        type=request.type,
        name=request.name,
        custom=request.custom,
        parent=request.parent,
        inputs=inputs,
        dependencies=tuple(sorted(dependencies)),
        property_dependencies=result,
        provider=request.provider,
        providers=dict(request.providers),
        version=request.version,
        protect=request.protect if request.HasField("protect") else None,
        retain_on_delete=request.retainOnDelete if request.HasField("retainOnDelete") else None,
        delete_before_replace=replace,
        deleted_with=request.deletedWith,
        replace_with=tuple(request.replace_with),
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        hide_diff=tuple(paths.parse(text) for text in request.hideDiffs),
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        aliases=(*(Alias(urn=urn) for urn in request.aliasURNs), *map(_alias, request.aliases)),
        import_id=request.importId,
        custom_timeouts=_timeouts(request.customTimeouts),
        replacement_trigger=(
            settle_outputs(read_value(request.replacement_trigger), set())
            if request.HasField("replacement_trigger")
            else None
        ),
    )


def _has_hooks(request: resource_pb2.RegisterResourceRequest) -> bool:
    hooks = request.hooks
    return request.HasField("hooks") and any(getattr(hooks, item.name) for item in hooks.DESCRIPTOR.fields)


REFUSED_OPTIONS: Final[Mapping[str, Callable[[resource_pb2.RegisterResourceRequest], bool]]] = {
    "remote (a component made by a provider)": lambda request: request.remote,
    "transforms": lambda request: bool(request.transforms),
    "state_migrations": lambda request: bool(request.state_migrations),
    "hooks": _has_hooks,
    "env_var_mappings": lambda request: bool(request.envVarMappings),
    "a parameterized package": lambda request: bool(request.packageRef),
    "snippets": lambda request: bool(request.snippetId),
}
"""Option of a registration that this engine refuses -> whether a request uses it (docs/engine.md lists them)."""


def _refuse(request: resource_pb2.RegisterResourceRequest) -> None:
    for option, uses in REFUSED_OPTIONS.items():
        if uses(request):
            raise UnsupportedOptionError(
                f"{request.type} {request.name!r} uses {option}, which this engine does not support. "
                "Run this program with the Pulumi CLI, or remove the option"
            )
    for path in (*request.ignoreChanges, *request.replaceOnChanges, *request.hideDiffs):
        try:
            paths.parse(path)
        except ValueError as error:
            raise StepError(f"{request.type} {request.name!r}: {error}") from error


def _alias(alias: Any) -> Alias:
    if alias.WhichOneof("alias") == "urn":
        return Alias(urn=alias.urn)
    spec = alias.spec
    parent_field = spec.WhichOneof("parent")
    parent = (
        spec.parentUrn if parent_field == "parentUrn" else "" if parent_field == "noParent" and spec.noParent else None
    )
    return Alias(name=spec.name, type=spec.type, stack=spec.stack, project=spec.project, parent=parent)


def _timeouts(custom_timeouts: resource_pb2.RegisterResourceRequest.CustomTimeouts) -> dict[str, float]:
    texts = {
        "create": custom_timeouts.create,
        "update": custom_timeouts.update,
        "delete": custom_timeouts.delete,
        "read": custom_timeouts.read,
    }
    return {name: seconds(text) for name, text in texts.items() if text}


def seconds(text: str) -> float:
    """Convert a duration such as `1h30m` or `45s` to seconds. Raises StepError for invalid text."""
    parts: Sequence[tuple[str, str]] = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise StepError(f"custom timeout {text!r} is not a duration such as '30s' or '1h30m'")
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)
