"""AWS's policy evaluation: an explicit deny anywhere wins, and every layer that applies must allow.

Source: IAM User Guide, "Policy evaluation logic" (within one account and across accounts), Organizations User Guide,
"SCP evaluation" and "RCP evaluation". SCPs bind neither the management account nor service-linked roles; RCPs bind
neither the management account's resources nor calls by service-linked roles.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from controls.evaluator.conditions import holds, like, substituted
from controls.evaluator.decision import Decision, Match, Outcome
from controls.evaluator.policy import Policy, PolicyStatement
from controls.evaluator.request import PrincipalKind, Request

Level = tuple[str, Sequence[Policy]]
"""A place in the organisation (root, OU path, account) and the policies attached to it."""

RCP_SERVICES = frozenset(
    {"s3", "sts", "kms", "sqs", "secretsmanager", "cognito-idp", "logs", "dynamodb", "ecr", "aoss"}
)
"""Services whose resources RCPs protect (Organizations User Guide, "Services that support RCPs", 2026-08)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Policies:
    """Everything that applies to a request. `None` for a layer means there is none; an empty one allows nothing."""

    identity: Sequence[Policy] = ()
    boundary: Policy | None = None
    session: Policy | None = None
    resource: Policy | None = None
    scps: Sequence[Level] = ()
    """From the root down to the principal's account."""
    rcps: Sequence[Level] = ()
    """From the root down to the resource's account."""
    management_account: str = ""


def evaluate(request: Request, policies: Policies) -> Decision:
    """Decides a request.

    Raises:
        PolicyError: a policy uses a condition operator that IAM does not have.
    """
    scps = policies.scps if _bound_by_scps(request, policies) else ()
    rcps = policies.rcps if _bound_by_rcps(request, policies) else ()
    layers: list[tuple[str, Sequence[Policy]]] = [
        *((f"RCP on {place}", attached) for place, attached in rcps),
        *((f"SCP on {place}", attached) for place, attached in scps),
        ("resource policy", [policies.resource] if policies.resource else []),
        ("identity policy", policies.identity),
        ("permissions boundary", [policies.boundary] if policies.boundary else []),
        ("session policy", [policies.session] if policies.session else []),
    ]
    matches = {name: list(_matches(name, attached, request)) for name, attached in layers}
    denies = tuple(match for found in matches.values() for allow, match in found if not allow)
    if denies:
        return Decision(outcome=Outcome.EXPLICIT_DENY, because=denies)
    needed = [name for name, _attached in layers if name.startswith(("RCP", "SCP"))]
    allows: list[Match] = []
    for name in needed:
        granted = _first_allow(matches[name])
        if granted is None:
            return Decision(outcome=Outcome.IMPLICIT_DENY, missing=name)
        allows.append(granted)
    return _grant(request, policies, matches, allows)


def _grant(
    request: Request, policies: Policies, matches: dict[str, list[tuple[bool, Match]]], allows: list[Match]
) -> Decision:
    """The part of the evaluation that grants: identity, boundary and session policies, and the resource's own."""
    by_resource = _first_allow(matches["resource policy"])
    if request.principal.kind is PrincipalKind.SERVICE:
        return _decided([*allows, by_resource] if by_resource else [], "resource policy")
    across = bool(request.resource_account) and request.resource_account != request.principal.account
    if by_resource is None and (across or (policies.resource is not None and _resource_policy_decides(request))):
        return Decision(outcome=Outcome.IMPLICIT_DENY, missing="resource policy")
    if by_resource is not None:
        allows.append(by_resource)
    # Within one account a resource policy that names the principal itself grants without an identity policy; one that
    # names the account only lets the account's own policies decide.
    named = by_resource is not None and not across and _names_itself(policies.resource, request)
    needed = [
        ("identity policy", not named and request.principal.kind is not PrincipalKind.ROOT),
        ("permissions boundary", policies.boundary is not None),
        ("session policy", policies.session is not None),
    ]
    for name, there in needed:
        granted = _first_allow(matches[name]) if there else None
        if there and granted is None:
            return Decision(outcome=Outcome.IMPLICIT_DENY, missing=name)
        if granted is not None:
            allows.append(granted)
    return Decision(outcome=Outcome.ALLOWED, because=tuple(allows))


