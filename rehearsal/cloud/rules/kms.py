"""KMS: waiting periods, reserved aliases, replicas, keys that are not enabled."""

from typing import Any, Final

from moto.kms.models import kms_backends

from rehearsal.cloud.authorization.lookups import key_arn, reencrypting_keys
from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.rules.rule import Rule, Situation

WAITING_DAYS: Final = (7, 30)
_CRYPTOGRAPHIC: Final = (
    *("Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair", "GenerateDataKeyWithoutPlaintext"),
    *("GenerateMac", "ReEncrypt", "Sign", "Verify", "VerifyMac", "CreateGrant"),
)


def _key(situation: Situation) -> Any:
    name = situation.parameters.get("KeyId")
    return _stored(str(name), situation) if name else None


def _stored(name: str, situation: Situation) -> Any:
    _, _, _, region, account, resource = key_arn(name, situation.region, situation.account).split(":", 5)
    return kms_backends[account][region].keys.get(resource.removeprefix("key/"))


def _waiting_period(situation: Situation) -> Refusal | None:
    days = situation.parameters.get("PendingWindowInDays")
    shortest, longest = WAITING_DAYS
    if days is not None and not shortest <= int(days) <= longest:
        return Refusal(
            code="ValidationException",
            message=f"PendingWindowInDays must be between {shortest} and {longest} (inclusive).",
        )
    return None


def _reserved_alias(situation: Situation) -> Refusal | None:
    if str(situation.parameters.get("AliasName")).startswith("alias/aws/"):
        return Refusal(code="NotAuthorizedException", message="Aliases that begin with alias/aws/ are reserved by AWS.")
    return None


def _replica_rotation(situation: Situation) -> Refusal | None:
    key = _key(situation)
    configuration = getattr(key, "multi_region_configuration", None) or {}
    if key is not None and key.multi_region and configuration.get("MultiRegionKeyType") == "REPLICA":
        return Refusal(
            code="UnsupportedOperationException", message=f"{key.arn} is a replica: rotation follows its primary key."
        )
    return None


def _enabled(situation: Situation) -> Refusal | None:
    keys = [_key(situation)]
    if situation.request.operation == "ReEncrypt":
        keys = [_stored(arn, situation) for arn in reencrypting_keys(situation.request, situation.account) if arn]
    return next((refused for refused in map(_unusable, keys) if refused is not None), None)


def _unusable(key: Any) -> Refusal | None:
    if key is None or key.key_state == "Enabled":
        return None
    if key.key_state == "Disabled":
        return Refusal(code="DisabledException", message=f"{key.arn} is disabled.")
    return Refusal(code="KMSInvalidStateException", message=f"{key.arn} is pending deletion.")


RULES: Final = (
    Rule(
        service="kms",
        operations=("ScheduleKeyDeletion",),
        check=_waiting_period,
        states="a key is deleted after 7 to 30 days",
        source="KMS API Reference, ScheduleKeyDeletion",
    ),
    Rule(
        service="kms",
        operations=("CreateAlias", "UpdateAlias", "DeleteAlias"),
        check=_reserved_alias,
        states="alias/aws/ is reserved",
        source="KMS API Reference, CreateAlias",
    ),
    Rule(
        service="kms",
        operations=("EnableKeyRotation",),
        check=_replica_rotation,
        states="rotation is not enabled on a replica",
        source="KMS API Reference, EnableKeyRotation",
    ),
    Rule(
        service="kms",
        operations=_CRYPTOGRAPHIC,
        check=_enabled,
        states="a key that is disabled or pending deletion is not used",
        source="KMS Developer Guide, Key states of AWS KMS keys",
    ),
)
