"""N1: No gateways to the internet but the zone's own.

Source of the declared policy: Organizations User Guide, "Declarative policies for EC2", read 2026-08.
"""

from collections.abc import Mapping
from typing import Final

from controls.citations import cite
from controls.model import ConfigRule, Control, Declaration, Guardrail, PolicyType, Severity, Statement
from controls.network.n1_internet_gateways.policies import POLICIES
from controls.targets import PRIVATE


def _assign(value: object) -> Mapping[str, object]:
    return {"@@assign": value}


NO_GATEWAYS: Final = Declaration(
    name="ec2-no-internet",
    policy_type=PolicyType.DECLARATIVE_EC2,
    targets=PRIVATE,
    content={
        "ec2_attributes": {
            "vpc_block_public_access": {
                "internet_gateway_block": {
                    "mode": _assign("block_bidirectional"),
                    "exclusions_allowed": _assign("disabled"),
                }
            }
        }
    },
)
CONTROL: Final = Control(
    id="N1",
    title="No gateways to the internet but the zone's own",
    reason="One internet gateway bypasses every other measure against exfiltration.",
    citations=cite("164.312(a)(1)", "164.312(e)(1)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        targets=PRIVATE,
        statements=(
            Statement(
                sid="N1Gateways",
                actions=(
                    "ec2:AttachInternetGateway",
                    "ec2:CreateCarrierGateway",
                    "ec2:CreateEgressOnlyInternetGateway",
                    "ec2:CreateInternetGateway",
                    "ec2:CreateNatGateway",
                ),
            ),
        ),
    ),
    declare=(NO_GATEWAYS,),
    detect=(ConfigRule(identifier="INTERNET_GATEWAY_AUTHORIZED_VPC_ONLY"),),
    block=POLICIES,
)
