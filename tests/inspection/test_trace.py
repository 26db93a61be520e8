"""An object's journey from AWS alone: what is refused is named, and a replica is absent only if AWS says so."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from inspection.trace import TraceError, trace

REGION = "us-east-1"


class Aws:
    """Clients of moto; those of the refused services or accounts fail as AWS does."""

    def __init__(self, *refused: str) -> None:
        self.refused = refused

    def client(self, service: str, *, account: str | None = None, region: str | None = None) -> Any:
        if service in self.refused or (account and account in self.refused) or f"{service}@{region}" in self.refused:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "AssumeRole")
        return boto3.client(service, region_name=region or REGION)  # type: ignore[call-overload]


@pytest.fixture(autouse=True)
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        boto3.client("organizations", region_name=REGION).create_organization(FeatureSet="ALL")
        s3 = boto3.client("s3", region_name=REGION)
        west = boto3.client("s3", region_name="us-west-2")
        s3.create_bucket(Bucket="data")
        west.create_bucket(Bucket="copy", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        for client, name in ((s3, "data"), (west, "copy")):
            client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        s3.put_bucket_replication(
            Bucket="data",
            ReplicationConfiguration={
                "Role": "arn:aws:iam::123456789012:role/r",
                "Rules": [
                    {
                        "ID": "all",
                        "Status": "Enabled",
                        "Priority": 0,
                        "Filter": {"Prefix": ""},
                        "DeleteMarkerReplication": {"Status": "Disabled"},
                        "Destination": {"Bucket": "arn:aws:s3:::copy"},
                    }
                ],
            },
        )
        s3.put_object(Bucket="data", Key="a/b", Body=b"x")
        yield


def test_a_replica_that_aws_does_not_have_is_behind() -> None:
    journey = trace(Aws(), "data", "a/b")
    assert [(replica.bucket, replica.copy) for replica in journey.replicas] == [("copy", None)]
    assert journey.unread == []


def test_a_replica_that_cannot_be_read_is_not_called_absent() -> None:
    journey = trace(Aws("s3@us-west-2"), "data", "a/b")
    assert journey.replicas == []
    assert [(entry.what, entry.error) for entry in journey.unread] == [("replica in copy", "AccessDenied")]


def test_readers_that_cannot_be_evaluated_are_unread() -> None:
    journey = trace(Aws("iam"), "data", "a/b")
    assert journey.readers == ()
    assert [entry.what for entry in journey.unread] == ["policies of the readers"]


def test_an_account_that_cannot_be_searched_is_named() -> None:
    with pytest.raises(TraceError, match="not read: 123456789012"):
        trace(Aws("123456789012"), "data", "a/b")
