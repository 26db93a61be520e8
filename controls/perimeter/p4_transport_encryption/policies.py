"""Policies of P4: resources answer over TLS 1.2 or better only."""

from collections.abc import Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules.checks import on
from controls.rules.predicates import equals

POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="transit-gateway-encryption",
        title="Transit Gateways encrypt what VPCs send each other",
        remedy="Set encryption_support to enable.",
        check=on(
            "aws:ec2transitgateway/transitGateway:TransitGateway",
            equals("encryptionSupport", "enable", default="disable"),
        ),
    ),
)
