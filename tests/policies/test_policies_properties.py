"""Policies read properties that the AWS provider really has: a misspelt one would never be violated."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from rehearsal.provider.schema import Type, schema
from tests.policies.examples import CASES, FORBIDDEN, Example

EXAMPLES = {(example.type, tuple(sorted(example.props))): example for case in CASES for example in case.compliant} | {
    (entry.resource.type, ()): entry.resource for entry in FORBIDDEN
}


def inputs(token: str) -> Mapping[str, Any]:
    type_schema = schema(token)
    assert type_schema is not None, f"the AWS provider has no type {token}"
    return type_schema.inputs


def unknown(props: Mapping[str, Any], known_inputs: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for name, value in props.items():
        if name not in known_inputs:
            yield f"{path}{name}"
        else:
            yield from below(value, known_inputs[name].type, f"{path}{name}.")


def below(value: Any, kind: Type, path: str) -> Iterator[str]:
    if kind.kind == "object" and isinstance(value, Mapping):
        yield from unknown(value, kind.fields, path)
    elif kind.kind == "list" and kind.element is not None and isinstance(value, list):
        for element in value:
            yield from below(element, kind.element, path)


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=lambda example: example.type.rpartition(":")[2])
def test_example_properties_exist_in_the_provider(example: Example) -> None:
    assert list(unknown(example.props, inputs(example.type))) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.policy)
def test_changed_properties_exist_in_the_provider(case: Any) -> None:
    for change in case.changes:
        if change.remove_type or change.path in ("parent", "protect", "provider"):
            continue
        example = case.compliant[change.resource]
        assert change.path.split(".")[0] in inputs(example.type), change.path
