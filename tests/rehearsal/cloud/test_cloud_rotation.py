"""A rotation runs the function of the secret as its role, and a missing right leaves the secret as it was."""

import io
import json
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import Endpoints
from tests.waiting import until

ACCOUNT, REGION = "111122223333", "us-east-1"
HANDLER = Path(__file__).parents[3] / "workloads" / "secret_rotation" / "handler.py"
SECRET_ACTIONS = (
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
)
KEY_ACTIONS = ("kms:Decrypt", "kms:GenerateDataKey")
RANDOM = "secretsmanager:GetRandomPassword"
NEEDED = (*SECRET_ACTIONS, *KEY_ACTIONS, RANDOM)
"""Secrets Manager User Guide, "Lambda rotation function execution role permissions"."""


class Rotated:
    """A secret under a key, and the zone's rotation function with a role of its own."""

    def __init__(self, endpoints: Endpoints, name: str) -> None:
        self.endpoints, self.name = endpoints, name
        self.key = str(self.client("kms").create_key()["KeyMetadata"]["Arn"])
        self.secret = str(self.client("secretsmanager").create_secret(Name=name, KmsKeyId=self.key)["ARN"])
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        role = self.client("iam").create_role(
            RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        )
        self.permit(NEEDED)
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("handler.py", HANDLER.read_text(encoding="utf-8"))
        self.function = str(
            self.client("lambda").create_function(
                FunctionName=name,
                Runtime="python3.13",
                Handler="handler.handler",
                Role=role["Role"]["Arn"],
                Code={"ZipFile": file.getvalue()},
                Timeout=300,
            )["FunctionArn"]
        )
        self.client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")

    def client(self, service: str) -> Any:
        return self.endpoints.client(service, REGION)

    def permit(self, actions: Sequence[str]) -> None:
        """Gives the role these actions, and those that write its log."""
        resources = {**dict.fromkeys(SECRET_ACTIONS, self.secret), **dict.fromkeys(KEY_ACTIONS, self.key), RANDOM: "*"}
        statements = [{"Effect": "Allow", "Action": action, "Resource": resources[action]} for action in actions]
        log = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/{self.name}:*"
        writes = ["logs:CreateLogStream", "logs:PutLogEvents"]
        document = {
            "Version": "2012-10-17",
            "Statement": [*statements, {"Effect": "Allow", "Action": writes, "Resource": log}],
        }
        self.client("iam").put_role_policy(RoleName=self.name, PolicyName="rights", PolicyDocument=json.dumps(document))

    def admit(self, principal: str = "secretsmanager.amazonaws.com") -> None:
        self.client("lambda").add_permission(
            FunctionName=self.name,
            StatementId="rotation",
            Action="lambda:InvokeFunction",
            Principal=principal,
            SourceAccount=ACCOUNT,
        )

    def rotate(self) -> None:
        self.client("secretsmanager").rotate_secret(
            SecretId=self.secret, RotationLambdaARN=self.function, RotationRules={"AutomaticallyAfterDays": 30}
        )

    def keys(self) -> list[str]:
        """The ids of the keys of the current version; empty without one."""
        client = self.client("secretsmanager")
        try:
            text = client.get_secret_value(SecretId=self.secret, VersionStage="AWSCURRENT")["SecretString"]
        except client.exceptions.ResourceNotFoundException:
            return []
        return [key["id"] for key in json.loads(text)["keys"]]

    def log(self) -> list[str]:
        """The lines of the ended invocations."""
        client = self.client("logs")
        streams = client.describe_log_streams(logGroupName=f"/aws/lambda/{self.name}")["logStreams"]
        return [
            event["message"]
            for stream in streams
            for event in client.get_log_events(
                logGroupName=f"/aws/lambda/{self.name}", logStreamName=stream["logStreamName"]
            )["events"]
        ]


@pytest.fixture
def rotated(endpoints: Endpoints, request: pytest.FixtureRequest) -> Rotated:
    return Rotated(endpoints, re.sub(r"[^a-z0-9]+", "-", request.node.name.removeprefix("test_").lower())[-60:])


def test_each_rotation_appends_a_key_to_the_ring(rotated: Rotated) -> None:
    rotated.admit()
    rotated.rotate()
    until(lambda: rotated.keys() == ["k1"], "the first rotation")
    rotated.rotate()
    until(lambda: rotated.keys() == ["k1", "k2"], "the second rotation")
    described = rotated.client("secretsmanager").describe_secret(SecretId=rotated.secret)
    stages = sorted(sorted(labels) for labels in described["VersionIdsToStages"].values())
    assert stages == [["AWSCURRENT", "AWSPENDING"], ["AWSPREVIOUS"]]
    until(
        lambda: rotated.client("secretsmanager").describe_secret(SecretId=rotated.secret).get("LastRotatedDate"),
        "the date of the rotation",
    )


@pytest.mark.parametrize("action", NEEDED)
def test_rotation_without_a_right_leaves_the_secret_as_it_was(rotated: Rotated, action: str) -> None:
    rotated.admit()
    rotated.permit([needed for needed in NEEDED if needed != action])
    rotated.rotate()
    until(lambda: "END" in rotated.log(), "the invocation ends")
    assert rotated.keys() == []
    assert "LastRotatedDate" not in rotated.client("secretsmanager").describe_secret(SecretId=rotated.secret)


def test_function_whose_policy_admits_another_service_is_refused(rotated: Rotated) -> None:
    rotated.admit("events.amazonaws.com")
    with pytest.raises(ClientError, match=r"grants access to the principal secretsmanager\.amazonaws\.com"):
        rotated.rotate()
    assert not rotated.client("secretsmanager").describe_secret(SecretId=rotated.secret).get("RotationEnabled")
