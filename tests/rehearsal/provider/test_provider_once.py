"""A creation that is asked for twice makes one resource; throttling is waited out and shown."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from rehearsal.cloud import Cloud
from rehearsal.provider import ProviderProcess
from rehearsal.provider.values import Values
from tests.rehearsal.provider.provider_bench import Client, FakeEngine, urn_of
from tests.rehearsal.provider.provider_cases import World, policy

TOKENS: tuple[tuple[str, Values], ...] = (
    ("aws:kms/key:Key", {"description": "d", "enableKeyRotation": True, "tags": {"a": "b"}}),
    ("aws:organizations/policy:Policy", {"content": policy("s3:*", effect="Deny"), "tags": {"a": "b"}}),
    ("aws:organizations/account:Account", {"email": "once@example.org"}),
    ("aws:s3/bucket:Bucket", {"tags": {"a": "b"}}),
    ("aws:iam/role:Role", {"assumeRolePolicy": policy("sts:AssumeRole")}),
    ("aws:securityhub/account:Account", {"enableDefaultStandards": False}),
)


@pytest.fixture(scope="module", autouse=True)
def _organisation(client: Client, cloud: Cloud) -> None:
    world = World(client, cloud)
    assert world.root
    hub = world.boto("securityhub")
    with suppress(hub.exceptions.InvalidAccessException):  # an earlier test of this cloud may have enabled it
        hub.disable_security_hub()


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    running = FakeEngine()
    yield running
    running.server.stop(0)


@pytest.fixture(autouse=True)
def _no_faults(cloud: Cloud) -> Iterator[None]:
    yield
    cloud.clear_faults()


@pytest.mark.parametrize(
    ("token", "news"), TOKENS, ids=[token.rpartition(":")[2] + str(i) for i, (token, _) in enumerate(TOKENS)]
)
def test_repeated_creation_returns_the_same_resource(client: Client, token: str, news: Values) -> None:
    urn = urn_of(token)
    inputs = client.checked(urn, news)
    first, repeated = client.create(urn, inputs), client.create(urn, inputs)
    assert first.id == repeated.id
    assert first.outputs == repeated.outputs
    client.delete(first)


@pytest.mark.parametrize(
    ("token", "news"), TOKENS, ids=[token.rpartition(":")[2] + str(i) for i, (token, _) in enumerate(TOKENS)]
)
def test_resource_of_killed_run_is_returned(client: Client, token: str, news: Values) -> None:
    urn = urn_of(token)
    first = client.create(urn, client.checked(urn, news))
    # The next run's engine does not have the resource in its state: it checks and creates it without old inputs.
    second = client.create(urn, client.checked(urn, news))
    assert second.id == first.id
    client.delete(first)


def test_deleted_resource_is_created_anew(client: Client) -> None:
    urn = urn_of("aws:kms/key:Key")
    inputs = client.checked(urn, {})
    first = client.create(urn, inputs)
    client.delete(first)
    second = client.create(urn, client.checked(urn, {}))
    assert first.id != second.id
    assert client.read(second) is not None
    client.delete(second)


def test_externally_deleted_resource_is_created_anew(client: Client, cloud: Cloud) -> None:
    urn = urn_of("aws:sqs/queue:Queue")
    inputs = client.checked(urn, {"name": "vanishing"})
    resource = client.create(urn, inputs)
    cloud.endpoints().client("sqs", "us-east-1").delete_queue(QueueUrl=resource.id)
    assert client.read(resource) is None
    recreated = client.create(urn, inputs)
    assert client.read(recreated) is not None
    client.delete(recreated)


def test_lost_answer_creates_no_second_resource(client: Client, cloud: Cloud) -> None:
    urn = urn_of("aws:kms/key:Key")
    inputs = client.checked(urn, {"description": "lost"})
    cloud.inject("kms:CreateKey", error="ValidationException", message="the answer is lost", times=1, after=True)
    with pytest.raises(Exception, match="the answer is lost"):
        client.create(urn, inputs)
    resource = client.create(urn, inputs)
    kms = cloud.endpoints().client("kms", "us-east-1")
    described = [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]]
    lost = [entry for entry in described if entry["Description"] == "lost"]
    assert [item["KeyId"] for item in lost] == [resource.id]
    client.delete(resource)


@pytest.mark.parametrize("token", ["aws:s3/bucket:Bucket", "aws:iam/role:Role"])
def test_resource_of_an_interrupted_run_is_adopted_with_changed_inputs(
    client: Client, cloud: Cloud, token: str
) -> None:
    urn = urn_of(token)
    news: Values = {"assumeRolePolicy": policy("sts:AssumeRole")} if "Role" in token else {}
    operation = "iam:CreateRole" if "Role" in token else "s3:CreateBucket"
    cloud.inject(operation, error="ValidationException", times=1, after=True)
    with pytest.raises(Exception, match="ValidationException"):
        client.create(urn, client.checked(urn, news))
    inputs = client.checked(urn, {**news, "tags": {"changed": "since"}})
    resource = client.create(urn, inputs)
    assert resource.outputs["tags"] == {"changed": "since"}
    read = client.read(resource)
    assert read is not None
    assert read.inputs == inputs
    client.delete(resource)


def test_resource_of_another_owner_is_not_adopted(client: Client, cloud: Cloud) -> None:
    cloud.endpoints().client("iam", "us-east-1").create_role(
        RoleName="theirs", AssumeRolePolicyDocument=policy("sts:AssumeRole")
    )
    with pytest.raises(Exception, match="EntityAlreadyExists"):
        client.make("aws:iam/role:Role", {"name": "theirs", "assumeRolePolicy": policy("sts:AssumeRole")})


def test_a_replacement_with_equal_inputs_is_a_new_resource(client: Client) -> None:
    urn = urn_of("aws:iam/role:Role")
    news: Values = {"assumeRolePolicy": policy("sts:AssumeRole")}
    first = client.create(urn, client.checked(urn, news))
    client.checked(urn, news, first.inputs)
    second = client.create(urn, client.checked(urn, news))
    assert first.outputs["name"] != second.outputs["name"]
    client.delete(first)
    assert client.read(second) is not None
    client.delete(second)


@pytest.mark.parametrize(
    ("token", "news", "message"),
    [
        ("aws:iam/role:Role", {"name": "taken", "assumeRolePolicy": policy("sts:AssumeRole")}, "EntityAlreadyExists"),
        ("aws:s3/bucket:Bucket", {"bucket": "taken-by-its-predecessor"}, "BucketAlreadyOwnedByYou"),
    ],
    ids=["role", "bucket"],
)
def test_replacement_with_a_fixed_name_fails_and_keeps_the_resource(
    client: Client, token: str, news: Values, message: str
) -> None:
    urn = urn_of(token)
    first = client.create(urn, client.checked(urn, news))
    client.checked(urn, news, first.inputs)
    for _ in range(2):
        inputs = client.checked(urn, news)
        with pytest.raises(Exception, match=message):
            client.create(urn, inputs)
    assert client.read(first) is not None
    client.delete(first)


def test_a_recorded_replacement_with_a_fixed_name_fails(client: Client) -> None:
    urn = urn_of("aws:sfn/activity:Activity")
    first = client.create(urn, client.checked(urn, {"name": "taken"}))
    client.checked(urn, {"name": "taken"}, first.inputs)
    inputs = client.checked(urn, {"name": "taken"})
    with pytest.raises(Exception, match="AlreadyExists"):
        client.create(urn, inputs)
    assert client.read(first) is not None
    client.delete(first)


@pytest.mark.parametrize(
    ("operation", "error"),
    [
        ("organizations:CreatePolicy", "ConcurrentModificationException"),
        ("organizations:CreatePolicy", "TooManyRequestsException"),
        ("organizations:DescribePolicy", "ThrottlingException"),
    ],
)
def test_throttled_call_is_retried_and_shown(
    provider: ProviderProcess, cloud: Cloud, engine: FakeEngine, operation: str, error: str
) -> None:
    with Client(provider.address, engine=engine.address) as client:
        client.configure({"region": "us-east-1"})
        cloud.inject(operation, error=error, times=2)
        resource = client.make("aws:organizations/policy:Policy", {"content": policy("s3:*", effect="Deny")})
        client.delete(resource)
    assert [urn for urn, _ in engine.logs] == [resource.urn] * 2
    assert all(error in message and "trying again in" in message for _, message in engine.logs)


def test_incomplete_creation_is_recorded(client: Client, cloud: Cloud) -> None:
    urn = urn_of("aws:kms/key:Key")
    inputs = client.checked(urn, {"enableKeyRotation": True})
    cloud.inject("kms:EnableKeyRotation", error="KMSInvalidStateException", message="not now", times=1)
    with pytest.raises(Exception, match="KMSInvalidStateException: not now") as raised:
        client.create(urn, inputs)
    details = dict(raised.value.trailing_metadata())["grpc-status-details-bin"]  # type: ignore[attr-defined]
    resource = client.create(urn, inputs)
    assert resource.id.encode() in details
    client.delete(resource)


def test_killed_provider_creates_nothing_twice(state: Path, cloud: Cloud) -> None:
    urn = urn_of("aws:kms/key:Key")
    first = ProviderProcess.start(state)
    with Client(first.address) as client:
        client.configure({"region": "us-east-1"})
        inputs = client.checked(urn, {"description": "killed"})
        resource = client.create(urn, inputs)
    first.process.kill()
    first.process.wait()
    second = ProviderProcess.start(state)
    with Client(second.address) as client:
        client.configure({"region": "us-east-1"})
        assert client.create(urn, inputs).id == resource.id
        client.delete(resource)
    second.stop()


def test_lost_region_is_reported(client: Client, cloud: Cloud) -> None:
    cloud.stop_region("us-west-2")
    try:
        with pytest.raises(Exception, match="Could not connect"):
            client.make("aws:sqs/queue:Queue", {"region": "us-west-2"})
    finally:
        cloud.start_region("us-west-2")


def test_security_group_and_address_are_deleted_by_id_alone(client: Client, cloud: Cloud) -> None:
    ec2 = cloud.endpoints().client("ec2", "us-east-1")
    vpc = client.make("aws:ec2/vpc:Vpc", {"cidrBlock": "10.99.0.0/16"})
    group = client.make("aws:ec2/securityGroup:SecurityGroup", {"vpcId": vpc.id})
    address = client.make("aws:ec2/eip:Eip", {"domain": "vpc"})
    client.delete(group)
    client.delete(address)
    client.delete(vpc)
    assert group.id not in [
        security_group["GroupId"] for security_group in ec2.describe_security_groups()["SecurityGroups"]
    ]
    assert address.id not in [result["AllocationId"] for result in ec2.describe_addresses()["Addresses"]]
