"""URNs: how Pulumi names a resource (`urn:pulumi:<stack>::<project>::<parent type$type>::<name>`)."""

from typing import Final

ROOT_TYPE: Final = "pulumi:pulumi:Stack"
PROVIDER_PREFIX: Final = "pulumi:providers:"
_PARTS: Final = 4


def make(*, stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """Return the URN of a resource; the types of its ancestors (except the root stack) qualify its own."""
    above = qualified_type(parent) if parent else ""
    qualified = f"{above}${type_}" if above and above != ROOT_TYPE else type_
    return f"urn:pulumi:{stack}::{project}::{qualified}::{name}"


def root(stack: str, project: str) -> str:
    """The URN of a stack's root resource."""
    return make(stack=stack, project=project, parent="", type_=ROOT_TYPE, name=f"{project}-{stack}")


def qualified_type(urn: str) -> str:
    """The type with its ancestors' types: `a:b:C$d:e:F`."""
    return urn.split("::", _PARTS - 1)[2]


def type_of(urn: str) -> str:
    """The resource's own type."""
    return qualified_type(urn).rpartition("$")[2]


def name_of(urn: str) -> str:
    """The resource's name in the program."""
    return urn.split("::", _PARTS - 1)[3]


def package_of(type_: str) -> str:
    """The package of a type token; a provider's is the package it serves."""
    if type_.startswith(PROVIDER_PREFIX):
        return type_.removeprefix(PROVIDER_PREFIX)
    return type_.partition(":")[0]


def is_provider(type_: str) -> bool:
    """Return whether the type is a provider's."""
    return type_.startswith(PROVIDER_PREFIX)


def reference(urn: str, id_: str) -> str:
    """A provider reference: what a resource's `provider` field holds."""
    return f"{urn}::{id_}"


def split_reference(ref: str) -> tuple[str, str]:
    """URN and id of a provider reference."""
    urn, _, id_ = ref.rpartition("::")
    return urn, id_
