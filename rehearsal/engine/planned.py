"""The declaration of a stack: the resources that its program registers, each with the one of the state it continues."""

from collections.abc import Sequence
from dataclasses import dataclass

from rehearsal.engine import urns
from rehearsal.engine.events import StackResult
from rehearsal.engine.resource import Resource
from rehearsal.engine.run_state import StackRun
from rehearsal.engine.values import Values, reveal

SKIPPED = "pulumi"
"""Package of resources that are no cloud resources: stacks, providers, references."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedResource:
    """A custom resource that the program declares, that the state has, or both."""

    urn: str
    type: str
    declared: Values | None
    """Inputs that the program declares, after the provider's check; None: in the state and not in the program."""
    id: str
    """Id in the state; empty if the resource is not deployed."""
    recorded_inputs: Values
    """Inputs of the last deployment."""
    recorded_outputs: Values
    """Outputs of the last deployment."""
    provider: Values
    """Configuration of its provider; of the state if the program does not declare the resource."""
    ignore_changes: Sequence[str] = ()
    """Properties whose changes the program ignores."""
    secret: frozenset[str] = frozenset()
    """Top-level properties with a secret in them; their values must not be shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedStack:
    """The declaration of a stack, and the result of its preview or update."""

    result: StackResult
    resources: Sequence[PlannedResource]


def planned_resources(run: StackRun) -> Sequence[PlannedResource]:
    """The resources of a stack: those of the program, then those that only the state has.

    Args:
        run: a preview whose program has ended, or an update that succeeded. After an update the recorded values are
            those that it wrote.
    """
    if not run.dry_run:
        return [_planned(run, resource, resource) for resource in run.new_resources.values() if _relevant(resource)]
    continued = {run.adopted.get(urn, urn) for urn in run.new_resources}
    resources = [
        _planned(run, resource, run.old_resources.get(run.adopted.get(urn, urn)))
        for urn, resource in run.new_resources.items()
        if _relevant(resource)
    ]
    left = [old for urn, old in run.old_resources.items() if urn not in continued and _relevant(old)]
    return [*resources, *(_planned(run, None, old) for old in left)]


def _relevant(resource: Resource) -> bool:
    return resource.custom and not urns.is_provider(resource.type) and urns.package_of(resource.type) != SKIPPED


def _planned(run: StackRun, new: Resource | None, old: Resource | None) -> PlannedResource:
    resource = new or old
    assert resource is not None
    provider_urn, _ = urns.split_reference(resource.provider)
    provider = run.new_resources.get(provider_urn) or run.old_resources.get(provider_urn)
    secret = {
        name
        for values in (new.inputs if new else {}, old.inputs if old else {}, old.outputs if old else {})
        for name, value in values.items()
        if value is not reveal(value) and value != reveal(value)
    }
    return PlannedResource(
        urn=resource.urn,
        type=resource.type,
        declared=reveal(new.inputs) if new is not None else None,
        id=old.id if old is not None and not old.external else "",
        recorded_inputs=reveal(old.inputs) if old is not None else {},
        recorded_outputs=reveal(old.outputs) if old is not None else {},
        provider=reveal(provider.inputs) if provider is not None else {},
        ignore_changes=resource.ignore_changes,
        secret=frozenset(secret | set(resource.additional_secret_outputs)),
    )
