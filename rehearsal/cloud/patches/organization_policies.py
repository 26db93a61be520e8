"""Organizations: all policy types, and refusal of duplicates and of policies beyond the quotas."""

import json
from collections.abc import Mapping
from typing import Any, Final

from moto.organizations import models
from moto.organizations.exceptions import OrganizationsClientError

from rehearsal.cloud.patches import registry

TYPES: Final = (
    "AISERVICES_OPT_OUT_POLICY",
    "BACKUP_POLICY",
    "BEDROCK_POLICY",
    "CHATBOT_POLICY",
    "DECLARATIVE_POLICY_EC2",
    "INSPECTOR_POLICY",
    "RESOURCE_CONTROL_POLICY",
    "S3_POLICY",
    "SECURITYHUB_POLICY",
    "SERVICE_CONTROL_POLICY",
    "TAG_POLICY",
    "UPGRADE_ROLLOUT_POLICY",
)
CHARACTERS: Final[Mapping[str, int]] = {
    "SERVICE_CONTROL_POLICY": 10_240,  # since May 2026; 5,120 before
    "RESOURCE_CONTROL_POLICY": 5_120,
    "AISERVICES_OPT_OUT_POLICY": 2_500,
}
"""Longest content; 10,000 for the types not named (AWS Organizations User Guide, "Quotas")."""
PER_TARGET: Final[Mapping[str, int]] = {
    "SERVICE_CONTROL_POLICY": 10,  # since May 2026; 5 before
    "RESOURCE_CONTROL_POLICY": 5,
    "AISERVICES_OPT_OUT_POLICY": 5,
}
"""Most policies of a type on one target; 10 for the types not named."""


def apply() -> None:
    """Accept all policy types; refuse duplicates, malformed content and policies beyond the quotas."""
    models.FakeRoot.SUPPORTED_POLICY_TYPES[:] = TYPES
    models.FakePolicy.SUPPORTED_POLICY_TYPES[:] = TYPES
    registry.replace(models.FakePolicy, "__init__", "63cf1f77d7eb", _every_type)
    registry.replace(models.OrganizationsBackend, "create_policy", "257c04d166e7", _create)
    registry.replace(models.OrganizationsBackend, "update_policy", "05d13390560c", _update)
    registry.replace(models.OrganizationsBackend, "attach_policy", "b4ddfaac255f", _attach)
    registry.replace(models.OrganizationsBackend, "detach_policy", "0b44c1195780", _detach)


def check_json(content: Any) -> None:
    """Refuse content that is not a JSON object."""
    try:
        fine = isinstance(json.loads(content), dict)
    except (TypeError, ValueError):
        fine = False
    if not fine:
        raise OrganizationsClientError(
            "MalformedPolicyDocumentException", "The provided policy document is not valid JSON."
        )


def _check(kind: str, content: Any) -> None:
    check_json(content)
    limit = CHARACTERS.get(kind, 10_000)
    if len(content) > limit:
        raise OrganizationsClientError(
            "ConstraintViolationException",
            f"You have exceeded the maximum policy size: {len(content)} characters, {limit} allowed for {kind}.",
        )
    if kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
        result = json.loads(content).get("Statement")
        statements = result if isinstance(result, list) else [result]
        for statement in statements:
            if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
                raise OrganizationsClientError(
                    "MalformedPolicyDocumentException", "The provided policy document has an invalid statement."
                )


def _every_type(original: Any) -> Any:
    def __init__(self: Any, organization: Any, **kwargs: Any) -> None:  # noqa: N807 - it is one
        kind = kwargs.get("Type", "")
        existing = kind in ("", "SERVICE_CONTROL_POLICY") or kind not in TYPES
        original(self, organization, **{**kwargs, "Type": kind if existing else "SERVICE_CONTROL_POLICY"})
        if not existing:
            self.type = kind
            self._arn_format = "arn:{0}:organizations::{1}:policy/{2}/" + kind.lower() + "/{3}"

    return __init__


def _create(original: Any) -> Any:
    def create_policy(self: Any, **kwargs: Any) -> Any:
        if kwargs["Type"] in TYPES:
            _check(kwargs["Type"], kwargs["Content"])
        return original(self, **kwargs)

    return create_policy


def _update(original: Any) -> Any:
    def update_policy(self: Any, **kwargs: Any) -> Any:
        policy = self.get_policy_by_id(kwargs["PolicyId"])
        if "Content" in kwargs:
            _check(policy.type, kwargs["Content"])
        if any(peer.name == kwargs.get("Name") and peer is not policy for peer in self.policies):
            raise OrganizationsClientError("DuplicatePolicyException", "A policy with the same name already exists.")
        return original(self, **kwargs)

    return update_policy


def _attach(original: Any) -> Any:
    def attach_policy(self: Any, **kwargs: Any) -> None:
        policy, target = self.get_policy_by_id(kwargs["PolicyId"]), kwargs["TargetId"]
        result = next((entry for entry in (*self.ou, *self.accounts) if entry.id == target), None)
        if result is not None:
            if policy in result.attached_policies:
                raise OrganizationsClientError(
                    "DuplicatePolicyAttachmentException", "The selected policy is already attached to the target."
                )
            same = [
                attached_policy for attached_policy in result.attached_policies if attached_policy.type == policy.type
            ]
            limit = PER_TARGET.get(policy.type, 10)
            if len(same) >= limit:
                raise OrganizationsClientError(
                    "ConstraintViolationException",
                    f"You have attached the maximum number of policies of {policy.type} to {target}: {limit}.",
                )
            root = next(item for item in self.ou if isinstance(item, models.FakeRoot))
            enabled = [policy_type["Type"] for policy_type in root.policy_types]
            if policy.type not in enabled and not policy.aws_managed:
                raise OrganizationsClientError(
                    "PolicyTypeNotEnabledException", f"{policy.type} is not enabled in the root of the organization."
                )
        original(self, **kwargs)

    return attach_policy


def _detach(original: Any) -> Any:
    def detach_policy(self: Any, **kwargs: Any) -> None:
        policy = self.get_policy_by_id(kwargs["PolicyId"])
        result = next((entry for entry in (*self.ou, *self.accounts) if entry.id == kwargs["TargetId"]), None)
        if result is not None and policy not in result.attached_policies:
            raise OrganizationsClientError("PolicyNotAttachedException", "The policy isn't attached to the target.")
        original(self, **kwargs)

    return detach_policy
