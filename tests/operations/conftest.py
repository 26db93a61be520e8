"""An emulated AWS with a project folder."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.rehearsed_aws import RehearsedAws
from rehearsal.cloud import Cloud

ROOT = Path(__file__).parents[2]
MANAGEMENT, EAST = "123456789012", "us-east-1"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    shutil.copyfile(ROOT / "Pulumi.yaml", folder / "Pulumi.yaml")
    return folder


@pytest.fixture(scope="module")
def cloud(project: Path) -> Iterator[Cloud]:
    cloud = Cloud.start(project / ".rehearsal", management_account=MANAGEMENT)
    yield cloud
    cloud.stop()


@pytest.fixture(scope="module")
def aws(cloud: Cloud) -> RehearsedAws:
    return RehearsedAws(
        cloud.endpoints(retries=1),
        management_account=MANAGEMENT,
        access_role="OrganizationAccountAccessRole",
        region=EAST,
    )
