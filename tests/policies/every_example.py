"""All examples, whatever their subject."""

import examples
import examples_analytics
import examples_ml
import examples_network
import examples_stores
import examples_workloads

CASES = [
    case
    for subject in (
        examples,
        examples_ml,
        examples_stores,
        examples_analytics,
        examples_workloads,
        examples_network,
    )
    for case in subject.CASES
]
