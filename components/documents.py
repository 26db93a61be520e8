"""IAM policy documents whose values may be outputs of resources."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

Statement = Mapping[str, Any]
"""One statement in the syntax of IAM; any value may be a Pulumi output."""


def document(statements: Sequence[Statement]) -> pulumi.Output[str]:
    """The JSON text of a policy."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trusts(service: str, account_id: pulumi.Input[str]) -> Statement:
    """A trust statement: a service assumes the role, for this account only.

    IAM User Guide, "The confused deputy problem"; for services that say whom they work for.
    """
    return {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
    }
