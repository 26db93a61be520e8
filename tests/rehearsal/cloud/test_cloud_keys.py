"""Multi-Region keys as AWS has them: one key in two places, with a policy and aliases of its own in each."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import Endpoints

EAST, WEST = "us-east-1", "us-west-2"


@pytest.fixture
def kms(endpoints: Endpoints) -> dict[str, Any]:
    return {region: endpoints.client("kms", region) for region in (EAST, WEST)}


@pytest.fixture
def key(kms: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A primary in the east with a replica, asked for by ARN, in the west."""
    metadata = kms[EAST].create_key(MultiRegion=True)["KeyMetadata"]
    kms[EAST].replicate_key(KeyId=metadata["Arn"], ReplicaRegion=WEST)
    yield metadata
    for client in kms.values():
        client.schedule_key_deletion(KeyId=metadata["KeyId"], PendingWindowInDays=7)


def kind(client: Any, key: str) -> str:
    return str(client.describe_key(KeyId=key)["KeyMetadata"]["MultiRegionConfiguration"]["MultiRegionKeyType"])


def test_the_replica_decrypts_what_the_primary_encrypted(kms: dict[str, Any], key: dict[str, Any]) -> None:
    secret = kms[EAST].encrypt(KeyId=key["Arn"], Plaintext=b"phi", EncryptionContext={"bucket": "b"})
    opened = kms[WEST].decrypt(CiphertextBlob=secret["CiphertextBlob"], EncryptionContext={"bucket": "b"})
    assert opened["Plaintext"] == b"phi"
    assert opened["KeyId"].split(":")[3] == WEST


def test_an_alias_is_free_in_each_region(kms: dict[str, Any], key: dict[str, Any]) -> None:
    alias = f"alias/data-{uuid.uuid4()}"
    for region, client in kms.items():
        client.create_alias(AliasName=alias, TargetKeyId=key["KeyId"])
        assert client.describe_key(KeyId=alias)["KeyMetadata"]["Arn"].split(":")[3] == region


def test_rotation_of_the_primary_changes_replicas(kms: dict[str, Any], key: dict[str, Any]) -> None:
    kms[EAST].enable_key_rotation(KeyId=key["KeyId"])
    assert kms[WEST].get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"]


def test_the_replica_becomes_the_primary(kms: dict[str, Any], key: dict[str, Any]) -> None:
    assert (kind(kms[EAST], key["KeyId"]), kind(kms[WEST], key["KeyId"])) == ("PRIMARY", "REPLICA")
    kms[EAST].update_primary_region(KeyId=key["KeyId"], PrimaryRegion=WEST)
    assert (kind(kms[EAST], key["KeyId"]), kind(kms[WEST], key["KeyId"])) == ("REPLICA", "PRIMARY")
    configuration = kms[EAST].describe_key(KeyId=key["KeyId"])["KeyMetadata"]["MultiRegionConfiguration"]
    assert configuration["PrimaryKey"]["Region"] == WEST
    assert [replica_key["Region"] for replica_key in configuration["ReplicaKeys"]] == [EAST]


def test_replica_cannot_change_the_primary_region(kms: dict[str, Any], key: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="UnsupportedOperationException"):
        kms[WEST].update_primary_region(KeyId=key["KeyId"], PrimaryRegion=EAST)


def test_only_a_replica_becomes_primary(kms: dict[str, Any]) -> None:
    alone = kms[EAST].create_key(MultiRegion=True)["KeyMetadata"]
    with pytest.raises(ClientError, match="NotFoundException"):
        kms[EAST].update_primary_region(KeyId=alone["KeyId"], PrimaryRegion=WEST)


def test_a_key_is_disabled_enabled_and_deleted_by_its_arn(kms: dict[str, Any]) -> None:
    client = kms[EAST]
    arn = client.create_key()["KeyMetadata"]["Arn"]

    def state() -> str:
        return str(client.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"])

    client.disable_key(KeyId=arn)
    disabled = state()
    client.enable_key(KeyId=arn)
    enabled = state()
    client.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    scheduled = state()
    client.cancel_key_deletion(KeyId=arn)
    assert (disabled, enabled, scheduled, state()) == ("Disabled", "Enabled", "PendingDeletion", "Disabled")
