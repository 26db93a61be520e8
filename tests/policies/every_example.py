"""All examples, whatever their subject."""

from tests.policies import (
    examples,
    examples_analytics,
    examples_data,
    examples_ml,
    examples_network,
    examples_recovery,
    examples_segments,
    examples_stores,
    examples_workloads,
)

CASES = [
    case
    for subject in (
        examples,
        examples_ml,
        examples_stores,
        examples_analytics,
        examples_data,
        examples_workloads,
        examples_network,
        examples_segments,
        examples_recovery,
    )
    for case in subject.CASES
]

FORBIDDEN = [*examples.FORBIDDEN, *examples_segments.FORBIDDEN]
