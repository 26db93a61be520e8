"""What follows from an account's OU: its environment, what data it may hold, and what kind of work is done in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from zone.settings.model import Settings
from zone.settings.names import MANAGEMENT, STANDARD_UNITS, stack_suffix
from zone.settings.types import Classification, Environment, OuRole

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
BY_SENSITIVITY: Final[tuple[Classification, ...]] = ("phi", "de-identified", "synthetic")
"""Classifications of data about patients, the most sensitive first."""
ROLES: Final[tuple[OuRole, ...]] = (
    "security",
    "infrastructure",
    "workloads",
    "dev",
    "staging",
    "prod",
    "sandbox",
    "policy-staging",
)
"""Roles of OUs that accounts are placed in; a later role of the same OU wins."""
MANAGEMENT_PLACEMENT: Final = AccountPlacement(
    environment="management", data_classification="internal", kind="management"
)


def unit_placement(settings: Settings, path: str) -> AccountPlacement:
    """What the accounts of an OU are, whatever is configured for an account: guardrails are attached to the OU."""
    placements = _placements(settings)
    while path and path not in placements:
        path = path.rpartition("/")[0]
    return placements.get(path, DEFAULT_PLACEMENT)


def stricter_classifications(placement: AccountPlacement) -> tuple[Classification, ...]:
    """The classifications that an account may be configured with: that of its OU, and those of less sensitive data."""
    own = placement.data_classification
    return BY_SENSITIVITY[BY_SENSITIVITY.index(own) :] if own in BY_SENSITIVITY else (own,)


def account_placement(settings: Settings, name: str) -> AccountPlacement:
    """Where an account stands, what it was configured with included.

    Raises:
        KeyError: no account has this name.
    """
    if name == MANAGEMENT:
        return MANAGEMENT_PLACEMENT
    account = settings.accounts[name]
    defaults = unit_placement(settings, account.ou)
    return AccountPlacement(
        environment=account.environment or defaults.environment,
        data_classification=account.data_classification or defaults.data_classification,
        kind=defaults.kind,
    )


def _placements(settings: Settings) -> Mapping[str, AccountPlacement]:
    """OU path -> what its accounts are, from the roles of the OUs."""
    return {
        path: PLACEMENT_BY_OU[STANDARD_UNITS[role]]
        for role in ROLES
        if STANDARD_UNITS[role] in PLACEMENT_BY_OU
        for path in settings.units_of(role)
    }


def workload_environments(settings: Settings) -> Mapping[str, str]:
    """The last part of a workload's stacks -> its account: `ml-dev` has the stacks `data-dev`, `ml-dev` and so on."""
    return {
        stack_suffix(name): name
        for name in settings.active_accounts
        if account_placement(settings, name).kind == "workload"
    }


def network_account(settings: Settings) -> str | None:
    """The name of the account that the network's own resources are in."""
    return settings.network.account or settings.administrator("ipam")


def spoke_cidrs(settings: Settings, region: str) -> Mapping[str, str]:
    """Account -> CIDR of its spoke in a region: the workloads with a network there."""
    return {
        name: account.networks[region]
        for name, account in settings.active_accounts.items()
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
