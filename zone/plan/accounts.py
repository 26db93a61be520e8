"""Derives accounts and workload environments from the settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from zone.plan.access import access_table
from zone.settings.ml import Model
from zone.settings.model import Settings
from zone.settings.placement import AccountKind, account_placement, workload_environments
from zone.settings.types import Classification, Environment
from zone.shared.access_table import AccessTable
from zone.shared.buckets import ENVIRONMENT_BUCKETS, DataPurpose

PATIENT_DATA: Final = "raw-phi"
"""Purpose of the bucket that only environments with patient data have."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountPlan:
    """An account, the management account included."""

    name: str
    environment: Environment
    data_classification: Classification
    kind: AccountKind
    """Purpose of the account, which decides the rights of its deploy role."""
    tags: Mapping[str, str]
    """Tags of every resource in the account: owner and kind of data, 45 CFR 164.310(d)(2)(iii)."""
    has_backup_vaults: bool
    """Whether the account has vaults: workload accounts have, and the account that receives all backup copies."""

    @property
    def holds_patient_data(self) -> bool:
        """Whether the account may hold protected health information (PHI)."""
        return self.data_classification == "phi"


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentPlan:
    """A workload environment: the part of the stack names after the layer, for example `dev` in `ml-dev`."""

    name: str
    account: str
    """Name of the environment's account."""
    buckets: Sequence[DataPurpose]
    """Purposes of the environment's buckets."""
    access_table: AccessTable
    """Which team reads which columns and rows of which data set."""
    models: Mapping[str, Model]
    """Name -> model that is served in the environment."""
    standby_models: Mapping[str, Model]
    """Name -> model that also has a standby in the recovery region."""


def plan_account(settings: Settings, name: str) -> AccountPlan:
    """Derives the plan of one account.

    Raises:
        KeyError: no account has this name.
    """
    placement = account_placement(settings, name)
    return AccountPlan(
        name=name,
        environment=placement.environment,
        data_classification=placement.data_classification,
        kind=placement.kind,
        tags={
            "environment": placement.environment,
            "data-classification": placement.data_classification,
            "owner": settings.tags.owner,
            "project": settings.tags.project,
        },
        has_backup_vaults=placement.kind == "workload" or name == settings.data.backup.account,
    )


def plan_environments(settings: Settings, accounts: Mapping[str, AccountPlan]) -> Mapping[str, EnvironmentPlan]:
    """Derives the workload environments, by name, in the order of the accounts."""
    return {
        environment: _plan_environment(settings, environment, accounts[account])
        for environment, account in workload_environments(settings).items()
    }


def _plan_environment(settings: Settings, environment: str, account: AccountPlan) -> EnvironmentPlan:
    patient_data = account.holds_patient_data
    return EnvironmentPlan(
        name=environment,
        account=account.name,
        buckets=[purpose for purpose in ENVIRONMENT_BUCKETS if patient_data or purpose != PATIENT_DATA],
        access_table=access_table(settings.data, patient_data=patient_data),
        models=settings.ml.served_in(environment),
        standby_models=settings.ml.standing_by(environment),
    )