def _resource_policy_decides(request: Request) -> bool:
    """Key policies and trust policies must allow by themselves; elsewhere an identity policy is enough."""
    return request.action.lower().startswith(("kms:", "sts:assumerole"))


def _names_itself(policy: Policy | None, request: Request) -> bool:
    own = {request.principal.arn, "*"}
    return policy is not None and any(
        statement.allow
        and statement.principals is not None
        and ("*" in statement.principals or own & set(statement.principals.get("AWS", ())))
        and matches(statement, request)
        for statement in policy.statements
    )


def _decided(allows: Sequence[Match], missing: str) -> Decision:
    if not allows:
        return Decision(outcome=Outcome.IMPLICIT_DENY, missing=missing)
    return Decision(outcome=Outcome.ALLOWED, because=tuple(allows))


def _bound_by_scps(request: Request, policies: Policies) -> bool:
    principal = request.principal
    return (
        principal.kind not in (PrincipalKind.SERVICE, PrincipalKind.SERVICE_LINKED_ROLE)
        and principal.account != policies.management_account
    )


def _bound_by_rcps(request: Request, policies: Policies) -> bool:
    owner = request.resource_account or request.principal.account
    service = request.action.partition(":")[0].lower()
    return (
        service in RCP_SERVICES
        and request.principal.kind is not PrincipalKind.SERVICE_LINKED_ROLE
        and owner != policies.management_account
    )


def _first_allow(matches: Sequence[tuple[bool, Match]]) -> Match | None:
    return next((match for allow, match in matches if allow), None)


def _matches(layer: str, policies: Sequence[Policy], request: Request) -> Iterator[tuple[bool, Match]]:
    for policy in policies:
        for statement in policy.statements:
            if matches(statement, request):
                yield statement.allow, Match(layer=layer, policy=policy.name, sid=statement.sid)


def matches(statement: PolicyStatement, request: Request) -> bool:
    """Whether a statement applies to a request: action, resource, principal and every condition."""
    return (
        _action(statement, request.action)
        and _resource(statement, request)
        and _principal(statement, request)
        and all(
            holds(operator, key, wanted, request)
            for operator, tests in statement.conditions.items()
            for key, wanted in tests.items()
        )
    )


def _action(statement: PolicyStatement, action: str) -> bool:
    lowered = action.lower()
    if statement.actions is not None:
        return any(like(lowered, pattern.lower()) for pattern in statement.actions)
    return not any(like(lowered, pattern.lower()) for pattern in statement.not_actions or ())


def _resource(statement: PolicyStatement, request: Request) -> bool:
    def named(patterns: Sequence[str]) -> bool:
        filled = (substituted(pattern, request) for pattern in patterns)
        return any(pattern is not None and like(request.resource, pattern) for pattern in filled)

    if statement.resources is not None:
        return named(statement.resources)
    return statement.not_resources is None or not named(statement.not_resources)


def _principal(statement: PolicyStatement, request: Request) -> bool:
    if statement.principals is not None:
        return _names(statement.principals, request)
    return statement.not_principals is None or not _names(statement.not_principals, request)


def _names(principals: Mapping[str, Sequence[str]], request: Request) -> bool:
    principal = request.principal
    if "*" in principals:
        return True
    if principal.kind is PrincipalKind.SERVICE:
        return principal.arn in principals.get("Service", ())
    own = {principal.arn, principal.account, f"arn:aws:iam::{principal.account}:root", "*"}
    return any(one in own for one in principals.get("AWS", ()))
