"""Listing of an account: what is declared is silent, what is not is found, what is refused is unread."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from inspection.resources import undeclared
from inspection.resources.declared import DeclaredResource
from inspection.resources.known import Known
from inspection.resources.undeclared import Undeclared, find_undeclared

ACCOUNT = "123456789012"
REGION = "us-east-1"
EVERYBODY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}
        ],
    }
)
READS = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
)
KINDS = frozenset({"queue", "topic", "key", "role", "bucket", "volume"})


class Aws:
    """Clients of moto; those of the refused services fail as AWS does."""

    clients: ClassVar[dict[tuple[str, str], Any]] = {}

    def __init__(self, refused: frozenset[str] = frozenset()) -> None:
        self.refused = refused

    def client(self, service: str, *, account: str | None = None, region: str | None = None) -> Any:
        del account
        if service in self.refused:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "AssumeRole")
        key = service, region or REGION
        if key not in self.clients:
            self.clients[key] = boto3.client(service, region_name=key[1])  # type: ignore[call-overload]
        return self.clients[key]


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    Aws.clients.clear()
    # moto in the process knows fewer operations, and starting each service takes long.
    some = [listing for listing in undeclared.listings() if listing.kind in KINDS]
    monkeypatch.setattr(undeclared, "listings", lambda: some)
    with mock_aws():
        boto3.client("organizations", region_name=REGION).create_organization(FeatureSet="ALL")
        yield


def declared(type_: str, id_: str, recorded: Mapping[str, Any], **values: Any) -> DeclaredResource:
    return DeclaredResource(
        urn=f"urn:pulumi:s::p::{type_}::{id_}",
        type=type_,
        stack="s",
        account=ACCOUNT,
        region=REGION,
        declared=values,
        id=id_,
        recorded=recorded,
    )


def looked(*resources: DeclaredResource, refused: frozenset[str] = frozenset()) -> Undeclared:
    return find_undeclared(
        Known(resources), Aws(refused), {ACCOUNT: "management"}, [REGION], access_role="OrganizationAccountAccessRole"
    )


def types(result: Undeclared) -> set[str]:
    return {entry.type for entry in result.observations}


def test_declared_resources_and_those_of_aws_are_silent() -> None:
    queue = boto3.client("sqs", region_name=REGION).create_queue(QueueName="events")["QueueUrl"]
    assert looked(declared("aws:sqs/queue:Queue", queue, {"name": "events"}, name="events")).observations == []
    [entry] = looked().observations
    assert (entry.type, entry.kind, entry.control, entry.account) == (
        "aws:sqs/queue:Queue",
        "undeclared",
        "F11",
        ACCOUNT,
    )


def test_a_resource_in_another_region_or_account_is_not_the_declared_one() -> None:
    queue = boto3.client("sqs", region_name=REGION).create_queue(QueueName="events")["QueueUrl"]
    other = declared("aws:sqs/queue:Queue", queue, {}, name="events")
    for changed in (
        replace(other, region="us-west-2"),
        replace(other, account="999999999999"),
        replace(other, declared=None),
    ):
        assert types(looked(changed)) == {"aws:sqs/queue:Queue"}


def test_grants_of_a_declared_key() -> None:
    kms = boto3.client("kms", region_name=REGION)
    key = kms.create_key()["KeyMetadata"]
    resource = declared("aws:kms/key:Key", key["KeyId"], {"arn": key["Arn"]})
    assert looked(resource).observations == []
    kms.create_grant(KeyId=key["KeyId"], GranteePrincipal="backup.amazonaws.com", Operations=["Decrypt"])
    assert looked(resource).observations == []
    kms.create_grant(KeyId=key["KeyId"], GranteePrincipal="arn:aws:iam::999999999999:root", Operations=["Decrypt"])
    [entry] = looked(resource).observations
    assert (entry.type, entry.found) == ("aws:kms/grant:Grant", "Decrypt to arn:aws:iam::999999999999:root")


@pytest.mark.parametrize(("parameter", "who"), [("UserIds", "999999999999"), ("GroupNames", "all")])
def test_shared_snapshots(parameter: str, who: str) -> None:
    ec2: Any = boto3.client("ec2", region_name=REGION)
    volume = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=1)["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    known = declared("aws:ebs/volume:Volume", volume, {})
    assert looked(known).observations == []
    ec2.modify_snapshot_attribute(
        SnapshotId=snapshot, Attribute="createVolumePermission", OperationType="add", **{parameter: [who]}
    )
    [entry] = looked(known).observations
    assert (entry.type, entry.arn, entry.control) == ("aws:ebs/snapshot:Snapshot", snapshot, "F11")
    assert who in entry.found


def test_parts_of_a_declared_role_and_bucket() -> None:
    iam, s3 = boto3.client("iam"), boto3.client("s3", region_name=REGION)
    role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument="{}")["Role"]
    s3.create_bucket(Bucket="data")
    known = (
        declared("aws:iam/role:Role", "reader", {"arn": role["Arn"], "name": "reader"}),
        declared("aws:s3/bucket:Bucket", "data", {"bucket": "data"}),
    )
    assert looked(*known).observations == []
    iam.put_role_policy(RoleName="reader", PolicyName="more", PolicyDocument=READS)
    s3.put_bucket_acl(Bucket="data", ACL="public-read")
    s3.put_bucket_policy(Bucket="data", Policy=EVERYBODY)
    result = looked(*known)
    assert types(result) == {
        "aws:iam/rolePolicy:RolePolicy",
        "aws:s3/bucketAcl:BucketAcl",
        "aws:s3/bucketPolicy:BucketPolicy",
    }
    inline = declared("aws:iam/rolePolicy:RolePolicy", "reader:more", {"role": "reader", "name": "more"})
    assert "aws:iam/rolePolicy:RolePolicy" not in types(looked(*known, inline))


def test_policy_attached_to_an_account() -> None:
    organizations = boto3.client("organizations", region_name=REGION)
    policy = organizations.create_policy(
        Content='{"Version": "2012-10-17", "Statement": []}',
        Description="d",
        Name="more",
        Type="SERVICE_CONTROL_POLICY",
    )["Policy"]["PolicySummary"]["Id"]
    assert looked().observations == []
    organizations.attach_policy(PolicyId=policy, TargetId=ACCOUNT)
    type_ = "aws:organizations/policyAttachment:PolicyAttachment"
    assert types(looked()) == {type_}
    attached = declared(type_, f"{ACCOUNT}:{policy}", {"policyId": policy, "targetId": ACCOUNT})
    assert looked(attached).observations == []


def test_an_account_that_cannot_be_entered_is_unread_once() -> None:
    result = looked(refused=frozenset({"sts"}))
    assert [(entry.account, entry.region, entry.error) for entry in result.unread] == [
        (ACCOUNT, REGION, "AccessDenied")
    ]
    assert result.observations == []


def test_a_service_that_is_refused_is_unread_and_others_are_looked_at() -> None:
    boto3.client("sns", region_name=REGION).create_topic(Name="t")
    result = looked(refused=frozenset({"sqs"}))
    assert {entry.what for entry in result.unread if entry.error == "AccessDenied"} == {"sqs:list_queues"}
    assert types(result) == {"aws:sns/topic:Topic"}


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("SERVICE_CONTROL_POLICY", {"Version": "2012-10-17", "Statement": []}),
        ("TAG_POLICY", {"tags": {"team": {"tag_key": {"@@assign": "team"}}}}),
        ("AISERVICES_OPT_OUT_POLICY", {"services": {"default": {"opt_out_policy": {"@@assign": "optIn"}}}}),
    ],
)
def test_organization_policy_of_every_type_on_the_account_is_found(kind: str, content: Mapping[str, Any]) -> None:
    client: Any = boto3.client("organizations", region_name=REGION)
    client.enable_policy_type(RootId=client.list_roots()["Roots"][0]["Id"], PolicyType=kind)
    created = client.create_policy(Name="weak", Description="", Type=kind, Content=json.dumps(content))
    policy = created["Policy"]["PolicySummary"]["Id"]
    client.attach_policy(PolicyId=policy, TargetId=ACCOUNT)
    assert any("weak on the account" in observation.subject for observation in looked().observations)
    type_ = "aws:organizations/policyAttachment:PolicyAttachment"
    attachment = declared(type_, f"{ACCOUNT}:{policy}", {"policyId": policy, "targetId": ACCOUNT})
    assert not any("weak" in observation.subject for observation in looked(attachment).observations)
