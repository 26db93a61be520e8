"""KMS: replicas are keys of their own, by id or ARN; key policies are read before they are believed."""

import json
from copy import copy, deepcopy
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.kms.models import KmsBackend, kms_backends

from rehearsal.cloud.patches import registry


def apply() -> None:
    """Aliases of a primary are not the replica's; lock-outs and malformed policies are refused as AWS refuses them."""
    registry.replace(KmsBackend, "replicate_key", "e71e5a684872", lambda _: _replicate)
    registry.replace(KmsBackend, "create_key", "8fe561c750e1", _create_checked)
    registry.replace(KmsBackend, "put_key_policy", "37d17f171570", _put_checked)


def _replicate(self: Any, key_id: str, replica_region: str) -> Any:
    primary = self.keys[self.get_key_id(key_id)]
    if not primary.multi_region:
        raise JsonRESTError("UnsupportedOperationException", f"{primary.arn} is not a multi-Region key")
    there = kms_backends[self.account_id][replica_region]
    if primary.id in there.keys:
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
    there.keys[replica.id] = replica
    return replica


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
    """Refuse what is no policy, and what nobody of the account could ever change again.

    AWS: KMS Developer Guide, "Default key policy", on the lockout safety check.
    """
    try:
        document = json.loads(policy)
        statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
        allowing = [one for one in statements if one["Effect"] == "Allow" and _puts(one) and _of(one, account)]
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
        one in ("*", account) or f"::{account}:" in one for one in (named if isinstance(named, list) else [named])
    )
