"""What a sandbox takes and costs on AWS: figures that others measured, and the prices of the zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from inspection.cost import HOURS, price
from zone.plan import SandboxPlan


@dataclass(frozen=True, kw_only=True, slots=True)
class Duration:
    """The time until a part of a sandbox is ready on AWS."""

    part: str
    seconds: int
    source: str


DURATIONS: Final[Sequence[Duration]] = (
    Duration(
        part="interface endpoints, in parallel",
        seconds=70,
        source="acceptance test of the AWS provider, creation and deletion: "
        "github.com/hashicorp/terraform-provider-aws/pull/46800 (TestAccVPCEndpoint_interfaceBasic)",
    ),
    Duration(
        part="Studio domain",
        seconds=250,
        source="acceptance test of the AWS provider, VPC, creation and deletion: "
        "github.com/hashicorp/terraform-provider-aws/pull/41979 (TestAccSageMaker_serial/Domain/basic)",
    ),
)
"""The longest parts, one after another; the others are created meanwhile. Each figure includes the deletion."""
FILL_MINUTES: Final = 15
"""The function that fills the data sets runs after at most this many minutes."""
KEYS: Final = 7
"""KMS keys of a sandbox: five of the data, one of serving, one of Studio."""


def minutes() -> int:
    """Minutes until a sandbox is deployed on AWS, rounded up."""
    return -(-sum(duration.seconds for duration in DURATIONS) // 60)


def hourly_usd(sandbox: SandboxPlan) -> float:
    """Cost of an hour without any application, in USD: interface endpoints in each zone, and keys.

    Raises:
        PriceError: a price of the region is unknown.
    """
    zones = len({subnet.zone for subnet in sandbox.subnets})
    endpoints = price("interface-endpoint", sandbox.region).usd * zones * len(sandbox.endpoints)
    return endpoints + KEYS * price("kms-key", sandbox.region).usd / HOURS
