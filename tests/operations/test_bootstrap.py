"""`zone bootstrap`: without --execute it changes nothing, a second run neither, and what was changed is repaired."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from cli.main import app
from cli.rehearsed_aws import RehearsedAws
from operations.bootstrap import Bootstrap, Step
from operations.errors import OperationError
from operations.state_bucket import StateBackend
from rehearsal.cloud import Cloud
from tests.operations.conftest import EAST, MANAGEMENT

BACKEND = StateBackend(
    prefix="hipaa-ml", account=MANAGEMENT, region=EAST, pipeline_roles=("hipaa-ml-deploy", "hipaa-ml-preview")
)


@pytest.fixture(scope="module")
def bootstrapped(aws: RehearsedAws) -> Bootstrap:
    work = Bootstrap(aws, BACKEND)
    assert {step.change for step in work.plan()} == {"create"}
    with pytest.raises(ClientError):
        aws.client("s3").head_bucket(Bucket=BACKEND.bucket)
    steps: list[Step] = []
    assert work.execute(steps.append) == steps
    return work


@pytest.fixture
def repaired(bootstrapped: Bootstrap) -> Iterator[Bootstrap]:
    """The backend; a test that changes it leaves it as it should be."""
    yield bootstrapped
    bootstrapped.execute(lambda _: None)


def changes(work: Bootstrap) -> dict[str, str]:
    return {step.name: step.change for step in work.plan() if step.change != "none"}


def test_second_run_finds_nothing_to_do(bootstrapped: Bootstrap) -> None:
    assert changes(bootstrapped) == {}


def test_bucket_is_versioned_encrypted_and_closed(bootstrapped: Bootstrap, aws: RehearsedAws) -> None:
    del bootstrapped
    s3, kms = aws.client("s3"), aws.client("kms")
    key = kms.describe_key(KeyId=BACKEND.state_alias)["KeyMetadata"]["Arn"]
    assert s3.get_bucket_versioning(Bucket=BACKEND.bucket)["Status"] == "Enabled"
    rule = s3.get_bucket_encryption(Bucket=BACKEND.bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    blocked = s3.get_public_access_block(Bucket=BACKEND.bucket)["PublicAccessBlockConfiguration"]
    assert all(blocked.values())
    assert len(blocked) == 4
    denied = {
        statement["Sid"]: statement
        for statement in json.loads(s3.get_bucket_policy(Bucket=BACKEND.bucket)["Policy"])["Statement"]
    }
    assert set(denied) == {"TlsOnly", "Tls12", "ManagementAccountOnly", "VersionsStay"}
    assert {statement["Effect"] for statement in denied.values()} == {"Deny"}
    rules = s3.get_bucket_lifecycle_configuration(Bucket=BACKEND.bucket)["Rules"]
    assert {rule["Status"] for rule in rules} == {"Enabled"}


@pytest.mark.parametrize("alias", [BACKEND.state_alias, BACKEND.secrets_alias])
def test_keys_rotate_and_are_not_administered_by_the_pipeline(
    bootstrapped: Bootstrap, aws: RehearsedAws, alias: str
) -> None:
    del bootstrapped
    kms = aws.client("kms")
    key = kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"]
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
    policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    administration, use = policy["Statement"]
    assert administration["Condition"]["ArnNotEquals"]["aws:PrincipalArn"] == [
        f"arn:aws:iam::{MANAGEMENT}:role/hipaa-ml-deploy",
        f"arn:aws:iam::{MANAGEMENT}:role/hipaa-ml-preview",
    ]
    assert not {"kms:Decrypt", "kms:Encrypt", "kms:CreateGrant"} & set(administration["Action"])
    assert ("Condition" in use) is (alias == BACKEND.state_alias)


def test_state_is_written_and_read_with_the_key(bootstrapped: Bootstrap, aws: RehearsedAws) -> None:
    del bootstrapped
    s3 = aws.client("s3")
    s3.put_object(Bucket=BACKEND.bucket, Key=".pulumi/meta.yaml", Body=b"version: 1\n")
    answer = s3.get_object(Bucket=BACKEND.bucket, Key=".pulumi/meta.yaml")
    assert answer["ServerSideEncryption"] == "aws:kms"
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=BACKEND.bucket, Key=".pulumi/meta.yaml", VersionId=answer["VersionId"])


def weaken_policy(s3: Any, _: Any) -> None:
    s3.put_bucket_policy(
        Bucket=BACKEND.bucket,
        Policy=json.dumps({**BACKEND.bucket_policy, "Statement": [BACKEND.bucket_policy["Statement"][0]]}),
    )


def weaken_key(_: Any, kms: Any) -> None:
    """Lets every principal with rights in IAM use the key of the bucket without S3."""
    policy = json.dumps(BACKEND.key_policy(through_s3=False))
    key = kms.describe_key(KeyId=BACKEND.state_alias)["KeyMetadata"]["KeyId"]
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (weaken_policy, "bucket: policy"),
        (weaken_key, "state key: policy"),
        (lambda s3, _: s3.delete_public_access_block(Bucket=BACKEND.bucket), "bucket: public access"),
        (lambda s3, _: s3.delete_bucket_lifecycle(Bucket=BACKEND.bucket), "bucket: lifecycle"),
        (
            lambda s3, _: s3.put_bucket_versioning(
                Bucket=BACKEND.bucket, VersioningConfiguration={"Status": "Suspended"}
            ),
            "bucket: versioning",
        ),
    ],
)
def test_changed_part_is_found_and_repaired(repaired: Bootstrap, aws: RehearsedAws, change: Any, part: str) -> None:
    change(aws.client("s3"), aws.client("kms"))
    assert set(changes(repaired)) == {part}
    repaired.execute(lambda _: None)
    assert changes(repaired) == {}


def test_disabled_key_is_not_replaced(repaired: Bootstrap, aws: RehearsedAws) -> None:
    kms = aws.client("kms")
    key = kms.describe_key(KeyId=BACKEND.secrets_alias)["KeyMetadata"]["KeyId"]
    kms.disable_key(KeyId=key)
    try:
        with pytest.raises(OperationError, match=r"alias/pulumi-hipaa-ml-secrets is Disabled"):
            repaired.execute(lambda _: None)
    finally:
        kms.enable_key(KeyId=key)


def test_failure_names_the_part_and_a_second_run_continues(aws: RehearsedAws, cloud: Cloud) -> None:
    other = Bootstrap(
        aws, StateBackend(prefix="other", account=MANAGEMENT, region=EAST, pipeline_roles=("other-deploy",))
    )
    cloud.inject("s3:PutBucketVersioning", error="ServiceUnavailable", status=503)
    try:
        with pytest.raises(OperationError, match=r"bucket: versioning: .*Done before: state key, .*it continues there"):
            other.execute(lambda _: None)
    finally:
        cloud.clear_faults()
    assert "state key" not in changes(other)
    other.execute(lambda _: None)
    assert changes(other) == {}


def test_command_lists_first_and_prints_how_to_log_in(
    bootstrapped: Bootstrap, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del bootstrapped
    monkeypatch.chdir(project)
    result = CliRunner().invoke(app, ["bootstrap"])
    assert result.exit_code == 0, result.output
    assert f"pulumi login 's3://{BACKEND.bucket}?region={EAST}'" in result.output
    document = json.loads(CliRunner().invoke(app, ["bootstrap", "--json"]).output)
    assert document["executed"] is False
    assert document["secrets_provider"] == f"awskms://{BACKEND.secrets_alias}?region={EAST}"
    assert {step["change"] for step in document["steps"]} == {"none"}
