"""What follows from an account's OU: its environment, what data it may hold, and what kind of work is done in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from stacks.configuration.checks import MANAGEMENT, stack_suffix
from stacks.configuration.types import Classification, Environment

if TYPE_CHECKING:
    from stacks.settings import Settings

Kind = Literal["management", "security", "infrastructure", "workload", "sandbox"]
"""What an account is for; its deploy role's rights follow from it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """The defaults of an account in an OU."""

    environment: Environment
    data_classification: Classification
    kind: Kind


PLACES: Final[Mapping[str, Place]] = {
    "Security": Place(environment="security", data_classification="records", kind="security"),
    "Infrastructure": Place(environment="infrastructure", data_classification="internal", kind="infrastructure"),
    "Workloads/ML-Dev": Place(environment="dev", data_classification="de-identified", kind="workload"),
    "Workloads/ML-Staging": Place(environment="staging", data_classification="phi", kind="workload"),
    "Workloads/ML-Prod": Place(environment="prod", data_classification="phi", kind="workload"),
    "Workloads": Place(environment="dev", data_classification="de-identified", kind="workload"),
    "Sandbox": Place(environment="sandbox", data_classification="synthetic", kind="sandbox"),
    "Policy-Staging": Place(environment="test", data_classification="synthetic", kind="sandbox"),
}
"""OU path -> what its accounts are, unless they say otherwise; the longest path that holds an account counts."""

ELSEWHERE: Final = Place(environment="infrastructure", data_classification="internal", kind="infrastructure")
IN_MANAGEMENT: Final = Place(environment="management", data_classification="internal", kind="management")


def place(settings: "Settings", name: str) -> Place:
    """Where an account stands, what it was configured with included.

    Raises:
        KeyError: no account has this name.
    """
    if name == MANAGEMENT:
        return IN_MANAGEMENT
    account = settings.accounts[name]
    path = account.ou
    while path and path not in PLACES:
        path = path.rpartition("/")[0]
    found = PLACES.get(path, ELSEWHERE)
    return Place(
        environment=account.environment or found.environment,
        data_classification=account.data_classification or found.data_classification,
        kind=found.kind,
    )


def environments(settings: "Settings") -> Mapping[str, str]:
    """The last part of a workload's stacks -> its account: `ml-dev` has the stacks `data-dev`, `ml-dev` and so on."""
    return {stack_suffix(name): name for name in settings.accounts if place(settings, name).kind == "workload"}


def keeps_backups(settings: "Settings", name: str) -> bool:
    """Whether an account has vaults: one that holds data, and the one that keeps everybody's copies."""
    return place(settings, name).kind == "workload" or name == settings.data.backup.account


def tags(settings: "Settings", name: str) -> Mapping[str, str]:
    """Tags of everything in an account: whose it is and what data it holds, 45 CFR 164.310(d)(2)(iii)."""
    here = place(settings, name)
    return {
        "environment": here.environment,
        "data-classification": here.data_classification,
        "owner": settings.tags.owner,
        "project": settings.tags.project,
    }
