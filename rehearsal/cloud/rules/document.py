"""Writes `docs/rules.md`: every state rule that the emulated AWS enforces, by service."""

import sys
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from rehearsal.cloud.rules import all_rules

_HEAD: Final = """# State rules of the emulated AWS

The emulated AWS answers a request in four steps, in the order of AWS:

1. **Validation** against botocore's model of the operation: members, patterns, enumerations, ranges.
2. **Authorization**: the SCPs and RCPs attached at that moment, identity policies, boundary, session policy and
   resource policy decide, under the caller's principal. A condition key that AWS sends and the emulated AWS does not
   compute is the error `UncomputedConditionKey`. `zone cloud decisions` counts what was decided.
3. **State**: the rules of this page, which moto does not enforce.
4. **moto** carries the request out, with its own refusals.

`make docs` writes this page from `rehearsal/cloud/rules/`. Each rule has a test with a request that breaks it in
`tests/rehearsal/cloud/test_cloud_rules.py`.
"""


def page() -> Iterator[str]:
    """The lines of the page."""
    yield _HEAD
    for service, rules in groupby(sorted(all_rules(), key=lambda rule: rule.service), key=lambda rule: rule.service):
        yield f"## {service}"
        yield ""
        yield "| operations | AWS enforces | source |"
        yield "|---|---|---|"
        for rule in rules:
            operations = ", ".join(f"`{operation}`" for operation in rule.operations)
            yield f"| {operations} | {rule.states} | {rule.source} |"
        yield ""


if __name__ == "__main__":
    sys.stdout.write("\n".join(page()).rstrip() + "\n")
