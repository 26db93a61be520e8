"""The stacks of the zone, and for each the stacks that must be deployed before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from zone.plan.accounts import AccountPlan, EnvironmentPlan
from zone.settings.model import Settings
from zone.settings.names import MANAGEMENT
from zone.settings.placement import network_account

ORGANIZATION: Final = "organization"
AUDIT: Final = "audit"
BASELINE: Final = "baseline-"
"""Prefix of one stack per account."""
SECURITY: Final = "security"
NETWORK: Final = "network-"
"""Prefix of one stack per region."""
DATA: Final = "data-"
"""Prefix of one stack per environment, as the three below."""
ML: Final = "ml-"
MLFLOW: Final = "mlflow-"
"""For the environments of `ml.tracking`."""
PACKAGES: Final = "packages"
RECOVERY: Final = "recovery-"
SANDBOX: Final = "sandbox-"
"""Prefix of one stack per sandbox."""
_FOUNDATION: Final = (ORGANIZATION, AUDIT)


def is_foundation(stack: str) -> bool:
    """Whether a stack is deployed before its account has a deploy role: the organization, the audit and the baselines.

    Foundation stacks act in member accounts as the access role, all other stacks as the deploy role.
    """
    return stack in _FOUNDATION or stack.startswith(BASELINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class StackGraph:
    """Every stack of the zone, each after those it needs."""

    needs: Mapping[str, tuple[str, ...]]
    """Stack -> the stacks whose outputs or roles it uses, in dependency order."""
    network_regions: tuple[str, ...]
    """Regions with a network stack: all regions of the zone, or none when no account has a CIDR."""

    @property
    def names(self) -> list[str]:
        """Names of all stacks, in dependency order."""
        return list(self.needs)

    def needs_of(self, stack: str) -> tuple[str, ...]:
        """The stacks whose outputs or roles a stack uses.

        Raises:
            ValueError: the zone has no stack of this name.
        """
        if stack not in self.needs:
            raise ValueError(f"no stack is named {stack!r}")
        return self.needs[stack]


def network_stack(region: str) -> str:
    """Name of the network stack of a region."""
    return f"{NETWORK}{region}"


def baseline_stack(account: str) -> str:
    """Name of the baseline stack of an account."""
    return f"{BASELINE}{account}"


def plan_stacks(
    settings: Settings, accounts: Mapping[str, AccountPlan], environments: Mapping[str, EnvironmentPlan]
) -> StackGraph:
    """Derives the stack graph.

    `security` comes after the baselines: a conformance pack fails in an account that has no AWS Config recorder yet.
    A stack that is no foundation needs the baselines of the management account, whose deploy role the pipeline assumes
    first, and of every account in which it acts.
    """
    regions = settings.regions.all if any(account.networks for account in settings.accounts.values()) else ()
    needs: dict[str, tuple[str, ...]] = {ORGANIZATION: (), AUDIT: (ORGANIZATION,)}
    baselines = [baseline_stack(name) for name in accounts if name == MANAGEMENT or name in settings.active_accounts]
    needs |= dict.fromkeys(baselines, (ORGANIZATION, AUDIT))
    needs[SECURITY] = (ORGANIZATION, *baselines)
    pipeline = baseline_stack(MANAGEMENT)
    owner = network_account(settings)
    for index, region in enumerate(regions):
        # The recovery region's stack peers with the primary region's.
        central = (pipeline, *([baseline_stack(owner)] if owner else []), *map(network_stack, regions[:index]))
        needs[network_stack(region)] = (ORGANIZATION, AUDIT, *central)
    needs |= _package_needs(settings)
    for environment, spec in environments.items():
        own = (pipeline, baseline_stack(spec.account), baseline_stack(settings.data.backup.account))
        needs[f"{DATA}{environment}"] = (ORGANIZATION, AUDIT, *dict.fromkeys(own))
    primary, recovery = settings.regions.all
    for environment, spec in environments.items():
        if primary in settings.accounts[spec.account].networks:
            own = (pipeline, baseline_stack(spec.account), network_stack(primary), *_ml_needs(settings, spec))
            needs[f"{ML}{environment}"] = (ORGANIZATION, AUDIT, *own)
    for environment, spec in environments.items():
        if settings.ml.tracked_in(environment) is not None:
            own = (pipeline, baseline_stack(spec.account), network_stack(primary))
            server = (f"{DATA}{environment}", f"{ML}{environment}")
            needs[f"{MLFLOW}{environment}"] = (ORGANIZATION, AUDIT, *own, *server)
    for environment, spec in environments.items():
        if recovery in settings.accounts[spec.account].networks:
            standby = (*_serving_needs(spec), f"{ML}{environment}") if spec.standby_models else ()
            own = (pipeline, baseline_stack(spec.account), network_stack(recovery), *standby)
            needs[f"{RECOVERY}{environment}"] = (ORGANIZATION, AUDIT, *own)
    for name, sandbox in settings.sandboxes.items():
        needs[f"{SANDBOX}{name}"] = (ORGANIZATION, AUDIT, pipeline, baseline_stack(sandbox.account))
    return StackGraph(needs=needs, network_regions=regions)


def _serving_needs(environment: EnvironmentPlan) -> tuple[str, ...]:
    """Stacks that serving models needs besides those of the network and the baselines."""
    return (f"{DATA}{environment.name}",) if environment.models else ()


def _package_needs(settings: Settings) -> Mapping[str, tuple[str, ...]]:
    """The stack of the package repositories, if there are any, and what it needs."""
    if settings.packages is None:
        return {}
    own = (baseline_stack(MANAGEMENT), baseline_stack(settings.packages.account))
    return {PACKAGES: (ORGANIZATION, AUDIT, *own)}


def _ml_needs(settings: Settings, environment: EnvironmentPlan) -> tuple[str, ...]:
    """Stacks that models and Studio need besides those of the network and the baselines."""
    if settings.ml.studio_in(environment.name) is not None:
        return (f"{DATA}{environment.name}",)
    return _serving_needs(environment)
