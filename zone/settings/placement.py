"""What follows from an account's OU: its environment, what data it may hold, and what kind of work is done in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from zone.settings.model import Settings
from zone.settings.names import MANAGEMENT, stack_suffix
from zone.settings.types import Classification, Environment

AccountKind = Literal["management", "security", "infrastructure", "workload", "sandbox"]
"""What an account is for; its deploy role's rights follow from it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountPlacement:
    """The defaults of an account in an OU."""

    environment: Environment
    data_classification: Classification
    kind: AccountKind


PLACEMENT_BY_OU: Final[Mapping[str, AccountPlacement]] = {
    "Security": AccountPlacement(environment="security", data_classification="records", kind="security"),
    "Infrastructure": AccountPlacement(
        environment="infrastructure", data_classification="internal", kind="infrastructure"
    ),
    "Workloads/ML-Dev": AccountPlacement(environment="dev", data_classification="de-identified", kind="workload"),
    "Workloads/ML-Staging": AccountPlacement(environment="staging", data_classification="phi", kind="workload"),
    "Workloads/ML-Prod": AccountPlacement(environment="prod", data_classification="phi", kind="workload"),
    "Workloads": AccountPlacement(environment="dev", data_classification="de-identified", kind="workload"),
    "Sandbox": AccountPlacement(environment="sandbox", data_classification="synthetic", kind="sandbox"),
    "Policy-Staging": AccountPlacement(environment="test", data_classification="synthetic", kind="sandbox"),
}
"""OU path -> what its accounts are, unless they say otherwise; the longest path that holds an account counts."""

DEFAULT_PLACEMENT: Final = AccountPlacement(
    environment="infrastructure", data_classification="internal", kind="infrastructure"
)
MANAGEMENT_PLACEMENT: Final = AccountPlacement(
    environment="management", data_classification="internal", kind="management"
)


def account_placement(settings: Settings, name: str) -> AccountPlacement:
    """Where an account stands, what it was configured with included.

    Raises:
        KeyError: no account has this name.
    """
    if name == MANAGEMENT:
        return MANAGEMENT_PLACEMENT
    account = settings.accounts[name]
    path = account.ou
    while path and path not in PLACEMENT_BY_OU:
        path = path.rpartition("/")[0]
    defaults = PLACEMENT_BY_OU.get(path, DEFAULT_PLACEMENT)
    return AccountPlacement(
        environment=account.environment or defaults.environment,
        data_classification=account.data_classification or defaults.data_classification,
        kind=defaults.kind,
    )


def workload_environments(settings: Settings) -> Mapping[str, str]:
    """The last part of a workload's stacks -> its account: `ml-dev` has the stacks `data-dev`, `ml-dev` and so on."""
    return {
        stack_suffix(name): name for name in settings.accounts if account_placement(settings, name).kind == "workload"
    }


def network_account(settings: Settings) -> str | None:
    """The name of the account that the network's own resources are in."""
    return settings.network.account or settings.administrator("ipam")


def spoke_cidrs(settings: Settings, region: str) -> Mapping[str, str]:
    """Account -> CIDR of its spoke in a region: the workloads with a network there."""
    return {
        name: account.networks[region]
        for name, account in settings.accounts.items()
        if region in account.networks and account_placement(settings, name).kind == "workload"
    }


def segment_of(settings: Settings, name: str) -> str:
    """The segment of an account's spoke.

    Raises:
        KeyError: it is in none; the settings' checks refuse that.
    """
    for segment, segment_settings in settings.network.segments.items():
        if name in segment_settings.accounts:
            return segment
    raise KeyError(name)
