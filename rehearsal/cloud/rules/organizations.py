"""AWS Organizations: syntax of guardrails, the last SCP of a target, closed accounts."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from moto.organizations.models import organizations_backends

from authorization.evaluation import RCP_SERVICES
from rehearsal.cloud.authorization.organization import is_closed
from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.rules.rule import Rule, Situation

MALFORMED: Final = "MalformedPolicyDocumentException"
CLOSED_SHARE: Final = 0.1
CLOSED_MINIMUM: Final = 10
CLOSED_MAXIMUM: Final = 1000
"""At most 10 % of the member accounts, between 10 and 1,000, are closed within 30 days; no emulated AWS is that old."""


def _statements(content: Any) -> list[Mapping[str, Any]]:
    try:
        document = json.loads(str(content))
    except ValueError:
        return []
    statements = document.get("Statement", []) if isinstance(document, dict) else []
    return statements if isinstance(statements, list) else [statements]


def _type(situation: Situation) -> str:
    named = situation.parameters.get("Type")
    if named:
        return str(named)
    policy = next(
        (entry for entry in _backend(situation).policies if entry.id == situation.parameters.get("PolicyId")), None
    )
    return str(policy.type) if policy is not None else ""


def _backend(situation: Situation) -> Any:
    owner, partition = organizations_backends.master_accounts.get(situation.account, (situation.account, "aws"))
    return organizations_backends[owner][partition]


def _syntax(situation: Situation) -> Refusal | None:
    content = situation.parameters.get("Content")
    if content is None:
        return None
    problems = {"SERVICE_CONTROL_POLICY": _scp_problems, "RESOURCE_CONTROL_POLICY": _rcp_problems}.get(_type(situation))
    if problems is None:
        return None
    reason = next(problems(_statements(content)), None)
    return Refusal(code=MALFORMED, message=reason) if reason is not None else None


def _scp_problems(statements: list[Mapping[str, Any]]) -> Iterator[str]:
    for statement in statements:
        if "Principal" in statement or "NotPrincipal" in statement:
            yield "A service control policy cannot have the element Principal or NotPrincipal."
        if statement.get("Effect") == "Allow" and "NotAction" in statement:
            yield "A service control policy cannot have NotAction in a statement that allows."


def _rcp_problems(statements: list[Mapping[str, Any]]) -> Iterator[str]:
    for statement in statements:
        if statement.get("Effect") != "Deny":
            yield "A resource control policy supports only the effect Deny."
        if statement.get("Principal") != "*":
            yield "The Principal of a resource control policy has to be *."
        if "NotAction" in statement:
            yield "A resource control policy cannot have NotAction."
        actions = statement.get("Action", [])
        for action in actions if isinstance(actions, list) else [actions]:
            service = str(action).partition(":")[0].lower()
            if action == "*":
                yield "A resource control policy cannot have * alone as its Action."
            elif service not in RCP_SERVICES:
                yield f"Resource control policies do not support the service {service}."


def _last_scp(situation: Situation) -> Refusal | None:
    backend = _backend(situation)
    target = situation.parameters.get("TargetId")
    entity = next((entry for entry in (*backend.ou, *backend.accounts) if entry.id == target), None)
    if entity is None or _type(situation) != "SERVICE_CONTROL_POLICY":
        return None
    attached = [policy for policy in entity.attached_policies if policy.type == "SERVICE_CONTROL_POLICY"]
    if len(attached) == 1 and attached[0].id == situation.parameters.get("PolicyId"):
        return Refusal(
            code="ConstraintViolationException",
            message="MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED: every root, OU and account needs at least one SCP.",
        )
    return None


def _closing(situation: Situation) -> Refusal | None:
    backend = _backend(situation)
    account = str(situation.parameters.get("AccountId") or "")
    if backend.org is None:
        return None
    if account == backend.org.master_account_id:
        return Refusal(
            code="ConstraintViolationException",
            message="CANNOT_CLOSE_MANAGEMENT_ACCOUNT: You can't close the management account.",
        )
    closed = sum(entry.status != "ACTIVE" for entry in backend.accounts)
    allowed = min(CLOSED_MAXIMUM, max(CLOSED_MINIMUM, int((len(backend.accounts) - 1) * CLOSED_SHARE)))
    if closed >= allowed:
        return Refusal(
            code="ConstraintViolationException",
            message="CLOSE_ACCOUNT_QUOTA_EXCEEDED: You have exceeded close account quota for the past 30 days.",
        )
    return None


def _closed_account(situation: Situation) -> Refusal | None:
    arn = str(situation.parameters.get("RoleArn") or "")
    if arn.count(":") > 4 and is_closed(arn.split(":")[4]):  # noqa: PLR2004 - the fifth part of an ARN is the account
        return Refusal(code="AccessDenied", message=f"The account of {arn} is closed.", status=403)
    return None


RULES: Final = (
    Rule(
        service="organizations",
        operations=("CloseAccount",),
        check=_closing,
        states="the management account is not closed; 10 % of the member accounts, at least 10, are closed in 30 days",
        source="Organizations API Reference, CloseAccount",
    ),
    Rule(
        service="sts",
        operations=("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"),
        check=_closed_account,
        states="no role of a closed account is assumed",
        source="Account Management Reference Guide, Close an account",
    ),
    Rule(
        service="organizations",
        operations=("CreatePolicy", "UpdatePolicy"),
        check=_syntax,
        states="an SCP has no Principal; an RCP only denies, for everyone, actions of services that support RCPs",
        source="Organizations User Guide, SCP syntax and RCP syntax",
    ),
    Rule(
        service="organizations",
        operations=("DetachPolicy",),
        check=_last_scp,
        states="every root, OU and account keeps at least one SCP",
        source="Organizations User Guide, Quotas and service limits",
    ),
)
