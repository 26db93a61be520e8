"""Environments to recover, each in a cloud of its own."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rehearsal.cloud import Cloud
from runbooks.documents import Mode
from tests.runbooks.recoverable import Recoverable


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Recoverable]]:
    with building(tmp_path) as build:
        yield build


@pytest.fixture
def environment(make: Callable[..., Recoverable]) -> Recoverable:
    return make(readmission="warm", sepsis="pilot-light")


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recoverable]:
    """For tests that change nothing: one environment for all of a module."""
    with building(tmp_path_factory.mktemp("untouched")) as build:
        yield build(readmission="warm", sepsis="pilot-light")


@contextmanager
def building(folder: Path) -> Generator[Callable[..., Recoverable]]:
    made: list[Cloud] = []

    def build(**modes: Mode) -> Recoverable:
        cloud = Cloud.start(folder / f"cloud-{len(made)}", management_account="111122223333")
        made.append(cloud)
        inside = folder / f"made-{len(made)}"
        inside.mkdir()
        one = Recoverable(cloud=cloud, folder=inside, modes=modes or {"readmission": "warm"})
        one.build()
        return one

    yield build
    for cloud in made:
        cloud.stop()
