"""The plan: everything that follows from the settings, computed once, read by stacks, inspection and command line."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from zone.plan.accounts import AccountPlan, EnvironmentPlan, plan_account, plan_environments
from zone.plan.graph import StackGraph, plan_stacks
from zone.plan.network import NetworkPlan, RegionNetwork, SegmentPlan, plan_network
from zone.plan.sandboxes import SandboxPlan, plan_sandboxes
from zone.settings import Settings, settings_from_files


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The settings of a zone and what follows from them."""

    settings: Settings
    accounts: Mapping[str, AccountPlan]
    """Name -> account, the management account first."""
    environments: Mapping[str, EnvironmentPlan]
    """Name -> workload environment, for example `dev`."""
    network_or_none: NetworkPlan | None
    """None when no account has a CIDR; code that runs only with a network reads `network`."""
    stacks: StackGraph
    sandboxes: Mapping[str, SandboxPlan]
    """Name -> sandbox."""

    @property
    def network(self) -> NetworkPlan:
        """The network.

        Raises:
            LookupError: no account has a CIDR.
        """
        if self.network_or_none is None:
            raise LookupError("the zone has no network: no account has `networks`")
        return self.network_or_none

    def region(self, region: str) -> RegionNetwork:
        """The network of a region."""
        return self.network.regions[region]

    def segment_of(self, account: str) -> SegmentPlan:
        """The segment of an account's spoke.

        Raises:
            KeyError: the account has no spoke.
        """
        return self.network.segments[self.network.segment_by_account[account]]

    def account_of(self, environment: str) -> AccountPlan:
        """The account of an environment."""
        return self.accounts[self.environments[environment].account]

    def of_sandbox(self, name: str) -> "Plan":
        """The plan as the stack of a sandbox sees it: the sandbox is the only environment, and tags its resources.

        Raises:
            KeyError: no sandbox has this name.
        """
        sandbox = self.sandboxes[name]
        account = self.accounts[sandbox.environment.account]
        tagged = replace(account, tags={**account.tags, "sandbox": name})
        return replace(self, environments={name: sandbox.environment}, accounts={**self.accounts, account.name: tagged})


def make_plan(settings: Settings) -> Plan:
    """Derives the plan from validated settings."""
    accounts = {name: plan_account(settings, name) for name in settings.account_names}
    environments = plan_environments(settings, accounts)
    sandboxes = plan_sandboxes(settings)
    return Plan(
        settings=settings,
        accounts=accounts,
        environments=environments,
        network_or_none=plan_network(settings),
        stacks=plan_stacks(settings, accounts, environments),
        sandboxes=sandboxes,
    )


def plan_from_files(root: Path, stack: str) -> Plan:
    """Reads the settings of a stack from its files and derives the plan.

    Raises:
        SettingsError: a file that does not exist or is not YAML, or an invalid value.
    """
    return make_plan(settings_from_files(root, stack))
