"""Condition keys of SageMaker for the spaces of Studio: whose they are.

Source: Service Authorization Reference, "Condition keys for Amazon SageMaker".
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from moto.sagemaker.models import sagemaker_backends

from rehearsal.cloud.authorization.entities import parse_arn
from rehearsal.cloud.requests import ParsedRequest

_CHANGES: Final = frozenset({"CreateApp", "CreateSpace", "DeleteApp", "DeleteSpace", "UpdateSpace"})


def owner(request: ParsedRequest, arn: str) -> Sequence[str] | None:
    """The ARN of the user profile that owns the space of a request; None for an application without a space."""
    parts, values = parse_arn(arn), request.parameters
    if parts is None or request.operation not in _CHANGES:
        return None
    domain_id = str(values.get("DomainId", ""))
    settings: Mapping[str, Any] = values.get("OwnershipSettings") or {}
    if not settings:
        backend: Any = sagemaker_backends[parts.account][request.region]
        settings = backend.spaces.get((domain_id, values.get("SpaceName")), {}).get("OwnershipSettings") or {}
    profile = settings.get("OwnerUserProfileName")
    if not profile:
        return None
    return [f"arn:aws:sagemaker:{request.region}:{parts.account}:user-profile/{domain_id}/{profile}"]
