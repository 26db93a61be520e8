"""The zone with the largest values that the settings accept comes up: every name and document is accepted."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.zone import Ran, Zone
from tests.extreme_settings import account_name, extreme
from zone.settings import files
from zone.settings.names import stack_suffix

pytestmark = [pytest.mark.whole_zone, pytest.mark.timeout(3600), pytest.mark.xdist_group("extreme")]

ACCOUNTS = ("log-archive", "backup", "network", "ml-staging")
ENVIRONMENT = stack_suffix(account_name("ml-staging"))
STACKS = (
    *("organization", "audit", "baseline-management"),
    *(f"baseline-{account_name(name)}" for name in ACCOUNTS),
    *("network-us-east-1", f"data-{ENVIRONMENT}", f"ml-{ENVIRONMENT}"),
)
"""The stacks whose names and documents grow with the settings."""


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Zone, Ran]]:
    zone = Zone(tmp_path_factory.mktemp("extreme") / "zone")
    zone.configure(**extreme(files.read(zone.root, "organization").values))
    yield zone, zone.rehearse("up", *STACKS, "--json", timeout=3000)
    zone.rehearse("cloud", "stop")


def test_stacks_come_up(deployed: tuple[Zone, Ran]) -> None:
    _, ran = deployed
    assert ran.code == 0, ran.err
    assert {stack["name"] for stack in ran.document["stacks"]} >= set(STACKS)


def test_second_preview_changes_nothing(deployed: tuple[Zone, Ran]) -> None:
    zone, _ = deployed
    data = f"data-{ENVIRONMENT}"
    preview = zone.rehearse("preview", data, "--json", timeout=900)
    assert preview.code == 0, preview.err
    assert preview.stack(data)["changes"] == []
