"""Policies of P4: resources accept TLS 1.2 or later only."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import UNKNOWN, Problem, Undecided
from controls.rules.checks import Finding, Stack, across
from controls.rules.parameters import Parameters
from controls.rules.values import lookup

GATEWAY: Final = "aws:ec2transitgateway/transitGateway:TransitGateway"
PEERING: Final = "aws:ec2transitgateway/peeringAttachment:PeeringAttachment"


def _not_peered(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    """AWS refuses a peering attachment of a gateway with encryption support (Transit Gateway Guide)."""
    if not stack.of(PEERING):
        return
    for gateway in stack.of(GATEWAY):
        support = lookup(gateway.props, "encryptionSupport")
        if support is UNKNOWN:
            yield gateway, Undecided.at("encryptionSupport")
        elif support == "enable":
            yield gateway, Problem("encryptionSupport is enable, and the stack peers a Transit Gateway")


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="transit-gateway-encryption",
        title="Peered Transit Gateways have no encryption support, since AWS refuses both; AWS encrypts the peering",
        remedy="Set encryption_support to disable.",
        check=across(GATEWAY, _not_peered),
    ),
)
