"""`zone audit` holds invariants that do not come from the settings: the recorded zone, with one fault each."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest

from inspection.audit_invariants import invariants
from inspection.declared import DeclaredZone
from inspection.network.difference import DifferenceKind
from inspection.observation import Observation
from tests.inspection.cloud_changes import PRIMARY, Changes
from tests.inspection.inventory import Inventory, inventory, key
from tests.inspection.planted_leaks import LEAKS

REGIONS: Final = ("us-east-1", "us-west-2")
ROUTES: Final = "routes, places and regions of"
FILTERS: Final = [{"Key": "data-classification", "Values": ["phi"]}]


def zone(regions: tuple[str, str] = REGIONS) -> DeclaredZone:
    """A declared zone without anything that an invariant could be read from, apart from its regions."""
    return DeclaredZone(
        management_account="123456789012",
        regions=regions,
        organizational_units=[],
        accounts=[],
        policies=[],
        policy_types=[],
        log_archive="",
        trail=None,
        trail_region="us-east-1",
    )


def differing(cloud: Inventory, regions: tuple[str, str] = REGIONS) -> list[Observation]:
    observations = list(invariants(zone(regions), cloud))
    assert observations
    return [observation for observation in observations if not observation.ok]


def account_tags(changes: Changes, name: str, tags: Mapping[str, str]) -> None:
    """Sets the tags of an account in Organizations."""
    listed = [{"Key": tag, "Value": value} for tag, value in tags.items()]
    request = key("organizations", None, None, "list_tags_for_resource", {"ResourceId": changes.account[name]})
    changes.inventory.answers[request] = {"Tags": listed}


def patient_data(changes: Changes, name: str) -> None:
    """Tags a bucket of an account to hold patients' data."""
    request = key("resourcegroupstaggingapi", changes.account[name], PRIMARY, "get_resources", {"TagFilters": FILTERS})
    changes.inventory.answers[request] = {"ResourceTagMappingList": [{"ResourceARN": "arn:aws:s3:::copy"}]}


def test_recorded_zone_holds_every_invariant() -> None:
    changes = Changes(inventory())
    account_tags(changes, "ml-prod", {"environment": "prod", "data-classification": "phi"})
    patient_data(changes, "ml-prod")
    assert differing(changes.inventory) == []


FAULTS: Final[Mapping[str, tuple[Callable[[Changes], None], str]]] = {
    "prod is tagged as sandbox": (
        lambda changes: account_tags(changes, "ml-prod", {"environment": "sandbox"}),
        "account ml-prod tag environment",
    ),
    "dev is tagged as prod": (
        lambda changes: account_tags(changes, "ml-dev", {"environment": "prod"}),
        "account ml-dev tag environment",
    ),
    "dev is classified to hold patients' data": (
        lambda changes: account_tags(changes, "ml-dev", {"data-classification": "phi"}),
        "account ml-dev of the OU Workloads/ML-Dev holds patients' data",
    ),
    "a bucket of dev holds patients' data": (
        lambda changes: patient_data(changes, "ml-dev"),
        "account ml-dev of the OU Workloads/ML-Dev holds patients' data",
    ),
}


@pytest.mark.parametrize(("plant", "subject"), FAULTS.values(), ids=FAULTS)
def test_fault_of_an_account_is_reported(plant: Callable[[Changes], None], subject: str) -> None:
    changes = Changes(inventory())
    plant(changes)
    [observation] = differing(changes.inventory)
    assert observation.subject == subject


NETWORK: Final = {name: plant for name, (plant, kind) in LEAKS.items() if kind is DifferenceKind.INVARIANT}


@pytest.mark.parametrize("plant", NETWORK.values(), ids=NETWORK)
def test_fault_of_the_network_is_reported(plant: Callable[[Changes], Any]) -> None:
    changes = Changes(inventory())
    plant(changes)
    observations = differing(changes.inventory)
    assert observations
    assert not any(observation.subject.startswith(ROUTES) for observation in observations)


def test_regions_of_two_residency_groups_are_reported() -> None:
    subjects = [observation.subject for observation in differing(inventory(), ("us-east-1", "eu-west-1"))]
    assert "residency groups of us-east-1 and eu-west-1" in subjects
