"""Allowed flows between the tiers of a spoke, from which security groups are created and audited."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Tier = Literal["training", "inference", "data"]
TIERS: Final[Sequence[Tier]] = ("training", "inference", "data")
"""Tiers that workloads run in; `attachments` besides holds nothing but the Transit Gateway's interfaces."""

HTTPS: Final = 443
POSTGRESQL: Final = 5432
NFS: Final = 2049


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """Connections that one tier may open to another."""

    source: Tier
    target: Tier
    ports: Sequence[int]
    """TCP; none means every port and protocol, which only a tier may have with itself."""
    reason: str


FLOWS: Final[Sequence[Flow]] = (
    Flow(
        source="training",
        target="training",
        ports=(),
        # SageMaker Developer Guide, "Protect Communications Between ML Compute Instances in a Distributed Training
        # Job": IKE, NAT traversal and IP protocol 50 between members of the same group.
        reason="the instances of a distributed job speak IPsec with each other",
    ),
    Flow(source="training", target="data", ports=(HTTPS, POSTGRESQL, NFS), reason="MLflow, its database, file systems"),
    Flow(source="inference", target="data", ports=(HTTPS, POSTGRESQL), reason="feature look-ups, prediction log"),
    Flow(source="inference", target="inference", ports=(HTTPS,), reason="the application calls the model"),
)
EGRESS_TIERS: Final[Sequence[Tier]] = ("training",)
"""Tiers that may go out through the inspection VPC, where there is one: packages for builds; endpoints never do."""
