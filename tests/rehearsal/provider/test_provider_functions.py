import json

import pytest

from rehearsal.cloud import Cloud
from tests.rehearsal.provider.provider_bench import Client
from tests.rehearsal.provider.provider_cases import World


def test_caller_identity_and_region_are_returned(client: Client) -> None:
    assert client.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})["accountId"] == "123456789012"
    assert client.invoke("aws:index/getRegion:getRegion", {})["region"] == "us-east-1"
    assert client.invoke("aws:index/getPartition:getPartition", {})["dnsSuffix"] == "amazonaws.com"
    zones = client.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", {"region": "us-west-2"})
    assert "us-west-2a" in zones["names"]


def test_organization_function_returns_the_organisation(client: Client, cloud: Cloud) -> None:
    world = World(client, cloud)
    result = client.invoke("aws:organizations/getOrganization:getOrganization", {})
    assert result["roots"][0]["id"] == world.root
    assert result["masterAccountId"] == "123456789012"


def test_identity_center_has_an_instance(client: Client) -> None:
    assert client.invoke("aws:ssoadmin/getInstances:getInstances", {})["arns"][0].startswith("arn:aws:sso:::instance/")


def test_a_policy_document_is_rendered(client: Client) -> None:
    statement = {
        "sid": "One",
        "actions": ["s3:GetObject"],
        "resources": ["arn:aws:s3:::b/&{aws:username}/*"],
        "principals": [{"type": "AWS", "identifiers": ["1", "2"]}],
        "conditions": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]}],
    }
    override = json.dumps({"Statement": [{"Sid": "Two", "Effect": "Deny", "Action": "*", "Resource": "*"}]})
    args = {"statements": [statement, {"sid": "Two", "actions": ["a:b"]}], "overridePolicyDocuments": [override]}
    rendered = json.loads(client.invoke("aws:iam/getPolicyDocument:getPolicyDocument", args)["json"])
    assert rendered == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "One",
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::b/${aws:username}/*",
                "Principal": {"AWS": ["2", "1"]},
                "Condition": {"Bool": {"aws:SecureTransport": "true"}},
            },
            {"Sid": "Two", "Effect": "Deny", "Action": "*", "Resource": "*"},
        ],
    }


def test_another_function_is_refused_by_name(client: Client) -> None:
    with pytest.raises(
        Exception, match=r"does not implement the function aws:ec2/getAmi:getAmi. It implements: .*getCallerIdentity"
    ):
        client.invoke("aws:ec2/getAmi:getAmi", {})
