"""A cloud and a provider for the tests: real processes and real gRPC, on free ports, in a directory of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.cloud import Cloud
from rehearsal.provider import ProviderProcess
from tests.rehearsal.provider.provider_bench import Client


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rehearsal")


@pytest.fixture(scope="session")
def cloud(state: Path) -> Iterator[Cloud]:
    running = Cloud.start(state)
    # Many tests create a VPC in the same region.
    running.raise_quota("vpcs", "us-east-1", 100)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def provider(state: Path, cloud: Cloud) -> Iterator[ProviderProcess]:
    running = ProviderProcess.start(state)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def client(provider: ProviderProcess) -> Iterator[Client]:
    with Client(provider.address) as connected:
        connected.configure({"region": "us-east-1"})
        yield connected
