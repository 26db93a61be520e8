"""Stand-ins for image and artifact: published before a stack with endpoints is deployed, never over what exists."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from cli.errors import UsageError
from cli.stand_ins import publish_stand_ins
from rehearsal.cloud import Cloud
from tests.stacks.zone import ROOT
from zone.plan import plan_from_files

ACCOUNT = "111122223333"
EAST, WEST = "us-east-1", "us-west-2"
ARTIFACTS = {EAST: "artifacts-east", WEST: "artifacts-west"}
KEY = "readmission/1/model.tar.gz"
OUTPUTS = {
    "account_id": ACCOUNT,
    "image_repositories": {
        "readmission": {
            region: f"{ACCOUNT}.dkr.ecr.{region}.amazonaws.com/hipaa-ml/readmission" for region in (EAST, WEST)
        }
    },
    "buckets": {"artifacts": ARTIFACTS},
}


class Store:
    """State of one deployed stack, `data-prod`."""

    def __init__(self, outputs: Mapping[str, Any]) -> None:
        self.outputs = outputs

    def raw_outputs(self, stack: str) -> Mapping[str, Any] | None:
        return self.outputs if stack == "data-prod" else None


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    running = Cloud.start(tmp_path_factory.mktemp("stand-ins"), management_account=ACCOUNT)
    endpoints = running.endpoints()
    endpoints.client("ecr", EAST).create_repository(repositoryName="hipaa-ml/readmission")
    for region, name in ARTIFACTS.items():
        where = {} if region == EAST else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        endpoints.client("s3", region).create_bucket(Bucket=name, **where)
    yield running
    running.stop()


def publish(cloud: Cloud, stack: str, outputs: Mapping[str, Any] = OUTPUTS) -> list[str]:
    """Messages of `publish_stand_ins` for a stack of the reference zone."""
    lines: list[str] = []
    plan = plan_from_files(ROOT, "organization")
    publish_stand_ins(cloud, plan, Store(outputs), stack, lines.append)  # type: ignore[arg-type]
    return lines


def test_stacks_are_supplied_once_and_only_with_what_is_missing(cloud: Cloud) -> None:
    s3, ecr = cloud.endpoints().client("s3", EAST), cloud.endpoints().client("ecr", EAST)
    assert publish(cloud, "data-prod") == publish(cloud, "ml-dev") == []
    assert "Contents" not in s3.list_objects_v2(Bucket=ARTIFACTS[EAST])

    [line] = publish(cloud, "ml-prod")
    assert "readmission 1" in line
    assert "stand-in" in line
    artifact = s3.get_object(Bucket=ARTIFACTS[EAST], Key=KEY)
    release = plan_from_files(ROOT, "organization").environments["prod"].models["readmission"].release
    assert release is not None
    [image] = ecr.describe_images(repositoryName="hipaa-ml/readmission")["imageDetails"]
    assert image["imageDigest"] == release.image_digest

    s3.put_object(Bucket=ARTIFACTS[EAST], Key=KEY, Body=b"trained")
    assert publish(cloud, "ml-prod") == []
    assert s3.get_object(Bucket=ARTIFACTS[EAST], Key=KEY)["Body"].read() == b"trained" != artifact["Body"].read()
    assert len(ecr.describe_images(repositoryName="hipaa-ml/readmission")["imageDetails"]) == 1


def test_the_recovery_stack_waits_for_the_replicated_artifact(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.stand_ins.REPLICATION_SECONDS", 0.0)
    with pytest.raises(UsageError, match=f"{KEY} was not replicated to artifacts-west"):
        publish(cloud, "recovery-prod")
    cloud.endpoints().client("s3", WEST).put_object(Bucket=ARTIFACTS[WEST], Key=KEY, Body=b"")
    publish(cloud, "recovery-prod")


def test_state_of_an_earlier_release_is_named_with_the_remedy(cloud: Cloud) -> None:
    outputs = {name: value for name, value in OUTPUTS.items() if name != "image_repositories"}
    with pytest.raises(UsageError, match="zone up data-prod"):
        publish(cloud, "ml-prod", outputs)
