"""`zone region`: losing a region in whole and in part, and restoring it."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from typer.testing import CliRunner

from cli.errors import UsageError
from cli.region import app
from rehearsal.cloud import Cloud, resolve

EAST, WEST = "us-east-1", "us-west-2"
ACCOUNT = "111122223333"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("project")
    (folder / "Pulumi.yaml").touch()
    cloud = Cloud.start(folder / ".rehearsal", management_account=ACCOUNT)
    yield folder
    cloud.stop()


@pytest.fixture
def cloud(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.chdir(folder)
    cloud = Cloud.attach(folder / ".rehearsal")
    assert cloud is not None
    yield cloud
    region("restore", EAST)


def region(*words: str) -> str:
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def ask(cloud: Cloud, service: str, region: str) -> Any:
    client = cloud.endpoints(retries=1).client(service, region)
    return client.list_tables() if service == "dynamodb" else client.list_topics()


def test_whole_region_and_global_control_planes_are_lost_and_restored(cloud: Cloud) -> None:
    region("lose", EAST)
    assert json.loads(region("status", "--json"))["lost"] == ["global", EAST]
    with pytest.raises(EndpointConnectionError):
        ask(cloud, "sns", EAST)
    with pytest.raises(EndpointConnectionError):
        cloud.endpoints(retries=1).client("iam", EAST).list_users()
    ask(cloud, "sns", WEST)
    region("restore", EAST)
    ask(cloud, "sns", EAST)
    cloud.endpoints().client("iam", EAST).list_users()
    assert "as usual" in region("status")


@pytest.mark.parametrize(
    ("words", "code"), [((), "InternalFailure"), (("--throttle",), "ThrottlingException")], ids=["failing", "throttled"]
)
def test_one_service_fails_or_is_throttled_in_one_region(cloud: Cloud, words: tuple[str, ...], code: str) -> None:
    region("lose", EAST, "--service", "sns", *words)
    with pytest.raises(ClientError, match=code):
        ask(cloud, "sns", EAST)
    ask(cloud, "dynamodb", EAST)
    ask(cloud, "sns", WEST)
    assert f"sns:*: {code}" in region("status")
    region("restore", EAST)
    ask(cloud, "sns", EAST)


def test_region_is_slow(cloud: Cloud) -> None:
    ask(cloud, "sns", EAST)
    region("lose", EAST, "--delay", "1.5")
    start = time.monotonic()
    ask(cloud, "sns", EAST)
    assert time.monotonic() - start >= 1.5


def test_restoring_one_region_keeps_the_faults_of_the_other(cloud: Cloud) -> None:
    region("lose", WEST, "--service", "sns")
    region("restore", EAST)
    with pytest.raises(ClientError):
        ask(cloud, "sns", WEST)
    region("restore", WEST)
    ask(cloud, "sns", WEST)


def test_names_keep_their_answers_for_a_time(cloud: Cloud) -> None:
    dns = cloud.endpoints().client("route53", EAST)
    zone = dns.create_hosted_zone(Name="ml.internal", CallerReference="1")["HostedZone"]["Id"]

    def lead_to(value: str) -> None:
        record = {"Name": "a.ml.internal", "Type": "CNAME", "TTL": 10, "ResourceRecords": [{"Value": value}]}
        dns.change_resource_record_sets(
            HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
        )

    lead_to("first")
    region("lose", WEST, "--service", "sns", "--stale-dns", "2")
    lead_to("second")
    assert resolve(cloud, ACCOUNT, "a.ml.internal") == ["first"]
    time.sleep(2.1)
    assert resolve(cloud, ACCOUNT, "a.ml.internal") == ["second"]
    region("restore", WEST)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("lose", "eu-west-1"), "no region 'eu-west-1' is emulated; regions: us-east-1, us-west-2"),
        (("lose", EAST, "--service", "SageMaker"), "--service is 'SageMaker'.*did you mean sagemaker"),
        (("lose", EAST, "--delay", "1", "--throttle"), "exclude each other"),
    ],
)
def test_wrong_arguments_are_refused_and_change_nothing(cloud: Cloud, words: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        region(*words)
    assert json.loads(region("status", "--json")) == {"lost": [], "faults": []}
