import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from rehearsal.cloud import TOKEN_HEADER, Cloud, CloudError, Credentials, Endpoints


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    running = Cloud.start(tmp_path)
    yield running
    if Cloud.attach(tmp_path) is not None:
        running.stop()


def test_cloud_reports_its_status(shared_cloud: Cloud, root: str, member: str) -> None:
    status = shared_cloud.status()
    assert status.instance == shared_cloud.instance
    assert set(status.endpoints) == {"global", "us-east-1", "us-west-2"}
    assert status.accounts["management"] == "111122223333"
    assert status.accounts["ml-prod"] == member
    assert 0 < status.memory_mib < 1024
    assert status.uptime > 0


def test_patches_match_the_installed_moto(shared_cloud: Cloud) -> None:
    assert shared_cloud.status().changed_patches == []


def test_running_cloud_is_attached_and_not_started_twice(cloud: Cloud, tmp_path: Path) -> None:
    attached = Cloud.attach(tmp_path)
    assert attached is not None
    assert attached.instance == cloud.instance
    with pytest.raises(CloudError, match="is already running"):
        Cloud.start(tmp_path)
    cloud.stop()
    assert Cloud.attach(tmp_path) is None
    assert not (tmp_path / "cloud.json").exists()


def test_ended_cloud_is_not_attached(cloud: Cloud, tmp_path: Path) -> None:
    record = (tmp_path / "cloud.json").read_text()
    cloud.stop()
    (tmp_path / "cloud.json").write_text(record)
    assert Cloud.attach(tmp_path) is None
    restarted = Cloud.start(tmp_path)
    assert restarted.instance != cloud.instance
    restarted.stop()


def test_a_cloud_outlives_the_process_that_started_it(tmp_path: Path) -> None:
    code = f"from pathlib import Path; from rehearsal.cloud import Cloud; Cloud.start(Path({str(tmp_path)!r}))"
    subprocess.run([sys.executable, "-c", code], check=True)
    attached = Cloud.attach(tmp_path)
    assert attached is not None
    attached.stop()


def test_port_in_use_is_reported(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CloudError, match=rf"127\.0\.0\.1:{port}.*in use"):
            Cloud.start(tmp_path, port=port)
    assert Cloud.attach(tmp_path) is None


def test_control_endpoint_requires_the_token(shared_cloud: Cloud) -> None:
    request = urllib.request.Request(f"{shared_cloud.status().endpoints['global']}/_rehearsal/stop", method="POST")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request)


def test_description_file_is_readable_by_its_owner_only(cloud: Cloud, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "cloud.json").stat().st_mode) == 0o600


def test_lost_region_refuses_connections_and_keeps_its_resources(cloud: Cloud) -> None:
    west = cloud.endpoints(retries=1).client("sqs", "us-west-2")
    west.create_queue(QueueName="survivor")
    cloud.stop_region("us-west-2")
    with pytest.raises(EndpointConnectionError):
        west.list_queues()
    assert cloud.endpoints().client("sqs", "us-east-1").list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert cloud.status().lost == ["us-west-2"]
    port = int(cloud.status().endpoints["us-west-2"].rpartition(":")[2])
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))
    cloud.start_region("us-west-2")
    assert len(west.list_queues()["QueueUrls"]) == 1


def test_lost_region_is_unreachable_through_the_global_listener(cloud: Cloud) -> None:
    aws = Endpoints.single(cloud.status().endpoints["global"], retries=1)
    aws.client("sqs", "us-west-2").create_queue(QueueName="q")
    cloud.stop_region("us-west-2")
    with pytest.raises(Exception, match=r"onnection"):
        aws.client("sqs", "us-west-2").list_queues()
    assert aws.client("iam", "us-west-2").list_roles()["Roles"] == []


def test_lost_global_listener_keeps_the_control_endpoint(cloud: Cloud) -> None:
    cloud.stop_region("global")
    with pytest.raises(EndpointConnectionError):
        cloud.endpoints(retries=1).client("iam", "us-east-1").list_roles()
    cloud.start_region("global")
    assert cloud.endpoints().client("iam", "us-east-1").list_roles()["Roles"] == []


def test_an_unknown_region_is_named(cloud: Cloud) -> None:
    with pytest.raises(CloudError, match="no listener 'mars-1'"):
        cloud.stop_region("mars-1")


SERVICES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("organizations", "list_roots", {}),
    ("iam", "list_roles", {}),
    ("ec2", "describe_vpcs", {}),
    ("s3", "list_buckets", {}),
    ("s3control", "get_public_access_block", {"AccountId": "111122223333"}),
    ("sqs", "list_queues", {}),
    ("kms", "list_keys", {}),
    ("cloudwatch", "describe_alarms", {}),
    ("guardduty", "list_detectors", {}),
    ("sso-admin", "list_instances", {}),
)


@pytest.mark.parametrize(("service", "operation", "params"), SERVICES)
def test_fault_is_an_aws_error_of_the_service_protocol(
    shared_cloud: Cloud, endpoints: Endpoints, service: str, operation: str, params: dict[str, Any]
) -> None:
    client = endpoints.client(service, "us-east-1")
    name = client.meta.method_to_api_mapping[operation]
    shared_cloud.inject(f"{service}:{name}", error="ThrottlingException", message="slow down", times=1)
    with pytest.raises(ClientError) as raised:
        getattr(client, operation)(**params)
    assert raised.value.response.get("Error", {}).get("Code") == "ThrottlingException"
    assert raised.value.response.get("Error", {}).get("Message") == "slow down"


