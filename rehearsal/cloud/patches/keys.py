"""KMS: `UpdatePrimaryRegion`, which moto lacks; replica keys per region; validation of key policies."""

import json
import struct
from copy import copy, deepcopy
from typing import Any, Final

from moto.core.exceptions import JsonRESTError
from moto.kms import utils
from moto.kms.exceptions import NotFoundException
from moto.kms.models import KmsBackend, kms_backends
from moto.kms.responses import KmsResponse

from rehearsal.cloud.patches import registry

ID_LENGTH: Final = 40
"""Length of the longest key id: `mrk-` and 32 hexadecimal digits, with hyphens as moto writes them."""

_BY_ID_ALONE: Final = {
    "disable_key": "1ff4941e3a72",
    "enable_key": "9bfe9d7ee5df",
    "cancel_key_deletion": "7a719485219b",
    "schedule_key_deletion": "1b7e09ff9b72",
}
"""Methods that moto calls with what the request names, and that take an id only: name -> fingerprint."""


def apply() -> None:
    """Add the operation; keep aliases per region; refuse malformed policies and policies that lock the account out."""
    registry.replace(KmsBackend, "replicate_key", "e71e5a684872", lambda _: _replicate)
    registry.replace(utils, "_deserialize_ciphertext_blob", "6da0384bc064", _with_long_ids)
    utils.CIPHERTEXT_HEADER_FORMAT = f">{ID_LENGTH}s{utils.IV_LEN}s{utils.TAG_LEN}s"
    utils.HEADER_LEN = struct.calcsize(utils.CIPHERTEXT_HEADER_FORMAT)
    registry.add_operation(
        KmsBackend, KmsResponse, "update_primary_region", _update_primary_region, _handle_update_primary_region
    )
    registry.replace(KmsBackend, "enable_key_rotation", "d2a206485052", _everywhere)
    registry.replace(KmsBackend, "disable_key_rotation", "3556dbd7c88a", _everywhere)
    for name, expected in _BY_ID_ALONE.items():
        registry.replace(KmsBackend, name, expected, _by_arn)
    registry.replace(KmsBackend, "create_key", "8fe561c750e1", _create_checked)
    registry.replace(KmsBackend, "put_key_policy", "37d17f171570", _put_checked)


def _with_long_ids(original: Any) -> Any:
    """Read key ids of 40 characters from ciphertexts: ids of multi-Region keys are longer than others."""

    def read(ciphertext_blob: bytes) -> Any:
        ciphertext = original(ciphertext_blob)
        return ciphertext._replace(key_id=ciphertext.key_id.rstrip("\0"))

    return read


def _replicate(self: Any, key_id: str, replica_region: str) -> Any:
    primary = self.keys[self.get_key_id(key_id)]
    if not primary.multi_region:
        raise JsonRESTError("UnsupportedOperationException", f"{primary.arn} is not a multi-Region key")
    replica_backend = kms_backends[self.account_id][replica_region]
    if primary.id in replica_backend.keys:
        raise JsonRESTError("AlreadyExistsException", f"There is a replica of {primary.id} in {replica_region}")
    replica = copy(primary)
    replica.region = replica_region
    replica.arn = primary.arn.replace(f":{primary.region}:", f":{replica_region}:")
    replica.aliases = {}
    # The list of replicas is one list, which the primary and every replica show.
    configuration = primary.multi_region_configuration
    configuration["ReplicaKeys"].append({"Arn": replica.arn, "Region": replica_region})
    replica.multi_region_configuration = {
        **deepcopy({key: value for key, value in configuration.items() if key != "ReplicaKeys"}),
        "MultiRegionKeyType": "REPLICA",
        "ReplicaKeys": configuration["ReplicaKeys"],
    }
    replica_backend.keys[replica.id] = replica
    return replica


