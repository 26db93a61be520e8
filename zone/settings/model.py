"""The typed settings of a zone: every key that a person can set, without what follows from it."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from controls.limits import DEFAULT_LIMITS, Limit, Limits
from controls.model import PolicyType
from controls.zone import Zone
from zone.settings import types as t
from zone.settings.data import Data
from zone.settings.ml import MachineLearning
from zone.settings.names import MANAGEMENT, STANDARD_UNITS
from zone.settings.network import Network
from zone.settings.packages import Packages
from zone.settings.sandboxes import Sandbox, SandboxName
from zone.settings.sections import (
    Account,
    BreakGlass,
    Budget,
    Contacts,
    Functions,
    GitHub,
    Guardrails,
    IdentityCenter,
    LogArchive,
    Organization,
    PolicyLimit,
    Regions,
    StrictModel,
    Tags,
)
from zone.settings.security import Security


class Settings(StrictModel):
    """All configuration of a zone. Each field is a Pulumi configuration key of this project."""

    management_account_id: t.AccountId
    """ID of the account that owns the organisation, 12 digits in quotes."""
    name_prefix: t.Prefix = "hipaa-ml"
    """First part of every fixed name in the zone: roles, policies and buckets."""
    account_access_role: t.RoleName = "OrganizationAccountAccessRole"
    """Name of the role that AWS Organizations creates in each new account. It trusts the management account."""
    assume_role: t.RoleName | None = None
    """Name of the role that stacks assume in a member account. If not set, `organization`, `audit` and `baseline-*`
    assume `account_access_role`, and all other stacks the deploy role of the account's baseline. Previews of pull
    requests set a read-only role."""
    organization: Organization = Field(default_factory=Organization)
    """ID of an existing organisation, and the prefix of the sign-in aliases."""
    regions: Regions
    """The two AWS regions of the zone, and the residency group that both belong to."""
    organizational_units: Annotated[list[t.OuPath], Field(min_length=1)]
    """Paths of the organisational units, each parent before its children. One has the role `suspended`."""
    organizational_unit_roles: dict[t.OuRole, list[t.OuPath]] = Field(default_factory=dict)
    """Role -> paths of the OUs that have it, for a tree that exists already; an empty list if no OU has it. Roles that
    are not set have the OUs of a new organisation: `Security`, `Infrastructure`, `Workloads`, `Workloads/ML-Dev`,
    `Workloads/ML-Staging`, `Workloads/ML-Prod`, `Sandbox`, `Policy-Staging` and `Suspended`. Accounts in OUs with
    `staging` and `prod` hold patient data."""
    organizational_unit_ids: dict[t.OuPath, t.OuId] = Field(default_factory=dict)
    """Path -> ID of an existing OU, which is adopted."""
    accounts: Annotated[dict[t.AccountName, Account], Field(min_length=1)]
    """Account name -> member account. The management account is not listed."""
    log_archive: LogArchive
    """The account that stores the audit records, and how many days they are kept."""
    contacts: Contacts
    """Alternate contacts of every account, for notices from AWS."""
    budget: Budget
    """Monthly budget of an account without one of its own, and the addresses that it notifies."""
    github: GitHub
    """The GitHub repository whose workflows deploy and preview the stacks."""
    break_glass: BreakGlass
    """Principals that may use emergency access, and the addresses that are notified of it."""
    guardrails: Guardrails = Field(default_factory=Guardrails)
    """AWS's limits for organisation policies, if they differ from `controls/limits.py`."""
    adopt: dict[str, list[t.Singleton]] = Field(default_factory=dict)
    """Name of an account, or `management` -> resources that the account already has and that the zone adopts:
    `config-role` and `access-analyzer-role` (service-linked roles), `github-provider` (OpenID Connect provider),
    `macie` and `security-hub` (enabled by AWS when an account becomes their delegated administrator). A member account
    needs its `id` in `accounts`."""
    functions: Functions = Field(default_factory=Functions)
    """Lambda functions of the zone: reserved concurrency."""
    identity_center: IdentityCenter | None = None
    """IAM Identity Center and its assignments; if not set, no assignments are deployed."""
    security: Security = Field(default_factory=Security)
    """Settings of the `security` stack: findings, conformance packs, Macie and GuardDuty."""
    network: Network = Field(default_factory=Network)
    """Settings of the `network-<region>` stacks and of the spoke VPCs."""
    data: Data = Field(default_factory=Data)
    """Settings of the `data-<env>` stacks: teams, data sets, access table and retention."""
    ml: MachineLearning = Field(default_factory=MachineLearning)
    """Settings of the `ml-<env>` and `recovery-<env>` stacks: models and failover."""
    packages: Packages | None = None
    """Package repositories; if not set, there are none."""
    sandboxes: dict[SandboxName, Sandbox] = Field(default_factory=dict)
    """Sandbox name -> sandbox. Each has a stack `sandbox-<name>`; `zone sandbox` writes this key."""
    tags: Tags
    """Tags of every resource."""

    @property
    def account_names(self) -> tuple[str, ...]:
        """Every account that is not closed, the management account first."""
        return (MANAGEMENT, *(name for name, account in self.accounts.items() if account.state != "closed"))

    @property
    def active_accounts(self) -> Mapping[str, Account]:
        """The member accounts that have stacks."""
        return {name: account for name, account in self.accounts.items() if account.state == "active"}

    def units_of(self, role: t.OuRole) -> tuple[str, ...]:
        """Paths of the OUs with a role."""
        if role in self.organizational_unit_roles:
            return tuple(self.organizational_unit_roles[role])
        return (STANDARD_UNITS[role],)

    @property
    def suspended_unit(self) -> str:
        """Path of the OU in which everything is denied."""
        return next(iter(self.units_of("suspended")), STANDARD_UNITS["suspended"])

    def account_id(self, name: str) -> str | None:
        """The configured id of an account; None if the zone creates the account."""
        return self.management_account_id if name == MANAGEMENT else self.accounts[name].id

    def adopted(self, name: str, singleton: t.Singleton) -> str | None:
        """The id of the account if it adopts a resource, else None."""
        return self.account_id(name) if singleton in self.adopt.get(name, ()) else None

    def administrator(self, service: t.Service) -> str | None:
        """The name of the account that is a service's delegated administrator, if there is one."""
        return next((name for name, account in self.accounts.items() if service in account.administers), None)

    @property
    def zone(self) -> Zone:
        """The part of the settings that guardrails are compiled from."""
        return Zone(
            prefix=self.name_prefix,
            regions=self.regions.all,
            residency=self.regions.residency,
            account_access_role=self.account_access_role,
            suspended=self.suspended_unit,
            units_by_target=tuple(
                (STANDARD_UNITS[role], self.units_of(role)) for role in self.organizational_unit_roles
            ),
        )

    @property
    def limits(self) -> Limits:
        """AWS's limits for organisation policies, with the configured overrides."""
        configured = {
            PolicyType.SCP: self.guardrails.service_control_policies,
            PolicyType.RCP: self.guardrails.resource_control_policies,
        }
        return Limits(
            by_type={**DEFAULT_LIMITS, **{kind: _limit(kind, limit) for kind, limit in configured.items() if limit}}
        )


def _limit(kind: PolicyType, limit: PolicyLimit) -> Limit:
    return Limit(policies=limit.policies, characters=limit.characters, reserved=DEFAULT_LIMITS[kind].reserved)
