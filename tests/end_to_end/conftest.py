"""Zones that tests rehearse in, each stopped when its test is done."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.end_to_end.zone import Ran, Zone

NETWORKS = (
    *("organization", "audit", "network-us-east-1", "network-us-west-2"),
    *("ml-dev", "ml-staging", "ml-prod", "recovery-dev", "recovery-staging", "recovery-prod"),
)


@pytest.fixture
def zone(tmp_path: Path) -> Iterator[Zone]:
    one = Zone(tmp_path / "zone")
    yield one
    one.rehearse("cloud", "stop")


@pytest.fixture(scope="session")
def network_zone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Zone, Ran]]:
    """Networks of both regions and six spokes, without what is served in them; for all modules of `xdist_group`."""
    one = Zone(tmp_path_factory.mktemp("zone") / "zone")
    one.configure(ml={})
    yield one, one.rehearse("up", *NETWORKS, "--json", timeout=1200)
    one.rehearse("cloud", "stop")


@pytest.fixture(scope="module")
def make_zone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Zone]]:
    made: list[Zone] = []

    def make() -> Zone:
        made.append(Zone(tmp_path_factory.mktemp("zone") / "zone"))
        return made[-1]

    yield make
    for one in made:
        one.rehearse("cloud", "stop")
