"""Policies of P4: resources accept TLS 1.2 or later only."""

from collections.abc import Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules.checks import on
from controls.rules.predicates import equals

POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="transit-gateway-encryption",
        title="Transit Gateways encrypt traffic between VPCs",
        remedy="Set encryption_support to enable.",
        check=on(
            "aws:ec2transitgateway/transitGateway:TransitGateway",
            equals("encryptionSupport", "enable", default="disable"),
        ),
    ),
)
