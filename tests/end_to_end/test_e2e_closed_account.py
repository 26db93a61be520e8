"""An account that somebody closed in AWS: the program says so, and goes on when the settings say it too."""

from collections.abc import Iterator

import pytest

from rehearsal.cloud import Cloud
from tests.end_to_end.zone import Zone

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Zone, str]]:
    """A zone whose account `sandbox` was closed behind Pulumi's back and then refreshed away, and the account's id."""
    zone = Zone(tmp_path_factory.mktemp("closed") / "zone")
    zone.shrink(("log-archive", "ml-prod", "sandbox"))
    deployed = zone.rehearse("up", "organization", timeout=600)
    assert deployed.code == 0, deployed.err
    cloud = Cloud.attach(zone.root / ".rehearsal")
    assert cloud is not None
    organizations = cloud.endpoints(retries=1).client("organizations", "us-east-1")
    ids = {account["Name"]: account["Id"] for account in organizations.list_accounts()["Accounts"]}
    organizations.close_account(AccountId=ids["sandbox"])
    refreshed = zone.rehearse("refresh", "organization")
    assert refreshed.code == 0, refreshed.err
    yield zone, ids["sandbox"]
    zone.rehearse("cloud", "stop")


def test_up_names_the_account_and_its_key_before_it_changes_anything(closed: tuple[Zone, str]) -> None:
    zone, number = closed
    before = zone.rehearse("export", "organization").document["deployment"]["resources"]
    refused = zone.rehearse("up", "organization")
    assert refused.code != 0
    text = " ".join(refused.err.split())
    assert f"account sandbox: {number} is SUSPENDED" in text
    assert "Set accounts.sandbox.state to closed" in text
    assert zone.rehearse("export", "organization").document["deployment"]["resources"] == before


def test_up_works_when_the_settings_have_the_account_closed(closed: tuple[Zone, str]) -> None:
    zone, _ = closed
    accounts = zone.setting("accounts")
    zone.configure(accounts={**accounts, "sandbox": {**accounts["sandbox"], "state": "closed", "ou": "Suspended"}})
    deployed = zone.rehearse("up", "organization", timeout=600)
    assert deployed.code == 0, deployed.err
    again = zone.rehearse("preview", "organization", "--json", timeout=600)
    assert again.stack("organization")["changes"] == []
