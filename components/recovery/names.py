"""Names that a runbook in the other region must be able to guess."""

from dataclasses import dataclass

from runbooks import documents
from zone.shared.buckets import HEARTBEAT_KEY
from zone.shared.names import fitted


@dataclass(frozen=True, kw_only=True, slots=True)
class RecoveryNames:
    """Names of the recovery resources of one environment."""

    prefix: str
    environment: str

    @property
    def journal(self) -> str:
        """The journal's table."""
        return f"{self.prefix}-{self.environment}-recovery"

    @property
    def root(self) -> str:
        """Path of the recovery documents in Parameter Store."""
        return documents.root(self.prefix, self.environment)

    @property
    def writer(self) -> str:
        """The parameter that names the region that may write."""
        return f"{self.root}/{documents.WRITER}"

    @property
    def domain(self) -> str:
        """The private zone that endpoints have their names in."""
        return f"{self.environment}.ml.internal"

    @property
    def namespace(self) -> str:
        """CloudWatch namespace of the recovery metrics."""
        return f"{self.prefix}/Recovery"

    @property
    def role(self) -> str:
        """Name of the role of the runbooks: a `service` role, which is not bound to the expected networks (P2)."""
        return fitted(f"{self.prefix}-service-recovery-{self.environment}")

    @property
    def approver_role(self) -> str:
        """Name of the role that approves operations: a `service` role, which is not bound to the expected networks."""
        return fitted(f"{self.prefix}-service-approval-{self.environment}")

    def heartbeat_role(self, region: str) -> str:
        """Name of the role that writes the heartbeat from the network of the scheduler (P2)."""
        return fitted(f"{self.prefix}-service-beat-{self.environment}-{region}")

    @property
    def readiness(self) -> str:
        """Name of the readiness function and of its role."""
        return fitted(f"{self.prefix}-{self.environment}-readiness")

    def alarm(self, endpoint: str) -> str:
        """The alarm that Route 53's health check follows."""
        return f"{self.prefix}-{endpoint}-failed-over"

    def withdrawal(self, endpoint: str) -> str:
        """The alarm in the primary region that takes the recovery region out where both serve."""
        return f"{self.prefix}-{endpoint}-withdrawn"

    @property
    def topic(self) -> str:
        """Name of the SNS topic for failovers."""
        return f"{self.prefix}-{self.environment}-recovery"


__all__ = ["FAILED_OVER", "HEARTBEAT_KEY", "WITHDRAWN", "RecoveryNames"]

FAILED_OVER = "FailedOver"
"""The metric that moves traffic."""
WITHDRAWN = "Withdrawn"
"""The metric that takes the recovery region out where both serve."""
