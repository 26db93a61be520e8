"""Environments to recover, each in an emulated AWS of its own."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rehearsal.cloud import Cloud
from runbooks.documents import Mode
from tests.runbooks.recovery_environment import RecoveryEnvironment


@pytest.fixture
def make_environment(tmp_path: Path) -> Iterator[Callable[..., RecoveryEnvironment]]:
    with environment_factory(tmp_path) as build:
        yield build


@pytest.fixture
def environment(make_environment: Callable[..., RecoveryEnvironment]) -> RecoveryEnvironment:
    return make_environment(readmission="warm", sepsis="pilot-light")


@pytest.fixture(scope="module")
def unchanged_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecoveryEnvironment]:
    """One environment per module, for tests that change nothing."""
    with environment_factory(tmp_path_factory.mktemp("unchanged")) as build:
        yield build(readmission="warm", sepsis="pilot-light")


@contextmanager
def environment_factory(folder: Path) -> Generator[Callable[..., RecoveryEnvironment]]:
    clouds: list[Cloud] = []

    def build(**modes: Mode) -> RecoveryEnvironment:
        cloud = Cloud.start(folder / f"cloud-{len(clouds)}", management_account="111122223333")
        clouds.append(cloud)
        environment_folder = folder / f"environment-{len(clouds)}"
        environment_folder.mkdir()
        environment = RecoveryEnvironment(
            cloud=cloud, folder=environment_folder, modes=modes or {"readmission": "warm"}
        )
        environment.build()
        return environment

    yield build
    for cloud in clouds:
        cloud.stop()
