"""Environments to recover, each in a cloud of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rehearsal.cloud import Cloud
from runbooks.zone import Mode
from tests.runbooks.recoverable import Recoverable


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Recoverable]]:
    made: list[Cloud] = []

    def build(**modes: Mode) -> Recoverable:
        cloud = Cloud.start(tmp_path / f"cloud-{len(made)}", management_account="111122223333")
        made.append(cloud)
        folder = tmp_path / f"made-{len(made)}"
        folder.mkdir()
        one = Recoverable(cloud=cloud, folder=folder, modes=modes or {"readmission": "warm"})
        one.build()
        return one

    yield build
    for cloud in made:
        cloud.stop()


@pytest.fixture
def environment(make: Callable[..., Recoverable]) -> Recoverable:
    return make(readmission="warm", sepsis="pilot-light")
