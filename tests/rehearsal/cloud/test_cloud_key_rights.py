"""Rights on KMS keys: both keys of `ReEncrypt`, and keys that a service uses on behalf of the caller."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import Credentials, Endpoints
from tests.rehearsal.cloud.samples import document

EAST = "us-east-1"
MANAGEMENT = "111122223333"
RIGHTS = ("ReEncryptFrom", "ReEncryptTo")


def allow(*actions: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}


def key(endpoints: Endpoints, *statements: dict[str, Any]) -> str:
    owner = allow("kms:*", Principal={"AWS": f"arn:aws:iam::{MANAGEMENT}:root"})
    created = endpoints.client("kms", EAST).create_key(Policy=document(owner, *statements))
    return str(created["KeyMetadata"]["Arn"])


def session(endpoints: Endpoints, name: str, *statements: dict[str, Any]) -> Credentials:
    iam = endpoints.client("iam", EAST)
    trust = {"Effect": "Allow", "Principal": {"AWS": MANAGEMENT}, "Action": "sts:AssumeRole"}
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=document(*statements))
    assumed = endpoints.client("sts", EAST).assume_role(RoleArn=arn, RoleSessionName="test")
    return Credentials.of(assumed["Credentials"])


@pytest.fixture
def keys(endpoints: Endpoints) -> tuple[str, str]:
    return key(endpoints), key(endpoints)


def reencrypted(endpoints: Endpoints, user: Credentials, source: str, destination: str, **more: Any) -> Any:
    ciphertext = endpoints.client("kms", EAST).encrypt(
        KeyId=source, Plaintext=b"phi", EncryptionContext={"record": "1"}
    )["CiphertextBlob"]
    return endpoints.client("kms", EAST, user).re_encrypt(
        CiphertextBlob=ciphertext,
        SourceEncryptionContext={"record": "1"},
        DestinationKeyId=destination,
        DestinationEncryptionContext={"record": "2"},
        **more,
    )


def test_reencryption_needs_one_right_on_each_key(endpoints: Endpoints, keys: tuple[str, str], name: str) -> None:
    source, destination = keys
    rights = [allow("kms:ReEncryptFrom", Resource=source), allow("kms:ReEncryptTo", Resource=destination)]
    answer = reencrypted(endpoints, session(endpoints, name, *rights), source, destination)
    assert (answer["SourceKeyId"].rpartition("/")[2], answer["KeyId"].rpartition("/")[2]) == (
        source.rpartition("/")[2],
        destination.rpartition("/")[2],
    )


@pytest.mark.parametrize("missing", RIGHTS)
def test_reencryption_without_the_right_on_one_key_is_denied(
    endpoints: Endpoints, keys: tuple[str, str], name: str, missing: str
) -> None:
    source, destination = keys
    resources = {"ReEncryptFrom": source, "ReEncryptTo": destination}
    rights = [
        # The right on the other key does not replace the missing one.
        allow(f"kms:{right}", Resource=resources[right] if right != missing else resources[_other(right)])
        for right in RIGHTS
    ]
    with pytest.raises(ClientError, match=f"perform: kms:{missing} on resource: {resources[missing]}"):
        reencrypted(endpoints, session(endpoints, name, *rights), source, destination)


def _other(right: str) -> str:
    return RIGHTS[1 - RIGHTS.index(right)]


def test_named_source_key_is_decided_as_well(endpoints: Endpoints, keys: tuple[str, str], name: str) -> None:
    source, destination = keys
    user = session(endpoints, name, allow("kms:ReEncryptTo"))
    with pytest.raises(ClientError, match=f"perform: kms:ReEncryptFrom on resource: {source}"):
        reencrypted(endpoints, user, source, destination, SourceKeyId=source)


@pytest.mark.parametrize(("right", "record"), [("ReEncryptFrom", "1"), ("ReEncryptTo", "2")])
def test_each_right_has_the_encryption_context_of_its_key(
    endpoints: Endpoints, keys: tuple[str, str], name: str, right: str, record: str
) -> None:
    source, destination = keys

    def user(suffix: str, expected: str) -> Credentials:
        condition = {
            "StringEquals": {"kms:EncryptionContext:record": expected},
            "ForAllValues:StringEquals": {"kms:EncryptionContextKeys": "record"},
        }
        return session(
            endpoints, f"{name}-{suffix}", allow(f"kms:{_other(right)}"), allow(f"kms:{right}", Condition=condition)
        )

    assert reencrypted(endpoints, user("right", record), source, destination)["KeyId"]
    with pytest.raises(ClientError, match=f"perform: kms:{right}"):
        reencrypted(endpoints, user("wrong", "3"), source, destination)


def test_reencryption_on_the_same_key_is_a_condition(endpoints: Endpoints, keys: tuple[str, str], name: str) -> None:
    source, destination = keys
    same = {"Bool": {"kms:ReEncryptOnSameKey": "true"}}
    user = session(endpoints, name, allow("kms:ReEncrypt*", Condition=same))
    assert reencrypted(endpoints, user, source, source)["KeyId"]
    with pytest.raises(ClientError, match="perform: kms:ReEncryptFrom"):
        reencrypted(endpoints, user, source, destination)


@pytest.mark.parametrize("disabled", [0, 1])
def test_neither_key_of_a_reencryption_is_disabled(endpoints: Endpoints, keys: tuple[str, str], disabled: int) -> None:
    kms = endpoints.client("kms", EAST)
    ciphertext = kms.encrypt(KeyId=keys[0], Plaintext=b"phi")["CiphertextBlob"]
    kms.disable_key(KeyId=keys[disabled])
    with pytest.raises(ClientError, match="DisabledException"):
        kms.re_encrypt(CiphertextBlob=ciphertext, DestinationKeyId=keys[1])


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in request.node.name)[-50:]


@pytest.mark.parametrize("via", ["true", "false"])
def test_key_is_used_by_a_service_on_behalf_of_the_caller(endpoints: Endpoints, name: str, via: str) -> None:
    """`aws:ViaAWSService` is true for the use of a key by Secrets Manager, and false for the caller's own use."""
    user = session(endpoints, name, allow("secretsmanager:*"))
    role = f"arn:aws:iam::{MANAGEMENT}:role/{name}"
    condition = {"Bool": {"aws:ViaAWSService": via}}
    arn = key(endpoints, allow("kms:GenerateDataKey", "kms:Decrypt", Principal={"AWS": role}, Condition=condition))

    def through_service() -> None:
        endpoints.client("secretsmanager", EAST, user).create_secret(Name=name, SecretString="x", KmsKeyId=arn)

    def directly() -> None:
        endpoints.client("kms", EAST, user).generate_data_key(KeyId=arn, KeySpec="AES_256")

    allowed, denied = (through_service, directly) if via == "true" else (directly, through_service)
    allowed()
    with pytest.raises(ClientError, match="not authorized to perform: kms:GenerateDataKey"):
        denied()