def test_faults_end_when_they_are_cleared(shared_cloud: Cloud, endpoints: Endpoints) -> None:
    shared_cloud.inject("ec2:*", error="ServiceUnavailable", status=503)
    ec2 = endpoints.client("ec2", "us-east-1")
    for _ in range(3):
        with pytest.raises(ClientError, match="ServiceUnavailable"):
            ec2.describe_vpcs()
    shared_cloud.clear_faults()
    ec2.describe_vpcs()


def test_unknown_operation_is_answered_with_not_implemented(endpoints: Endpoints) -> None:
    with pytest.raises(ClientError) as raised:
        endpoints.client("ec2", "us-east-1").describe_local_gateways()
    assert raised.value.response.get("Error", {}).get("Code") == "NotImplemented"
    with pytest.raises(ClientError) as raised:
        endpoints.client("securityhub", "us-east-1").get_insights()
    assert raised.value.response.get("Error", {}).get("Code") == "NotImplemented"


def _with_token(client: Any, token: str) -> Any:
    client.meta.events.register("before-call", lambda params, **_: params["headers"].update({TOKEN_HEADER: token}))
    return client


def test_repeated_token_returns_the_first_answer(shared_cloud: Cloud) -> None:
    plain = shared_cloud.endpoints().client("kms", "us-west-2")
    keys = len(plain.list_keys()["Keys"])
    kms = _with_token(shared_cloud.endpoints().client("kms", "us-west-2"), "one-and-the-same")
    first, second = kms.create_key()["KeyMetadata"]["KeyId"], kms.create_key()["KeyMetadata"]["KeyId"]
    assert first == second
    assert len(plain.list_keys()["Keys"]) == keys + 1


def test_lost_answer_is_returned_to_a_repeated_request(shared_cloud: Cloud) -> None:
    sqs = _with_token(shared_cloud.endpoints(retries=1).client("ec2", "us-west-2"), "lost-answer")
    shared_cloud.inject("ec2:CreateVpc", error="InternalError", status=500, times=1, after=True)
    with pytest.raises(ClientError):
        sqs.create_vpc(CidrBlock="10.9.0.0/16")
    vpc_id = sqs.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    vpcs = (
        shared_cloud.endpoints()
        .client("ec2", "us-west-2")
        .describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.9.0.0/16"]}])["Vpcs"]
    )
    assert [vpc["VpcId"] for vpc in vpcs] == [vpc_id]


def test_failed_request_with_a_token_can_be_repeated(shared_cloud: Cloud) -> None:
    iam = _with_token(shared_cloud.endpoints(retries=1).client("iam", "us-east-1"), "fails-first")
    shared_cloud.inject("iam:CreateUser", error="Throttling", times=1)
    with pytest.raises(ClientError, match="Throttling"):
        iam.create_user(UserName="x")
    assert iam.create_user(UserName="x")["User"]["UserName"] == "x"


def test_credentials_and_settings_of_the_user_are_not_read(
    shared_cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("[profile mine]\nregion = eu-north-1\nendpoint_url = http://127.0.0.1:9\n")
    for name, value in {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_PROFILE": "not-there",
        "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
        "AWS_SECRET_ACCESS_KEY": "real",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    sts = shared_cloud.endpoints().client("sts", "us-east-1")
    assert sts.get_caller_identity()["Account"] == "111122223333"


def test_environment_variables_direct_clients_to_an_account(shared_cloud: Cloud, member: str) -> None:
    code = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"
    for profile, account in ((None, "111122223333"), ("ml-prod", member)):
        environment = {**os.environ, **shared_cloud.environment(profile)}
        output = subprocess.run(
            [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
        )
        assert output.stdout.strip() == account
    with pytest.raises(CloudError, match="no account 'nobody'"):
        shared_cloud.environment("nobody")


@pytest.mark.slow
def test_the_aws_cli_lists_the_organisation(shared_cloud: Cloud, member: str) -> None:
    aws = shutil.which("aws")
    if aws is None:
        pytest.skip("there is no AWS CLI here")
    environment = {**os.environ, **shared_cloud.environment()}
    words = [aws, "organizations", "list-accounts", "--output", "json"]
    done = subprocess.run(words, env=environment, check=False, capture_output=True, text=True)
    if done.returncode != 0 and "usage" not in done.stderr and "Error" not in done.stderr:
        pytest.skip(f"the AWS CLI here does not run: {done.stderr[-200:]}")
    assert member in {account["Id"] for account in json.loads(done.stdout)["Accounts"]}
    listed = subprocess.run([aws, "--profile", "ml-prod", "s3", "ls"], env=environment, check=False)
    assert listed.returncode == 0


def test_accounts_are_isolated(endpoints: Endpoints, in_member: Credentials) -> None:
    endpoints.client("sqs", "us-east-1").create_queue(QueueName="mine")
    queues = endpoints.client("sqs", "us-east-1", in_member).list_queues(QueueNamePrefix="mine")
    assert "QueueUrls" not in queues
