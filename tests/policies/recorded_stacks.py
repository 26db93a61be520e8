"""Recorded stacks as the policy pack's checks see them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from controls.rules.checks import Check, OnStack, Stack
from controls.rules.resources import Resource
from policies.configuration import Parameters
from policies.pack import described
from tests.recorder import Recording
from tests.recorder import Resource as RecordedResource


def pack_stack(recording: Recording) -> Stack:
    """The resources of a recording with their providers and dependencies."""
    providers = {
        resource.name: _provider(resource.inputs)
        for resource in recording.resources
        if resource.type == "pulumi:providers:aws"
    }
    return Stack([_resource(resource, providers) for resource in recording.resources if resource.custom])


def violations(policy: str, recording: Recording) -> list[str]:
    """The violations of one stack policy, each with the name of its resource."""
    return list(_violations(described()[policy][1].check, recording))


def _violations(check: Check, recording: Recording) -> Iterator[str]:
    assert isinstance(check, OnStack)
    for resource, problem in check.check(pack_stack(recording), Parameters()):
        yield f"{resource.name}: {problem}"


def _resource(resource: RecordedResource, providers: Mapping[str, Mapping[str, Any]]) -> Resource:
    return Resource(
        type=resource.type,
        name=resource.name,
        urn=_urn(resource),
        props=resource.inputs,
        provider=providers.get(resource.provider, {}),
        depends={name: list(dependencies.urns) for name, dependencies in resource.request.propertyDependencies.items()},
    )


def _urn(resource: RecordedResource) -> str:
    """The URN that the SDK's mocks give a resource."""
    parent = resource.request.parent.split("::")[2].split("$")[-1] if resource.request.parent else ""
    stack, project = resource.request.parent.split("::")[:2] if resource.request.parent else ("", "")
    return "::".join([stack, project, f"{parent}${resource.type}" if parent else resource.type, resource.name])


def _provider(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Provider configuration: objects inside it are JSON text, as the engine keeps them."""
    return {
        key: json.loads(value) if isinstance(value, str) and value.startswith(("{", "[")) else value
        for key, value in inputs.items()
    }
