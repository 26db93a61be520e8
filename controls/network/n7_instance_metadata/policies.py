"""Policies of N7: instances answer metadata requests with session tokens only."""

from collections.abc import Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules.checks import on
from controls.rules.predicates import equals

POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="instance-imds",
        title="Instances answer metadata requests with session tokens only",
        remedy="Set metadata_options.http_tokens to required.",
        check=on(
            ("aws:ec2/instance:Instance", "aws:ec2/launchTemplate:LaunchTemplate"),
            equals("metadataOptions.httpTokens", "required", default="optional"),
        ),
    ),
)
