"""Zones that tests rehearse in, each stopped when its test is done."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.end_to_end.zone import Ran, Zone

NETWORKS = (
    *("organization", "audit", "baseline-management", "baseline-network"),
    *("baseline-ml-dev", "baseline-ml-staging", "baseline-ml-prod", "network-us-east-1", "network-us-west-2"),
    *("ml-dev", "ml-staging", "ml-prod", "recovery-dev", "recovery-staging", "recovery-prod"),
)


@pytest.fixture
def zone(tmp_path: Path) -> Iterator[Zone]:
    project = Zone(tmp_path / "zone")
    yield project
    project.rehearse("cloud", "stop")


@pytest.fixture(scope="session")
def network_zone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Zone, Ran]]:
    """Networks of both regions and six spokes, without what is served in them; for all modules of `xdist_group`."""
    project = Zone(tmp_path_factory.mktemp("zone") / "zone")
    project.configure(ml={})
    yield project, project.rehearse("up", *NETWORKS, "--json", timeout=1200)
    project.rehearse("cloud", "stop")


@pytest.fixture(scope="module")
def make_zone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Zone]]:
    projects: list[Zone] = []

    def make() -> Zone:
        projects.append(Zone(tmp_path_factory.mktemp("zone") / "zone"))
        return projects[-1]

    yield make
    for project in projects:
        project.rehearse("cloud", "stop")
