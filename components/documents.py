"""IAM policy documents from plain statements, with values that are known only when their resources are there."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

Statement = Mapping[str, Any]
"""One statement in IAM's own words; any value may be a Pulumi output."""


def document(statements: Sequence[Statement]) -> pulumi.Output[str]:
    """The JSON text of a policy."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)})
