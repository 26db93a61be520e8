"""What follows from an account's OU."""

import pytest

from tests.stacks.zone import ROOT
from zone.plan import make_plan
from zone.settings import settings_from_files
from zone.settings.placement import PLACEMENT_BY_OU

SETTINGS = settings_from_files(ROOT, "organization")


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
def test_account_tags_and_kind_follow_from_the_ou(
    account: str, environment: str, classification: str, kind: str
) -> None:
    plan = make_plan(SETTINGS).accounts[account]
    assert (plan.environment, plan.data_classification, plan.kind) == (environment, classification, kind)
    tags = plan.tags
    assert tags["environment"] == environment
    assert tags["data-classification"] == classification
    assert tags["owner"]


def test_phi_is_allowed_in_staging_and_production_only() -> None:
    phi = {path for path, placement in PLACEMENT_BY_OU.items() if placement.data_classification == "phi"}
    assert phi == {"Workloads/ML-Staging", "Workloads/ML-Prod"}


def test_what_an_account_says_of_itself_wins() -> None:
    account = SETTINGS.accounts["ml-dev"].model_copy(update={"data_classification": "synthetic"})
    changed = SETTINGS.model_copy(update={"accounts": {**SETTINGS.accounts, "ml-dev": account}})
    account_plan = make_plan(changed).accounts["ml-dev"]
    assert account_plan.data_classification == "synthetic"
    assert account_plan.environment == "dev"
