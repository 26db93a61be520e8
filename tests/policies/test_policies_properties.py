"""Policies read properties that the AWS provider really has: a misspelt one would never be violated."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from rehearsal.provider.schema import Type, schema
from tests.policies.examples import CASES, FORBIDDEN, Example

EXAMPLES = {(example.type, tuple(sorted(example.props))): example for case in CASES for example in case.compliant} | {
    (one.resource.type, ()): one.resource for one in FORBIDDEN
}


def inputs(token: str) -> Mapping[str, Any]:
    known = schema(token)
    assert known is not None, f"the AWS provider has no type {token}"
    return known.inputs


def unknown(props: Mapping[str, Any], known: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for name, value in props.items():
        if name not in known:
            yield f"{path}{name}"
        else:
            yield from below(value, known[name].type, f"{path}{name}.")


def below(value: Any, kind: Type, path: str) -> Iterator[str]:
    if kind.kind == "object" and isinstance(value, Mapping):
        yield from unknown(value, kind.fields, path)
    elif kind.kind == "list" and kind.element is not None and isinstance(value, list):
        for one in value:
            yield from below(one, kind.element, path)


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=lambda one: one.type.rpartition(":")[2])
def test_every_property_of_an_example_is_one_of_the_providers(example: Example) -> None:
    assert list(unknown(example.props, inputs(example.type))) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.policy)
def test_every_property_that_a_change_touches_is_one_of_the_providers(case: Any) -> None:
    for change in case.changes:
        if change.remove_type or change.path in ("parent", "protect", "provider"):
            continue
        example = case.compliant[change.resource]
        assert change.path.split(".")[0] in inputs(example.type), change.path
