"""IAM and STS: sizes of policies, policies per role, boundaries that exist, session durations."""

import json
from typing import Final

from moto.iam.models import iam_backends

from rehearsal.cloud.authorization.callers import ASSUMING
from rehearsal.cloud.authorization.entities import entity_by_name
from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.rules.rule import Rule, Situation

MANAGED_POLICY_CHARACTERS: Final = 6144
ROLE_INLINE_CHARACTERS: Final = 10_240
MANAGED_POLICIES_PER_ROLE: Final = 10
CHAINED_SESSION_SECONDS: Final = 3600
_QUOTAS: Final = "IAM User Guide, IAM and STS quotas"


def characters(document: str) -> int:
    """Characters of a policy document as IAM counts them: without white space."""
    try:
        return len(json.dumps(json.loads(document), separators=(",", ":"), ensure_ascii=False))
    except ValueError:
        return len(document)


def _managed_size(situation: Situation) -> Refusal | None:
    size = characters(str(situation.parameters.get("PolicyDocument") or ""))
    if size > MANAGED_POLICY_CHARACTERS:
        return Refusal(code="LimitExceeded", message=f"Cannot exceed quota for PolicySize: {MANAGED_POLICY_CHARACTERS}")
    return None


def _inline_total(situation: Situation) -> Refusal | None:
    role = entity_by_name(situation.account, "roles", str(situation.parameters.get("RoleName")))
    name = situation.parameters.get("PolicyName")
    if role is None:
        return None
    others = sum(characters(str(document)) for key, document in dict(role.policies).items() if key != name)
    if others + characters(str(situation.parameters.get("PolicyDocument") or "")) > ROLE_INLINE_CHARACTERS:
        return Refusal(
            code="LimitExceeded",
            message=f"Maximum policy size of {ROLE_INLINE_CHARACTERS} bytes exceeded for role {role.name}",
        )
    return None


def _managed_per_role(situation: Situation) -> Refusal | None:
    role = entity_by_name(situation.account, "roles", str(situation.parameters.get("RoleName")))
    arn = situation.parameters.get("PolicyArn")
    if (
        role is not None
        and arn not in role.managed_policies
        and len(role.managed_policies) >= MANAGED_POLICIES_PER_ROLE
    ):
        return Refusal(
            code="LimitExceeded", message=f"Cannot exceed quota for PoliciesPerRole: {MANAGED_POLICIES_PER_ROLE}"
        )
    return None


def _boundary_exists(situation: Situation) -> Refusal | None:
    arn = str(situation.parameters.get("PermissionsBoundary") or "")
    if not arn or arn.startswith("arn:aws:iam::aws:policy/"):
        return None
    if arn not in iam_backends[situation.account]["aws"].managed_policies:
        return Refusal(code="NoSuchEntity", message=f"Scope ARN: {arn} does not exist or is not attachable.")
    return None


def _chained_session(situation: Situation) -> Refusal | None:
    seconds = int(situation.parameters.get("DurationSeconds") or 0)
    if situation.request.scope.access_key.startswith("ASIA") and seconds > CHAINED_SESSION_SECONDS:
        return Refusal(
            code="ValidationError",
            message="The requested DurationSeconds exceeds the 1 hour limit for roles assumed by role chaining.",
        )
    return None


RULES: Final = (
    Rule(
        service="iam",
        operations=("CreatePolicy", "CreatePolicyVersion"),
        check=_managed_size,
        states="a managed policy has at most 6,144 characters",
        source=_QUOTAS,
    ),
    Rule(
        service="iam",
        operations=("PutRolePolicy",),
        check=_inline_total,
        states="the inline policies of a role have at most 10,240 characters together",
        source=_QUOTAS,
    ),
    Rule(
        service="iam",
        operations=("AttachRolePolicy",),
        check=_managed_per_role,
        states="a role has at most 10 managed policies",
        source=_QUOTAS,
    ),
    Rule(
        service="iam",
        operations=("CreateRole", "PutRolePermissionsBoundary", "CreateUser"),
        check=_boundary_exists,
        states="a permissions boundary exists",
        source="IAM API Reference, CreateRole",
    ),
    Rule(
        service="sts",
        operations=(ASSUMING[0],),
        check=_chained_session,
        states="a session of a chained role lasts at most one hour",
        source="STS API Reference, AssumeRole",
    ),
)
