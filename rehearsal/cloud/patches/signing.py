"""AWS Signer: signatures of container images, and their revocation."""

import importlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.moto_api._internal import mock_random
from moto.signer.models import SignerBackend, signer_backends
from moto.signer.responses import SignerResponse

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry
from rehearsal.cloud.signing_authority import PAYLOAD_TYPE, authority

_DAYS = {"DAYS": 1, "MONTHS": 30, "YEARS": 365}
_MAXIMUM_BYTES = 4096


def apply() -> None:
    """Sign payloads and revoke signatures."""
    importlib.import_module("moto.signer.urls")  # the operations add their paths to it
    registry.add_state(SignerBackend, signing_jobs=dict, revoked=dict)
    registry.replace(SignerBackend, "get_signing_profile", "f2a50327b831", lambda _: _profile)
    registry.add_operations(
        signer_backends,
        SignerResponse,
        _sign_payload,
        _revoke_signature,
        _revoke_signing_profile,
        _get_revocation_status,
    )


def _sign_payload(
    self: Any, profile_name: str, payload: bytes, payload_format: str, profile_owner: str = ""
) -> Mapping[str, Any]:
    profile = _profile(signer_backends[profile_owner or self.account_id][self.region_name], profile_name)
    if payload_format != PAYLOAD_TYPE:
        raise AwsError("ValidationException", f"payloadFormat {payload_format!r}; allowed: {PAYLOAD_TYPE}")
    if not profile.platform_id.startswith("Notation-OCI-"):
        raise AwsError("ValidationException", f"The platform {profile.platform_id} does not sign payloads.")
    if profile.status != "Active":
        raise AwsError("ValidationException", f"The signing profile {profile_name} is {profile.status}.")
    try:
        json.loads(payload)["targetArtifact"]["digest"]
    except (ValueError, KeyError, TypeError):
        raise AwsError("ValidationException", "payload is not a Notary payload.") from None
    if len(payload) > _MAXIMUM_BYTES:
        raise AwsError("ValidationException", f"payload has more than {_MAXIMUM_BYTES} bytes.")
    job = str(mock_random.uuid4())
    arn = f"arn:aws:signer:{self.region_name}:{self.account_id}:/signing-jobs/{job}"
    self.signing_jobs[job] = arn
    period = profile.signature_validity_period
    expiry = datetime.now(UTC) + timedelta(days=int(period["value"]) * _DAYS[period["type"]])
    return {
        "jobId": job,
        "jobOwner": self.account_id,
        "metadata": {"signingProfileVersionArn": profile.profile_version_arn, "signingJobArn": arn},
        "signature": authority().envelope(payload, profile.profile_version_arn, arn, expiry),
    }


def _revoke_signature(self: Any, job_id: str, reason: str, job_owner: str = "") -> None:
    owner: Any = signer_backends[job_owner or self.account_id][self.region_name]
    if job_id not in owner.signing_jobs:
        raise AwsError("ResourceNotFoundException", f"Signing job {job_id} does not exist.")
    owner.revoked[owner.signing_jobs[job_id]] = (reason, datetime.min.replace(tzinfo=UTC))


def _revoke_signing_profile(
    self: Any, profile_name: str, profile_version: str, reason: str, effective_time: datetime
) -> None:
    profile = _profile(self, profile_name)
    if profile.profile_version != profile_version:
        raise AwsError("ResourceNotFoundException", f"{profile_name} has no version {profile_version}.")
    profile.status = "Revoked"
    self.revoked[profile.profile_version_arn] = (reason, _time(effective_time))


def _get_revocation_status(
    _: Any, signature_timestamp: datetime, profile_version_arn: str, job_arn: str, **__: Any
) -> Mapping[str, Any]:
    """Entities that are revoked, and were when the signature was made; of other accounts too."""
    entities: list[str] = []
    for arn in (profile_version_arn, job_arn):
        region, account = arn.split(":")[3:5]
        backend: Any = signer_backends[account][region]
        revoked = backend.revoked.get(arn)
        if revoked is not None and revoked[1] <= _time(signature_timestamp):
            entities.append(arn)
    return {"revokedEntities": entities}


def _time(value: Any) -> datetime:
    time = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _profile(backend: Any, profile_name: str) -> Any:
    if profile_name not in backend.signing_profiles:
        raise AwsError("ResourceNotFoundException", f"Signing profile {profile_name} does not exist.")
    return backend.signing_profiles[profile_name]
