"""Converts the resources of Pulumi's policy SDK into those that checks read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi_policy import PolicyResource, ResourceValidationArgs, proxy
from pulumi_policy.proxy import UnknownValueError

from controls.rules import UNKNOWN, Props
from controls.rules.resources import Resource

_MARKERS = frozenset(
    {
        proxy.UNKNOWN_ARCHIVE_VALUE,
        proxy.UNKNOWN_ARRAY_VALUE,
        proxy.UNKNOWN_ASSET_VALUE,
        proxy.UNKNOWN_BOOLEAN_VALUE,
        proxy.UNKNOWN_NUMBER_VALUE,
        proxy.UNKNOWN_OBJECT_VALUE,
        proxy.UNKNOWN_STRING_VALUE,
    }
)


def plain(value: Any) -> Any:
    """A proxy tree as plain dicts and lists, with `UNKNOWN` where the value is not known.

    The proxies of pulumi_policy are neither dict nor list and raise on unknown values, so rules written for plain trees
    would miss what they look at; here every rule gets plain trees.
    """
    if isinstance(value, Mapping):
        return {key: _read(value, key) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_read(value, index) for index in range(len(value))]
    # Remediations see the markers themselves: the proxy that raises is not around secrets.
    return UNKNOWN if isinstance(value, str) and value in _MARKERS else value


def _read(container: Any, key: Any) -> Any:
    try:
        return plain(container[key])
    except UnknownValueError:
        return UNKNOWN


def from_resource_args(args: ResourceValidationArgs) -> Resource:
    """The resource of a resource policy: its inputs, before anything is created."""
    return Resource(
        type=args.resource_type,
        name=args.name,
        urn=args.urn,
        props=plain(args.props),
        protect=args.opts.protect,
        provider=_provider_props(args.provider),
    )


class UnknownProperties(Mapping[str, Any]):
    """The outputs of a resource whose provider is not configured yet: every property is there, none is known."""

    def __getitem__(self, key: str) -> Any:
        return UNKNOWN

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def from_stack_resource(resource: PolicyResource) -> Resource:
    """A resource of a stack policy: its outputs, or in a preview what is known of them.

    While a provider's own configuration is unknown (the account is still to be created), the engine calls it for
    nothing and gives no outputs at all. A real resource of AWS always has some.
    """
    return Resource(
        type=resource.resource_type,
        name=resource.name,
        urn=resource.urn,
        props=plain(resource.props) if len(resource.props) else UnknownProperties(),
        protect=resource.opts.protect,
        provider=_provider_props(resource.provider),
        depends={
            name: [dependency.urn for dependency in dependencies]
            for name, dependencies in resource.property_dependencies.items()
        },
    )


def _provider_props(provider: Any) -> Props:
    """Provider configuration as the engine keeps it: objects inside it are JSON text."""
    if provider is None:
        return {}

    props: dict[str, Any] = plain(provider.props)
    for key, value in props.items():
        if isinstance(value, str) and value.startswith(("{", "[")):
            try:
                props[key] = json.loads(value)
            except json.JSONDecodeError:
                props[key] = value
    return props
