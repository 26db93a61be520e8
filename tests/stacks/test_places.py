"""What follows from an account's OU."""

import pytest

from stacks import places
from stacks.settings import Settings
from tests.stacks.zone import ROOT

SETTINGS = Settings.from_files(ROOT, "organization")


@pytest.mark.parametrize(
    ("account", "environment", "classification", "kind"),
    [
        ("management", "management", "internal", "management"),
        ("log-archive", "security", "records", "security"),
        ("network", "infrastructure", "internal", "infrastructure"),
        ("ml-dev", "dev", "de-identified", "workload"),
        ("ml-prod", "prod", "phi", "workload"),
        ("sandbox", "sandbox", "synthetic", "sandbox"),
        ("policy-staging", "test", "synthetic", "sandbox"),
    ],
)
def test_an_accounts_tags_and_kind_follow_from_its_ou(
    account: str, environment: str, classification: str, kind: str
) -> None:
    place = places.place(SETTINGS, account)
    assert (place.environment, place.data_classification, place.kind) == (environment, classification, kind)
    tags = places.tags(SETTINGS, account)
    assert tags["environment"] == environment
    assert tags["data-classification"] == classification
    assert tags["owner"]


def test_phi_is_only_where_the_zone_says_it_may_be() -> None:
    phi = {path for path, one in places.PLACES.items() if one.data_classification == "phi"}
    assert phi == {"Workloads/ML-Staging", "Workloads/ML-Prod"}


def test_what_an_account_says_of_itself_wins() -> None:
    account = SETTINGS.accounts["ml-dev"].model_copy(update={"data_classification": "synthetic"})
    changed = SETTINGS.model_copy(update={"accounts": {**SETTINGS.accounts, "ml-dev": account}})
    assert places.place(changed, "ml-dev").data_classification == "synthetic"
    assert places.place(changed, "ml-dev").environment == "dev"
