"""Parameters of the guardrails: regions and role names of the zone."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Zone:
    """The facts of one landing zone that control statements name."""

    prefix: str = "hipaa-ml"
    """First part of the names of everything of the zone that has a fixed name."""
    regions: Sequence[str] = ("us-east-1", "us-west-2")
    """The regions anything may run in."""
    residency: str = "us"
    """The residency group all regions belong to (`controls.residency`)."""
    account_access_role: str = "OrganizationAccountAccessRole"
    """The role AWS Organizations makes in a new account; the first deployment of an account's baseline runs as it."""
    suspended: str = "Suspended"
    """The OU in which everything is denied."""
    units_by_target: Sequence[tuple[str, Sequence[str]]] = ()
    """Target of a guardrail -> paths of the OUs that have its role, where they differ from the target."""

    @property
    def deploy_role(self) -> str:
        """The role that CI deploys with, in every account."""
        return f"{self.prefix}-deploy"

    @property
    def preview_role(self) -> str:
        """The read-only role that pull requests preview with, in every account."""
        return f"{self.prefix}-preview"

    @property
    def break_glass_role(self) -> str:
        """The role for emergencies, in every account: 45 CFR 164.312(a)(2)(ii)."""
        return f"{self.prefix}-break-glass"

    @property
    def approver_role(self) -> str:
        """The role that approves models, in every workload account; it cannot create them."""
        return f"{self.prefix}-model-approver"

    @property
    def promotion_role(self) -> str:
        """The role that copies approved models between environments, in every workload account."""
        return f"{self.prefix}-ml-promotion"

    @property
    def backup_vault(self) -> str:
        """The vault that the organisation's backup policy fills, in every account and region that holds PHI."""
        return f"{self.prefix}-backup"

    @property
    def backup_role(self) -> str:
        """The role AWS Backup fills it with."""
        return f"{self.prefix}-backup"

    @property
    def service_roles(self) -> Sequence[str]:
        """Name patterns of roles that AWS services use from their own network: replication, backup, feature stores.

        F9 keeps them as the zone made them; P2 exempts them from the expected networks.
        """
        return (f"{self.prefix}-service-*", self.backup_role)

    @property
    def boundary_policy(self) -> str:
        """The permissions boundary every other role must carry."""
        return f"{self.prefix}-boundary"

    @property
    def exempt_roles(self) -> Sequence[str]:
        """Roles that most guardrails do not bind, in the order their ARNs are written."""
        return (self.account_access_role, self.break_glass_role, self.deploy_role)

    @property
    def exempt_arns(self) -> Sequence[str]:
        """`aws:PrincipalArn` patterns of the exempt roles, in any account."""
        return tuple(f"arn:aws:iam::*:role/{name}" for name in self.exempt_roles)
