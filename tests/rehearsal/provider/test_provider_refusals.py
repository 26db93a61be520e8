"""Where AWS refuses and an emulator would not: the provider's message has AWS's own error code."""

from collections.abc import Callable

import pytest

from rehearsal.cloud import Cloud
from rehearsal.provider.values import Values
from tests.rehearsal.provider.provider_bench import Client
from tests.rehearsal.provider.provider_cases import World, policy
from tests.rehearsal.provider.provider_cases_network import subnet, vpc

POLICY = "aws:organizations/policy:Policy"


@pytest.fixture(scope="module")
def world(client: Client, cloud: Cloud) -> World:
    created = World(client, cloud)
    assert created.root
    return created


def _replication(source: str, target: str, role: str) -> Values:
    rule = {"status": "Enabled", "filter": {}, "destination": {"bucket": f"arn:aws:s3:::{target}"}}
    return {"bucket": source, "role": role, "rules": [{**rule, "deleteMarkerReplication": {"status": "Disabled"}}]}


def pooled(world: World) -> str:
    """A pool that 10.98.0.0/16 is taken from."""
    world.once("pooled", "aws:ec2/vpc:Vpc", lambda: {"cidrBlock": "10.98.0.0/16", "ipv4IpamPoolId": "ipam-pool-2"})
    return "ipam-pool-2"


REFUSALS: tuple[tuple[str, Callable[[World], Values], str], ...] = (
    (
        POLICY,
        lambda w: {"content": policy("s3:" + "x" * 10_240, effect="Deny")},
        "ConstraintViolationException: .*maximum policy size",
    ),
    (POLICY, lambda w: {"content": '{"Statement":[{"Effect":"No"}]}'}, "MalformedPolicyDocumentException"),
    (
        "aws:organizations/account:Account",
        lambda w: {"name": "again", "email": w.member and "member@example.org"},
        "EMAIL_ALREADY_EXISTS",
    ),
    (
        "aws:organizations/organizationalUnit:OrganizationalUnit",
        lambda w: {"name": w.unit().outputs["name"], "parentId": w.root},
        "DuplicateOrganizationalUnitException",
    ),
    (
        "aws:organizations/organizationalUnit:OrganizationalUnit",
        lambda w: {"name": "x", "parentId": "ou-none-12345678"},
        "ParentNotFoundException|OrganizationalUnitNotFoundException",
    ),
    ("aws:organizations/organization:Organization", lambda w: {}, "AlreadyInOrganizationException"),
    (
        "aws:kms/key:Key",
        lambda w: {"policy": policy("kms:Decrypt", Principal={"AWS": f"arn:aws:iam::{w.account}:root"})},
        "MalformedPolicyDocumentException",
    ),
    (
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        lambda w: _replication(w.versioned("source"), w.bucket("unversioned"), w.role.outputs["arn"]),
        "InvalidRequest",
    ),
    (
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        lambda w: _replication(w.versioned("source"), w.versioned("source"), w.role.outputs["arn"]),
        "InvalidRequest",
    ),
    (
        "aws:s3/bucketLogging:BucketLogging",
        lambda w: {"bucket": w.bucket(), "targetBucket": w.bucket("unwilling"), "targetPrefix": "a/"},
        "InvalidTargetBucketForLogging",
    ),
    (
        "aws:ec2/vpc:Vpc",
        lambda w: {"cidrBlock": "10.98.0.0/17", "ipv4IpamPoolId": pooled(w)},
        r"InvalidParameterValue: The CIDR 10\.98\.0\.0/17 overlaps with the allocation 10\.98\.0\.0/16",
    ),
    (
        "aws:ec2/subnet:Subnet",
        lambda w: {"vpcId": subnet(w) and vpc(w).id, "cidrBlock": "10.0.0.128/25"},
        "InvalidSubnet.Conflict",
    ),
    (
        "aws:ec2/subnet:Subnet",
        lambda w: {"vpcId": vpc(w).id, "cidrBlock": "10.1.0.0/24"},
        "InvalidSubnet.Range",
    ),
    ("aws:s3/bucket:Bucket", lambda w: {"bucket": w.bucket("taken")}, "BucketAlreadyExists|BucketAlreadyOwnedByYou"),
)


@pytest.mark.parametrize(
    ("token", "inputs", "code"), REFUSALS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_requests_that_aws_refuses_are_refused(
    client: Client, world: World, token: str, inputs: Callable[[World], Values], code: str
) -> None:
    with pytest.raises(Exception, match=code) as raised:
        client.make(token, inputs(world))
    assert token in str(raised.value)


def test_an_eleventh_policy_on_a_target_is_refused(client: Client, world: World) -> None:
    unit = world.unit("Crowded").id
    created = [client.make(POLICY, {"content": policy("s3:*", effect="Deny")}) for _ in range(10)]
    attachment = "aws:organizations/policyAttachment:PolicyAttachment"
    for entry in created[:9]:
        client.make(attachment, {"policyId": entry.id, "targetId": unit})
    with pytest.raises(Exception, match=r"ConstraintViolationException: .*maximum number of policies"):
        client.make(attachment, {"policyId": created[9].id, "targetId": unit})


def test_nonempty_bucket_is_deleted_only_with_force_destroy(client: Client, cloud: Cloud) -> None:
    for force, deleted in ((False, False), (True, True)):
        resource = client.make("aws:s3/bucket:Bucket", {"forceDestroy": force})
        cloud.endpoints().client("s3", "us-east-1").put_object(Bucket=resource.id, Key="k", Body=b"v")
        if deleted:
            client.delete(resource)
            assert client.read(resource) is None
        else:
            with pytest.raises(Exception, match="BucketNotEmpty"):
                client.delete(resource)
