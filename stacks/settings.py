"""The typed configuration that every layer reads: parsed once, strictly, at the edge."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Self

import pulumi
from pulumi.runtime import config as runtime_config
from pydantic import Field, ValidationError

from controls.limits import DEFAULT_LIMITS, Limit, Limits
from controls.model import PolicyType
from controls.zone import Zone
from stacks.configuration import checks, files, messages
from stacks.configuration import data as data_checks
from stacks.configuration import ml as models
from stacks.configuration import network as networks
from stacks.configuration import types as t
from stacks.configuration.checks import MANAGEMENT
from stacks.configuration.data import Data
from stacks.configuration.errors import SettingsError
from stacks.configuration.ml import MachineLearning
from stacks.configuration.models import (
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
from stacks.configuration.network import Network
from stacks.configuration.security import Security

__all__ = ["MANAGEMENT", "Settings", "SettingsError"]

ROOT: Final = Path(__file__).resolve().parents[1]


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

    @classmethod
    def load(cls) -> Self:
        """The settings of the running program's stack, from Pulumi's configuration.

        Raises:
            SettingsError: naming every wrong value, its file and key, and what is allowed.
        """
        prefix = f"{pulumi.get_project()}:"
        given: dict[str, Any] = {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}
        values = {
            key.removeprefix(prefix): files.from_text(str(value))
            for key, value in given.items()
            if key.startswith(prefix)
        }
        try:
            origins = files.read(ROOT, pulumi.get_stack()).origins
        except SettingsError:
            origins = {}  # the values are Pulumi's; the files only tell where they stand
        return cls.parse(values, origins)

    @classmethod
    def from_files(cls, root: Path, stack: str) -> Self:
        """The settings of a stack, from the files, without a running program.

        Raises:
            SettingsError: as `load`; also for files that are missing or malformed.
        """
        sources = files.read(root, stack)
        return cls.parse(sources.values, sources.origins)

    @classmethod
    def parse(cls, values: Mapping[str, Any], origins: Mapping[str, str]) -> Self:
        """Checks values; `origins` says which file each top-level key came from.

        Raises:
            SettingsError: with a line for every problem.
        """
        try:
            settings = cls.model_validate_json(json.dumps(values))
            found = [
                *checks.problems(settings),
                *networks.problems(settings),
                *data_checks.problems(settings),
                *models.problems(settings),
            ]
        except ValidationError as error:
            found = list(messages.problems(error.errors(), cls))
        else:
            if not found:
                return settings
        lines = [f"{origins.get(str(one.path[0]), files.PROJECT_FILE)}: {one.key}: {one.message}" for one in found]
        raise SettingsError(lines)

    @property
    def account_names(self) -> tuple[str, ...]:
        """Every account, the management account first."""
        return (MANAGEMENT, *self.accounts)

    def administrator(self, service: t.Service) -> str | None:
        """The name of the account that is a service's delegated administrator, if there is one."""
        return next((name for name, one in self.accounts.items() if service in one.administers), None)

    @property
    def zone(self) -> Zone:
        """What guardrails must know."""
        return Zone(
            prefix=self.name_prefix,
            regions=self.regions.all,
            residency=self.regions.residency,
            account_access_role=self.account_access_role,
            suspended=checks.SUSPENDED,
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
