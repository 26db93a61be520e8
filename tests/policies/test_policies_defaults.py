"""A property that is absent is decided as AWS's default of it: `defaults.csv`.

Source of the defaults: API references of the services and the AWS provider's schema, read 2026-11.
"""

import copy
import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from tests.policies.examples import CASES, Case, Example
from tests.policies.test_policies_examples import violations

ROWS: Final[Sequence[Mapping[str, str]]] = list(
    csv.DictReader(Path(__file__).with_name("defaults.csv").read_text(encoding="utf-8").splitlines())
)


def changed(example: Example, path: str, value: Any) -> Example:
    """The example with the value at a path, or without it if the value is None."""
    props = copy.deepcopy(dict(example.props))
    target: Any = props
    *parents, last = path.split(".")
    for step in parents:
        target = target.setdefault(step, {})
        target = target[0] if isinstance(target, list) else target
    if value is None:
        target.pop(last, None)
    else:
        target[last] = value
    return replace(example, props=props)


def case_of(policy: str) -> Case:
    return next(case for case in CASES if case.policy == policy)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['policy']}-{row['path']}")
def test_absent_property_is_decided_as_its_default(row: Mapping[str, str]) -> None:
    resources = list(case_of(row["policy"]).compliant)
    index = next(number for number, example in enumerate(resources) if example.type == row["type"])
    verdicts: list[bool] = []
    for value in (None, json.loads(row["default"])):
        stack = [*resources[:index], changed(resources[index], row["path"], value), *resources[index + 1 :]]
        verdicts.append(violations(row["policy"], stack) == [])
    assert verdicts == [row["absent"] == "complies"] * 2
