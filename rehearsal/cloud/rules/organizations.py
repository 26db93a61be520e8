"""AWS Organizations: syntax of guardrails, the last SCP of a target, the quota of accounts."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from moto.organizations.models import organizations_backends

from authorization.evaluation import RCP_SERVICES
from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.rules.rule import Rule, Situation

MALFORMED: Final = "MalformedPolicyDocumentException"


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


RULES: Final = (
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
