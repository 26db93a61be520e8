"""The kinds of steps, each in a module of its own, in the order in which a plan includes them."""

from collections.abc import Mapping, Sequence
from typing import Final

from runbooks.step_definition import StepDefinition
from runbooks.steps import (
    freeze_writers,
    list_conflicts,
    measure_replication,
    move_traffic,
    notify,
    promote_keys,
    smoke_test,
    stand_down,
    start_endpoint,
    thaw_writers,
    verify_artifact,
    verify_traffic,
    wait_for_replication,
    write_record,
)

STEPS: Final[Sequence[StepDefinition]] = (
    freeze_writers.STEP,
    measure_replication.STEP,
    wait_for_replication.STEP,
    list_conflicts.STEP,
    promote_keys.STEP,
    verify_artifact.STEP,
    start_endpoint.STEP,
    smoke_test.STEP,
    move_traffic.STEP,
    verify_traffic.STEP,
    stand_down.STEP,
    thaw_writers.STEP,
    notify.STEP,
    write_record.STEP,
)
"""The order of the plan and of the statements in the role's policy."""
_BY_KIND: Final[Mapping[str, StepDefinition]] = {step.kind: step for step in STEPS}


def definition(kind: str) -> StepDefinition:
    """The definition of a kind of step.

    Raises:
        KeyError: there is no such kind.
    """
    return _BY_KIND[kind]