def _update_primary_region(self: Any, key_id: str, primary_region: str) -> None:
    """Make the replica in a region the primary key, and the primary key a replica.

    Args:
        self: moto's KMS backend of the primary key's region.
        key_id: id or ARN of the primary key.
        primary_region: region of the replica.
    """
    key_id = self.get_key_id(key_id)
    old = self.keys[key_id]
    new = kms_backends[self.account_id][primary_region].keys.get(key_id)
    if not old.multi_region or old.multi_region_configuration["PrimaryKey"]["Arn"] != old.arn:
        raise JsonRESTError("UnsupportedOperationException", f"{old.arn} is not a primary key")
    if new is None or new is old:
        raise NotFoundException(f"There is no replica of {old.arn} in {primary_region}")
    replicas = [sibling for sibling in _siblings(self.account_id, key_id) if sibling is not new]
    replica_keys = [{"Arn": replica.arn, "Region": replica.region} for replica in replicas]
    for key in (new, *replicas):
        key.multi_region_configuration = {
            "MultiRegionKeyType": "PRIMARY" if key is new else "REPLICA",
            "PrimaryKey": {"Arn": new.arn, "Region": primary_region},
            "ReplicaKeys": replica_keys,
        }


def _handle_update_primary_region(self: Any) -> str:
    key_id = self._get_param("KeyId")
    self._validate_cmk_id(key_id)
    self.kms_backend.update_primary_region(key_id, self._get_param("PrimaryRegion"))
    return "{}"


def _siblings(account: str, key_id: str) -> list[Any]:
    """Return the primary key and the replica keys with an id, of every region."""
    return [kms_backend.keys[key_id] for kms_backend in kms_backends[account].values() if key_id in kms_backend.keys]


def _everywhere(original: Any) -> Any:
    """Change the rotation of every replica with the primary's (KMS Developer Guide, "Rotating multi-Region keys")."""

    def rotation(self: Any, key_id: str, *args: Any) -> None:
        original(self, key_id, *args)
        key = self.keys[self.get_key_id(key_id)]
        for sibling in _siblings(self.account_id, key.id):
            sibling.key_rotation_status = key.key_rotation_status

    return rotation


def _by_arn(original: Any) -> Any:
    """Take the ARN of a key besides its id, as KMS does."""

    def operation(self: Any, key_id: str, *args: Any) -> Any:
        return original(self, self.get_key_id(key_id), *args)

    return operation


def _create_checked(original: Any) -> Any:
    def create_key(self: Any, policy: str | None, *args: Any, **kwargs: Any) -> Any:
        if policy:
            check_policy(policy, self.account_id)
        return original(self, policy, *args, **kwargs)

    return create_key


def _put_checked(original: Any) -> Any:
    def put_key_policy(self: Any, key_id: str, policy: str) -> None:
        check_policy(policy, self.account_id)
        original(self, key_id, policy)

    return put_key_policy


def check_policy(policy: str, account: str) -> None:
    """Refuse a malformed policy and a policy that nobody of the account could change.

    AWS: KMS Developer Guide, "Default key policy", on the lockout safety check.
    """
    try:
        document = json.loads(policy)
        statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
        allowing = [
            statement
            for statement in statements
            if statement["Effect"] == "Allow" and _puts(statement) and _of(statement, account)
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise JsonRESTError("MalformedPolicyDocumentException", f"The policy is malformed: {error}") from error
    if not allowing:
        raise JsonRESTError(
            "MalformedPolicyDocumentException",
            "The new key policy will not allow you to update the key policy in the future.",
        )


def _puts(statement: dict[str, Any]) -> bool:
    actions = statement.get("Action", [])
    return any(
        action.lower() in ("*", "kms:*", "kms:put*", "kms:putkeypolicy")
        for action in (actions if isinstance(actions, list) else [actions])
    )


def _of(statement: dict[str, Any], account: str) -> bool:
    principal = statement.get("Principal", {})
    named = ["*"] if principal == "*" else principal.get("AWS", [])
    return any(
        arn in ("*", account) or f"::{account}:" in arn for arn in (named if isinstance(named, list) else [named])
    )
