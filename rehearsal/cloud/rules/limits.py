"""Limits of a new account and organisation: concurrency of Lambda, number of accounts; syntax of tag policies."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from moto.awslambda.models import lambda_backends
from moto.organizations.models import organizations_backends

from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.rules.quotas import quota
from rehearsal.cloud.rules.rule import Rule, Situation

UNRESERVED: Final = 10
"""Executions that stay unreserved for an account that has the default quota of a new account; else 100."""
UNRESERVED_OF_RAISED: Final = 100
RAISED: Final = 1000
TAG_KEYS: Final = frozenset({"tag_key", "tag_value", "enforced_for", "report_required_tag_for"})
OPERATORS: Final = frozenset({"@@assign", "@@append", "@@remove", "@@operators_allowed_for_child_policies"})


def _concurrency(situation: Situation) -> Refusal | None:
    backend: Any = lambda_backends[situation.account][situation.region]
    name = str(situation.parameters.get("FunctionName")).rpartition(":")[2]
    reserved = sum(
        int(function.reserved_concurrency or 0)
        for function in backend.list_functions()
        if function.function_name != name
    )
    limit = quota("executions", situation.region)
    least = UNRESERVED_OF_RAISED if limit >= RAISED else UNRESERVED
    if limit - reserved - int(situation.parameters.get("ReservedConcurrentExecutions") or 0) < least:
        return Refusal(
            code="InvalidParameterValueException",
            message="Specified ReservedConcurrentExecutions for function decreases account's "
            f"UnreservedConcurrentExecution below its minimum value of [{least}].",
        )
    return None


def _accounts(situation: Situation) -> Refusal | None:
    backend: Any = organizations_backends[situation.account]["aws"]
    if backend.org is not None and len(backend.accounts) >= quota("accounts", "us-east-1"):
        return Refusal(
            code="ConstraintViolationException",
            message="ACCOUNT_NUMBER_LIMIT_EXCEEDED: You have exceeded the allowed number of AWS accounts.",
        )
    return None


def _tag_policy(situation: Situation) -> Refusal | None:
    content = situation.parameters.get("Content")
    if content is None or _type(situation) != "TAG_POLICY":
        return None
    try:
        document = json.loads(str(content))
    except ValueError as error:
        return Refusal(code="MalformedPolicyDocumentException", message=f"The document is no JSON: {error}")
    reason = next(_tag_problems(document), None)
    return Refusal(code="MalformedPolicyDocumentException", message=reason) if reason is not None else None


def _type(situation: Situation) -> str:
    named = situation.parameters.get("Type")
    if named:
        return str(named)
    policies: Any = organizations_backends[situation.account]["aws"].policies
    return next((str(item.type) for item in policies if item.id == situation.parameters.get("PolicyId")), "")


def _tag_problems(document: Any) -> Iterator[str]:
    tags = document.get("tags") if isinstance(document, Mapping) else None
    if not isinstance(tags, Mapping) or set(document) != {"tags"}:
        yield "A tag policy has the one element `tags`."
        return
    for name, settings in tags.items():
        if name in OPERATORS:
            continue
        for key, operators in settings.items() if isinstance(settings, Mapping) else [(name, None)]:
            if key in OPERATORS:
                continue
            if key not in TAG_KEYS or not isinstance(operators, Mapping) or not set(operators) <= OPERATORS:
                yield f"The element {key} of the tag {name} is not valid."


RULES: Final = (
    Rule(
        service="lambda",
        operations=("PutFunctionConcurrency",),
        check=_concurrency,
        states="100 executions of an account stay unreserved, all 10 of a new account",
        source="Lambda Developer Guide, Configuring reserved concurrency",
    ),
    Rule(
        service="organizations",
        operations=("CreateAccount", "InviteAccountToOrganization"),
        check=_accounts,
        states="a new organization has at most 10 accounts",
        source="Organizations User Guide, Quotas and service limits",
    ),
    Rule(
        service="organizations",
        operations=("CreatePolicy", "UpdatePolicy"),
        check=_tag_policy,
        states="a tag policy has the syntax of tag policies",
        source="Organizations User Guide, Tag policy syntax",
    ),
)
