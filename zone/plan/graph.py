"""The stacks of the zone, and for each the stacks that are deployed before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from zone.plan.accounts import AccountPlan, EnvironmentPlan
from zone.settings.model import Settings
from zone.settings.names import MANAGEMENT

ORGANIZATION: Final = "organization"
AUDIT: Final = "audit"
BASELINE: Final = "baseline-"
"""Prefix of one stack per account."""
SECURITY: Final = "security"
NETWORK: Final = "network-"
"""Prefix of one stack per region."""
DATA: Final = "data-"
"""Prefix of one stack per environment, as the two below."""
ML: Final = "ml-"
RECOVERY: Final = "recovery-"


@dataclass(frozen=True, kw_only=True, slots=True)
class StackGraph:
    """Every stack of the zone, each after those it needs."""

    needs: Mapping[str, tuple[str, ...]]
    """Stack -> the stacks that are deployed before it: those whose outputs it reads, and those whose resources its own
    require. In dependency order."""
    network_regions: tuple[str, ...]
    """Regions with a network stack: all regions of the zone, or none when no account has a CIDR."""

    @property
    def names(self) -> list[str]:
        """Names of all stacks, in dependency order."""
        return list(self.needs)

    def needs_of(self, stack: str) -> tuple[str, ...]:
        """The stacks that are deployed before a stack.

        Raises:
            ValueError: the zone has no stack of this name.
        """
        if stack not in self.needs:
            raise ValueError(f"no stack is named {stack!r}")
        return self.needs[stack]


def network_stack(region: str) -> str:
    """Name of the network stack of a region."""
    return f"{NETWORK}{region}"


def plan_stacks(
    settings: Settings, accounts: Mapping[str, AccountPlan], environments: Mapping[str, EnvironmentPlan]
) -> StackGraph:
    """Derives the stack graph.

    `security` comes after the baselines of every account that gets conformance packs: a pack fails in an account that
    has no AWS Config recorder yet.
    """
    regions = settings.regions.all if any(account.networks for account in settings.accounts.values()) else ()
    needs: dict[str, tuple[str, ...]] = {ORGANIZATION: (), AUDIT: (ORGANIZATION,)}
    active = [name for name in accounts if name == MANAGEMENT or name in settings.active_accounts]
    needs |= {f"{BASELINE}{name}": (ORGANIZATION, AUDIT) for name in active}
    needs[SECURITY] = (
        ORGANIZATION,
        *(f"{BASELINE}{name}" for name in active if name not in settings.security.excluded_accounts),
    )
    for index, region in enumerate(regions):
        # The recovery region's stack peers with the primary region's.
        needs[network_stack(region)] = (ORGANIZATION, AUDIT, *map(network_stack, regions[:index]))
    backups = f"{BASELINE}{settings.data.backup.account}"
    for environment, spec in environments.items():
        needs[f"{DATA}{environment}"] = (ORGANIZATION, AUDIT, f"{BASELINE}{spec.account}", backups)
    primary, recovery = settings.regions.all
    for environment, spec in environments.items():
        if primary in settings.accounts[spec.account].networks:
            needs[f"{ML}{environment}"] = (ORGANIZATION, AUDIT, network_stack(primary), *_serving_needs(spec))
    for environment, spec in environments.items():
        if recovery in settings.accounts[spec.account].networks:
            standby = (*_serving_needs(spec), f"{ML}{environment}") if spec.standby_models else ()
            needs[f"{RECOVERY}{environment}"] = (ORGANIZATION, AUDIT, network_stack(recovery), *standby)
    return StackGraph(needs=needs, network_regions=regions)


def _serving_needs(environment: EnvironmentPlan) -> tuple[str, ...]:
    """Stacks that serving models needs besides those of the network."""
    if not environment.models:
        return ()
    return (f"{BASELINE}{environment.account}", f"{DATA}{environment.name}")
