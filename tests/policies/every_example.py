"""All examples, whatever their subject."""

import examples
import examples_ml

CASES = [*examples.CASES, *examples_ml.CASES]
