"""What bucket policies test besides their own words: whose endpoint, whose tag, which version."""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import Credentials, Endpoints
from rehearsal.cloud.endpoints import VPC_ENDPOINT_HEADER

EAST = "us-east-1"


@pytest.fixture
def bucket(endpoints: Endpoints, in_member: Credentials) -> Iterator[str]:
    client = endpoints.client("s3", EAST, in_member)
    client.create_bucket(Bucket="guarded")
    client.put_bucket_versioning(Bucket="guarded", VersioningConfiguration={"Status": "Enabled"})
    yield "guarded"
    client.delete_bucket_policy(Bucket="guarded")
    listed = client.list_object_versions(Bucket="guarded")
    for version in (*listed.get("Versions", []), *listed.get("DeleteMarkers", [])):
        client.delete_object(Bucket="guarded", Key=version["Key"], VersionId=version["VersionId"])
    client.delete_bucket(Bucket="guarded")


def guard(client: Any, bucket: str, **statement: Any) -> None:
    document = {"Statement": [{"Effect": "Deny", "Principal": "*", **statement}]}
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))


@contextmanager
def through_endpoint(endpoints: Endpoints, owner: Credentials, client: Any, action: str) -> Generator[None]:
    """Sends the requests of a client through a new VPC endpoint whose policy allows an action."""
    ec2 = endpoints.client("ec2", EAST, owner)
    statement = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"}
    endpoint = ec2.create_vpc_endpoint(
        VpcId=ec2.describe_vpcs()["Vpcs"][0]["VpcId"],
        ServiceName=f"com.amazonaws.{EAST}.s3",
        PolicyDocument=json.dumps({"Statement": [statement]}),
    )["VpcEndpoint"]["VpcEndpointId"]

    def through(params: dict[str, Any], **_: Any) -> None:
        params["headers"][VPC_ENDPOINT_HEADER] = endpoint

    client.meta.events.register("before-call", through)
    try:
        yield
    finally:
        client.meta.events.unregister("before-call", through)


def test_endpoint_has_the_organisation_of_its_owner(endpoints: Endpoints, in_member: Credentials, bucket: str) -> None:
    own = endpoints.client("organizations", EAST).describe_organization()["Organization"]["Id"]
    client = endpoints.client("s3", EAST, in_member)
    condition = {"StringNotEqualsIfExists": {"aws:VpceOrgID": own}}
    guard(client, bucket, Action="s3:PutObject", Resource="*", Condition=condition)
    with pytest.raises(ClientError, match="AccessDenied"):
        client.put_object(Bucket=bucket, Key="k", Body=b"")
    with through_endpoint(endpoints, in_member, client, "*"):
        client.put_object(Bucket=bucket, Key="k", Body=b"")


@pytest.mark.parametrize(
    ("condition", "denied"),
    [
        ({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, True),
        ({"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "127.0.0.0/8"]}}, False),
        ({"IpAddress": {"aws:SourceIp": "127.0.0.1"}}, True),
        ({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, True),
        ({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, False),
    ],
)
def test_addresses_and_dates_are_conditions(
    endpoints: Endpoints, in_member: Credentials, bucket: str, condition: dict[str, Any], *, denied: bool
) -> None:
    client = endpoints.client("s3", EAST, in_member)
    guard(client, bucket, Action="s3:PutObject", Resource="*", Condition=condition)
    if denied:
        with pytest.raises(ClientError, match="AccessDenied"):
            client.put_object(Bucket=bucket, Key="k", Body=b"")
    else:
        client.put_object(Bucket=bucket, Key="k", Body=b"")


def test_endpoint_policy_is_decided_for_requests_through_the_endpoint(
    endpoints: Endpoints, in_member: Credentials, bucket: str
) -> None:
    client = endpoints.client("s3", EAST, in_member)
    client.put_object(Bucket=bucket, Key="k", Body=b"")
    with through_endpoint(endpoints, in_member, client, "s3:GetObject"):
        client.get_object(Bucket=bucket, Key="k")
        with pytest.raises(ClientError, match="no VPC endpoint policy allows the s3:PutObject action"):
            client.put_object(Bucket=bucket, Key="k", Body=b"")


def test_endpoint_policy_does_not_restrict_the_key_behind_an_object(
    endpoints: Endpoints, in_member: Credentials, bucket: str
) -> None:
    client = endpoints.client("s3", EAST, in_member)
    key = endpoints.client("kms", EAST, in_member).create_key()["KeyMetadata"]["Arn"]
    with through_endpoint(endpoints, in_member, client, "s3:*"):
        client.put_object(Bucket=bucket, Key="k", Body=b"", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)


def test_deleting_a_version_is_an_action_of_its_own(endpoints: Endpoints, in_member: Credentials, bucket: str) -> None:
    client = endpoints.client("s3", EAST, in_member)
    version = client.put_object(Bucket=bucket, Key="k", Body=b"")["VersionId"]
    guard(client, bucket, Action="s3:DeleteObjectVersion", Resource="*")
    client.delete_object(Bucket=bucket, Key="k")
    with pytest.raises(ClientError, match="AccessDenied"):
        client.delete_object(Bucket=bucket, Key="k", VersionId=version)
