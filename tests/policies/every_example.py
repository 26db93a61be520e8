"""All examples, whatever their subject."""

import examples
import examples_analytics
import examples_ml
import examples_network
import examples_platform
import examples_stores

CASES = [
    case
    for subject in (
        examples,
        examples_ml,
        examples_stores,
        examples_analytics,
        examples_platform,
        examples_network,
    )
    for case in subject.CASES
]
