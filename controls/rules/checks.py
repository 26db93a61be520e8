"""Checks of policies: a rule with the resource types it applies to."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from controls.rules.parameters import Parameters
from controls.rules.resources import Resource
from controls.rules.values import Problem, Rule

Finding = tuple[Resource, Problem]
ResourceCheck = Callable[[Resource, Parameters], Iterator[Problem]]
StackCheck = Callable[["Stack", Parameters], Iterator[Finding]]


class Stack:
    """The resources of a stack, indexed by type and by the resources they refer to."""

    def __init__(self, resources: Sequence[Resource]) -> None:
        self.resources = resources
        self._by_type: dict[str, list[Resource]] = {}
        self._referrers: dict[tuple[str, str, str], list[Resource]] = {}
        for resource in resources:
            self._by_type.setdefault(resource.type, []).append(resource)
            for name, urns in resource.depends.items():
                for urn in urns:
                    self._referrers.setdefault((resource.type, name, urn), []).append(resource)

    def of(self, *types: str) -> list[Resource]:
        """All resources of the given types, in the order of registration."""
        return [resource for type_token in types for resource in self._by_type.get(type_token, [])]

    def companions(self, owner: Resource, kind: str, by: str) -> list[Resource]:
        """The resources of type `kind` whose property `by` names `owner`, by dependency or, once known, by value.

        S3 settings are resources of their own: a bucket's encryption, block and policy are found this way, in a preview
        through property dependencies even though the bucket's name is not known yet.
        """
        referring = list(self._referrers.get((kind, by, owner.urn), []))
        names = {owner.props.get(key) for key in ("id", "bucket", "arn")} - {None}
        referring += [
            resource
            for resource in self._by_type.get(kind, [])
            if resource not in referring and _hashable(resource.props.get(by)) in names
        ]
        return referring


def _hashable(value: object) -> object:
    return value if isinstance(value, str) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class OnResource:
    """A check of single resources, with the resource types it applies to."""

    types: frozenset[str]
    check: ResourceCheck


@dataclass(frozen=True, kw_only=True, slots=True)
class OnStack:
    """A check that needs several resources of a stack; `types` are those it can find something on."""

    types: frozenset[str]
    check: StackCheck


Check = OnResource | OnStack
"""The check of one policy."""


def on(types: str | Sequence[str], rule: Rule) -> OnResource:
    """A pure rule over the properties of every resource of the given types (Pulumi type tokens)."""
    return OnResource(
        types=frozenset([types] if isinstance(types, str) else types),
        check=lambda resource, _parameters: rule(resource.props),
    )


def configured(types: str | Sequence[str], make: Callable[[Parameters], Rule]) -> OnResource:
    """Like `on`, for a rule that takes a number from the pack's configuration."""
    return OnResource(
        types=frozenset([types] if isinstance(types, str) else types),
        check=lambda resource, parameters: make(parameters)(resource.props),
    )


def across(types: str | Sequence[str], check: StackCheck) -> OnStack:
    """A check of resources of the given types that looks at others of the stack as well."""
    return OnStack(types=frozenset([types] if isinstance(types, str) else types), check=check)
