"""Requests that violate botocore's service models are refused with AWS's error code, and change nothing."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import Endpoints

REGION = "us-east-1"
TRUST = '{"Version": "2012-10-17", "Statement": []}'
CASES: dict[str, tuple[str, str, dict[str, Any], str, str]] = {
    "role name with a space": (
        "iam",
        "create_role",
        {"RoleName": "a b", "AssumeRolePolicyDocument": TRUST},
        "ValidationError",
        "roleName",
    ),
    "role name of 65 characters": (
        "iam",
        "create_role",
        {"RoleName": "r" * 65, "AssumeRolePolicyDocument": TRUST},
        "ValidationError",
        "less than or equal to 64",
    ),
    "session of 13 hours": (
        "sts",
        "assume_role",
        {"RoleArn": "arn:aws:iam::111122223333:role/x", "RoleSessionName": "session", "DurationSeconds": 46800},
        "ValidationError",
        "less than or equal to 43200",
    ),
    "unknown key spec": ("kms", "create_key", {"KeySpec": "DES"}, "ValidationException", "enum value set"),
    "key deletion in 400 days": (
        "kms",
        "schedule_key_deletion",
        {"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "PendingWindowInDays": 400},
        "ValidationException",
        "less than or equal to 365",
    ),
    "log group name with a star": (
        "logs",
        "create_log_group",
        {"logGroupName": "a*b"},
        "InvalidParameterException",
        "regular expression",
    ),
    "model name with an underscore": (
        "sagemaker",
        "create_model",
        {"ModelName": "a_b", "ExecutionRoleArn": "arn:aws:iam::111122223333:role/service"},
        "ValidationException",
        "modelName",
    ),
    "state machine of an unknown type": (
        "stepfunctions",
        "create_state_machine",
        {"name": "x", "definition": "{}", "roleArn": "arn:aws:iam::111122223333:role/x", "type": "FAST"},
        "ValidationException",
        "enum value set",
    ),
    "schedule group name with a space": (
        "scheduler",
        "create_schedule_group",
        {"Name": "a b"},
        "ValidationException",
        "regular expression",
    ),
    "policy of an unknown type": (
        "organizations",
        "create_policy",
        {"Name": "x", "Description": "x", "Content": "{}", "Type": "LAW"},
        "InvalidInputException",
        "enum value set",
    ),
    "group description with an apostrophe": (
        "ec2",
        "create_security_group",
        {"GroupName": "g", "Description": "the model's own"},
        "InvalidParameterValue",
        "Description",
    ),
    "table name of two characters": (
        "dynamodb",
        "create_table",
        {
            "TableName": "a!",
            "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "B1"}],
        },
        "ValidationException",
        "attributeType",
    ),
}


def error_of(refused: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    """Code and message of an AWS error."""
    error = refused.value.response.get("Error", {})
    return error.get("Code", ""), error.get("Message", "")


@pytest.mark.parametrize("name", CASES)
def test_invalid_request_is_refused_with_the_code_of_aws(endpoints: Endpoints, name: str) -> None:
    service, operation, parameters, code, words = CASES[name]
    with pytest.raises(ClientError) as refused:
        getattr(endpoints.client(service, REGION), operation)(**parameters)
    actual_code, message = error_of(refused)
    assert actual_code == code
    assert words in message


def test_refused_request_changes_nothing(endpoints: Endpoints) -> None:
    iam = endpoints.client("iam", REGION)
    with pytest.raises(ClientError):
        iam.create_role(RoleName="not valid", AssumeRolePolicyDocument=TRUST)
    assert "not valid" not in {role["RoleName"] for role in iam.list_roles()["Roles"]}


def test_sensitive_values_are_not_repeated(endpoints: Endpoints) -> None:
    secret = "x" * 70_000
    with pytest.raises(ClientError) as refused:
        endpoints.client("secretsmanager", REGION).create_secret(Name="s", SecretString=secret)
    assert "xxxx" not in error_of(refused)[1]


def test_valid_requests_pass(endpoints: Endpoints) -> None:
    endpoints.client("logs", REGION).create_log_group(logGroupName="/aws/valid-group")
    endpoints.client("kms", REGION).create_key(KeySpec="SYMMETRIC_DEFAULT")
    endpoints.client("sqs", REGION).create_queue(QueueName="valid-queue")
