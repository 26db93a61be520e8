"""Services use a customer managed key with the rights of the caller, and with their own encryption context."""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import Credentials, Endpoints

ACCOUNT, REGION = "111122223333", "us-east-1"


@dataclass(frozen=True, kw_only=True)
class Resource:
    """An encrypted resource: its ARN, what callers name it, and its key."""

    arn: str
    name: str
    key: str


@dataclass(frozen=True, kw_only=True)
class Use:
    """A request that uses the key of a resource."""

    service: str
    create: Callable[[Any, str], tuple[str, str]]
    """Creates the resource under a key; returns its ARN and its name."""
    request: Callable[[Any, Resource], Any]
    action: str
    key_actions: Sequence[str]
    context: str
    """Name in the encryption context; its value is the ARN."""


def secret(client: Any, key: str) -> tuple[str, str]:
    arn = str(client.create_secret(Name=f"s-{uuid.uuid4()}", KmsKeyId=key, SecretString="value")["ARN"])
    return arn, arn


def queue(client: Any, key: str) -> tuple[str, str]:
    name = f"q-{uuid.uuid4()}"
    url = str(client.create_queue(QueueName=name, Attributes={"KmsMasterKeyId": key})["QueueUrl"])
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}", url


def topic(client: Any, key: str) -> tuple[str, str]:
    arn = str(client.create_topic(Name=f"t-{uuid.uuid4()}", Attributes={"KmsMasterKeyId": key})["TopicArn"])
    return arn, arn


def parameter(client: Any, key: str) -> tuple[str, str]:
    name = f"/p/{uuid.uuid4()}"
    client.put_parameter(Name=name, Value="value", Type="SecureString", KeyId=key)
    return f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter{name}", name


DATA_KEY, DECRYPT, ENCRYPT = "kms:GenerateDataKey", "kms:Decrypt", "kms:Encrypt"
USES: Mapping[str, Use] = {
    "read a secret": Use(
        service="secretsmanager",
        create=secret,
        request=lambda c, r: c.get_secret_value(SecretId=r.name),
        action="secretsmanager:GetSecretValue",
        key_actions=[DECRYPT],
        context="SecretARN",
    ),
    "change a secret": Use(
        service="secretsmanager",
        create=secret,
        request=lambda c, r: c.put_secret_value(SecretId=r.name, SecretString="new"),
        action="secretsmanager:PutSecretValue",
        key_actions=[DATA_KEY, DECRYPT],
        context="SecretARN",
    ),
    "send a message": Use(
        service="sqs",
        create=queue,
        request=lambda c, r: c.send_message(QueueUrl=r.name, MessageBody="m"),
        action="sqs:SendMessage",
        key_actions=[DATA_KEY, DECRYPT],
        context="aws:sqs:arn",
    ),
    "receive a message": Use(
        service="sqs",
        create=queue,
        request=lambda c, r: c.receive_message(QueueUrl=r.name),
        action="sqs:ReceiveMessage",
        key_actions=[DECRYPT],
        context="aws:sqs:arn",
    ),
    "publish": Use(
        service="sns",
        create=topic,
        request=lambda c, r: c.publish(TopicArn=r.name, Message="m"),
        action="sns:Publish",
        key_actions=[DATA_KEY, DECRYPT],
        context="aws:sns:topicArn",
    ),
    "read a parameter": Use(
        service="ssm",
        create=parameter,
        request=lambda c, r: c.get_parameter(Name=r.name, WithDecryption=True),
        action="ssm:GetParameter",
        key_actions=[DECRYPT],
        context="PARAMETER_ARN",
    ),
    "write a parameter": Use(
        service="ssm",
        create=parameter,
        request=lambda c, r: c.put_parameter(Name=r.name, Value="v", Type="SecureString", KeyId=r.key, Overwrite=True),
        action="ssm:PutParameter",
        key_actions=[ENCRYPT],
        context="PARAMETER_ARN",
    ),
}


class Caller:
    """A role of the account with the given statements."""

    def __init__(self, endpoints: Endpoints) -> None:
        self.endpoints, self.name = endpoints, f"caller-{uuid.uuid4()}"
        trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
        self.iam = endpoints.client("iam", REGION)
        self.arn = str(
            self.iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=_document(trust))["Role"]["Arn"]
        )

    def client(self, service: str, *statements: Mapping[str, Any]) -> Any:
        self.iam.put_role_policy(RoleName=self.name, PolicyName="rights", PolicyDocument=_document(*statements))
        session = self.endpoints.client("sts", REGION).assume_role(RoleArn=self.arn, RoleSessionName="test")
        return self.endpoints.client(service, REGION, Credentials.of(session["Credentials"]))


def _document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions: Sequence[str], resource: str, **conditions: Mapping[str, str]) -> Mapping[str, Any]:
    condition = {"Condition": conditions} if conditions else {}
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **condition}


def created(endpoints: Endpoints, use: Use) -> Resource:
    key = str(endpoints.client("kms", REGION).create_key()["KeyMetadata"]["Arn"])
    arn, name = use.create(endpoints.client(use.service, REGION), key)
    return Resource(arn=arn, name=name, key=key)


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_caller_needs_every_right_on_the_key(endpoints: Endpoints, use: Use) -> None:
    resource, caller = created(endpoints, use), Caller(endpoints)
    own = allow([use.action], resource.arn)
    for missing in use.key_actions:
        others = [action for action in use.key_actions if action != missing]
        client = caller.client(use.service, own, *([allow(others, resource.key)] if others else []))
        with pytest.raises(ClientError, match=f"not authorized to perform: {missing}"):
            use.request(client, resource)
    use.request(caller.client(use.service, own, allow(use.key_actions, resource.key)), resource)


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_key_is_used_through_the_service_with_its_encryption_context(endpoints: Endpoints, use: Use) -> None:
    resource, caller = created(endpoints, use), Caller(endpoints)
    own = allow([use.action], resource.arn)
    through, context = f"{use.service}.{REGION}.amazonaws.com", f"kms:EncryptionContext:{use.context}"
    for service, arn in (("rds.us-east-1.amazonaws.com", resource.arn), (through, f"{resource.arn}-other")):
        condition = {"kms:ViaService": service, context: arn}
        client = caller.client(use.service, own, allow(use.key_actions, resource.key, StringEquals=condition))
        with pytest.raises(ClientError, match="not authorized to perform: kms:"):
            use.request(client, resource)
    condition = {"kms:ViaService": through, context: resource.arn}
    use.request(caller.client(use.service, own, allow(use.key_actions, resource.key, StringEquals=condition)), resource)


def test_key_of_aws_needs_no_right(endpoints: Endpoints) -> None:
    client = endpoints.client("sqs", REGION)
    url = client.create_queue(QueueName="own-key", Attributes={"KmsMasterKeyId": "alias/aws/sqs"})["QueueUrl"]
    caller = Caller(endpoints).client("sqs", allow(["sqs:SendMessage"], f"arn:aws:sqs:{REGION}:{ACCOUNT}:own-key"))
    assert caller.send_message(QueueUrl=url, MessageBody="m")["MessageId"]
