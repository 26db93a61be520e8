"""The typed settings of a zone: every key that a person can set, without what follows from it."""

from typing import Annotated

from pydantic import Field

from controls.limits import DEFAULT_LIMITS, Limit, Limits
from controls.model import PolicyType
from controls.zone import Zone
from zone.settings import types as t
from zone.settings.data import Data
from zone.settings.ml import MachineLearning
from zone.settings.names import MANAGEMENT, SUSPENDED
from zone.settings.network import Network
from zone.settings.sections import (
    Account,
    BreakGlass,
    Budget,
    Contacts,
    GitHub,
    Guardrails,
    IdentityCenter,
    LogArchive,
    Organization,
    PolicyLimit,
    Regions,
    Strict,
    Tags,
)
from zone.settings.security import Security


class Settings(Strict):
    """Everything a person sets. Keys at the top are Pulumi configuration keys of this project."""

    management_account_id: t.AccountId
    name_prefix: t.Prefix = "hipaa-ml"
    """Begins every name of the zone that has a fixed name: roles, policies, buckets."""
    account_access_role: t.RoleName = "OrganizationAccountAccessRole"
    """The role that AWS Organizations makes in a new account, trusted by the management account."""
    assume_role: t.RoleName | None = None
    """The role stacks run as in a member account, if not `account_access_role`; previews of pull requests name a
    read-only one."""
    organization: Organization = Field(default_factory=Organization)
    regions: Regions
    organizational_units: Annotated[list[t.OuPath], Field(min_length=1)]
    accounts: Annotated[dict[t.AccountName, Account], Field(min_length=1)]
    log_archive: LogArchive
    contacts: Contacts
    budget: Budget
    github: GitHub
    break_glass: BreakGlass
    guardrails: Guardrails = Field(default_factory=Guardrails)
    identity_center: IdentityCenter | None = None
    security: Security = Field(default_factory=Security)
    network: Network = Field(default_factory=Network)
    data: Data = Field(default_factory=Data)
    ml: MachineLearning = Field(default_factory=MachineLearning)
    tags: Tags

    @property
    def account_names(self) -> tuple[str, ...]:
        """Every account, the management account first."""
        return (MANAGEMENT, *self.accounts)

    def administrator(self, service: t.Service) -> str | None:
        """The name of the account that is a service's delegated administrator, if there is one."""
        return next((name for name, account in self.accounts.items() if service in account.administers), None)

    @property
    def zone(self) -> Zone:
        """What guardrails must know."""
        return Zone(
            prefix=self.name_prefix,
            regions=self.regions.all,
            residency=self.regions.residency,
            account_access_role=self.account_access_role,
            suspended=SUSPENDED,
        )

    @property
    def limits(self) -> Limits:
        """What organisation policies must fit into."""
        given = {
            PolicyType.SCP: self.guardrails.service_control_policies,
            PolicyType.RCP: self.guardrails.resource_control_policies,
        }
        return Limits(by_type={**DEFAULT_LIMITS, **{kind: _limit(kind, one) for kind, one in given.items() if one}})


def _limit(kind: PolicyType, given: PolicyLimit) -> Limit:
    return Limit(policies=given.policies, characters=given.characters, reserved=DEFAULT_LIMITS[kind].reserved)
