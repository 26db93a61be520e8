"""Policy evaluation: an explicit deny in any policy wins, and every layer that applies has to allow the request.

Source: IAM User Guide, "Policy evaluation logic" (within one account and across accounts), Organizations User Guide,
"SCP evaluation" and "RCP evaluation". SCPs bind neither the management account nor service-linked roles; RCPs bind
neither the management account's resources nor calls by service-linked roles. AWS PrivateLink Guide, "Control access to
VPC endpoints using endpoint policies": an endpoint policy is evaluated besides all others and grants nothing alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from authorization.decisions import Decision, Match, Outcome
from authorization.documents import Policy
from authorization.principals import Naming, naming
from authorization.requests import PrincipalKind, Request
from authorization.statements import statement_applies

Level = tuple[str, Sequence[Policy]]
"""A level of the organization (root, OU path, account) and the policies attached to it."""

RCP_SERVICES: Final = frozenset(
    {"s3", "sts", "kms", "sqs", "secretsmanager", "cognito-idp", "logs", "dynamodb", "ecr", "aoss"}
)
"""Services whose resources RCPs protect (Organizations User Guide, "Services that support RCPs", 2026-08)."""

ALWAYS_ALLOWED: Final = frozenset({"sts:getcalleridentity"})
"""Actions that no policy can deny, in lower case (AWS STS API Reference, "GetCallerIdentity": no permissions are
required, and the operation succeeds in spite of an explicit deny)."""
RESOURCE: Final = "resource policy"
IDENTITY: Final = "identity policy"
BOUNDARY: Final = "permissions boundary"
SESSION: Final = "session policy"
ENDPOINT: Final = "VPC endpoint policy"


@dataclass(frozen=True, kw_only=True, slots=True)
class Policies:
    """The policies that apply to a request. `None` means that there is no such policy; an empty one allows nothing."""

    identity: Sequence[Policy] = ()
    boundary: Policy | None = None
    session: Policy | None = None
    resource: Policy | None = None
    endpoint: Policy | None = None
    """Policy of the VPC endpoint that the request comes through."""
    scps: Sequence[Level] = ()
    """SCPs per level, from the root to the principal's account."""
    rcps: Sequence[Level] = ()
    """RCPs per level, from the root to the resource's account."""
    management_account: str = ""
    """12 digits; empty if there is no organization."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """The statements of one layer that apply to the request."""

    allows: Sequence[Match]
    denies: Sequence[Match]


def evaluate(request: Request, policies: Policies) -> Decision:
    """Decides a request.

    Args:
        request: the request.
        policies: every policy that applies to it.

    Returns:
        The decision with the statements that led to it.

    Raises:
        PolicyError: a policy uses a condition operator that IAM does not have.
    """
    if request.action.lower() in ALWAYS_ALLOWED:
        return Decision(outcome=Outcome.ALLOWED)
    organization = [
        *((f"RCP on {level}", attached) for level, attached in policies.rcps if _rcps_apply(request, policies)),
        *((f"SCP on {level}", attached) for level, attached in policies.scps if _scps_apply(request, policies)),
    ]
    documents: Mapping[str, Sequence[Policy]] = {
        **dict(organization),
        RESOURCE: [policies.resource] if policies.resource else [],
        IDENTITY: policies.identity,
        BOUNDARY: [policies.boundary] if policies.boundary else [],
        SESSION: [policies.session] if policies.session else [],
        ENDPOINT: [policies.endpoint] if policies.endpoint else [],
    }
    layers = {name: _layer(name, attached, request) for name, attached in documents.items()}
    denies = tuple(match for layer in layers.values() for match in layer.denies)
    if denies:
        return Decision(outcome=Outcome.EXPLICIT_DENY, because=denies)
    granting = _granting_layers(request, policies, layers)
    if policies.endpoint is not None:
        granting.insert(0, ENDPOINT)
    allowing: list[Match] = []
    for name in (*(name for name, _ in organization), *granting):
        if not layers[name].allows:
            return Decision(outcome=Outcome.IMPLICIT_DENY, missing=name)
        allowing.append(layers[name].allows[0])
    return Decision(outcome=Outcome.ALLOWED, because=tuple(allowing))


def _granting_layers(request: Request, policies: Policies, layers: Mapping[str, _Layer]) -> list[str]:
    """The layers below the organization's that have to allow the request.

    Within one account, a resource policy that names the principal directly grants by itself. One that names an IAM
    user, a role session or everyone is not limited by implicit denies of the identity policies, the permissions
    boundary and the session policy; one that names a role is limited by the latter two. One that names the account only
    lets the account's identity policies decide.
    """
    kind = request.principal.kind
    if kind in (PrincipalKind.SERVICE, PrincipalKind.FEDERATED):
        return [RESOURCE]
    limits = [
        *([BOUNDARY] if policies.boundary is not None else []),
        *([SESSION] if policies.session is not None else []),
    ]
    identity = [] if kind is PrincipalKind.ROOT else [IDENTITY]
    across_accounts = bool(request.resource_account) and request.resource_account != request.principal.account
    if across_accounts or _needs_resource_policy(request, policies):
        granted_by_resource = [RESOURCE]
    else:
        granted_by_resource = [RESOURCE] if layers[RESOURCE].allows else []
    named = _most_direct_naming(policies.resource, request)
    if across_accounts or named < Naming.ROLE:
        return [*granted_by_resource, *identity, *limits]
    return granted_by_resource if named > Naming.ROLE else [*granted_by_resource, *limits]


def _needs_resource_policy(request: Request, policies: Policies) -> bool:
    """Return whether the resource's own policy has to allow the request within one account as well.

    A KMS key grants nothing through IAM unless its key policy says so. A role's trust policy has to name the principal
    or its account; without one in `policies` it is not evaluated.
    """
    action = request.action.lower()
    if action.startswith("kms:"):
        return policies.resource is not None or ":key/" in request.resource
    return action.startswith("sts:assumerole") and policies.resource is not None


def _most_direct_naming(policy: Policy | None, request: Request) -> Naming:
    """Return the most direct form in which applicable Allow statements of a resource policy name the principal."""
    return max(
        (
            naming(statement.principals, request.principal)
            for statement in (policy.statements if policy else ())
            if statement.allow and statement.principals is not None and statement_applies(statement, request)
        ),
        default=Naming.NOT_NAMED,
    )


def _scps_apply(request: Request, policies: Policies) -> bool:
    principal = request.principal
    return (
        principal.kind not in (PrincipalKind.SERVICE, PrincipalKind.SERVICE_LINKED_ROLE, PrincipalKind.FEDERATED)
        and principal.account != policies.management_account
    )


def _rcps_apply(request: Request, policies: Policies) -> bool:
    owner = request.resource_account or request.principal.account
    service = request.action.partition(":")[0].lower()
    return (
        service in RCP_SERVICES
        and request.principal.kind is not PrincipalKind.SERVICE_LINKED_ROLE
        and owner != policies.management_account
    )


def _layer(name: str, policies: Sequence[Policy], request: Request) -> _Layer:
    matches = list(_matches(name, policies, request))
    return _Layer(
        allows=[match for allow, match in matches if allow], denies=[match for allow, match in matches if not allow]
    )


def _matches(layer: str, policies: Sequence[Policy], request: Request) -> Iterator[tuple[bool, Match]]:
    for policy in policies:
        for statement in policy.statements:
            if statement_applies(statement, request):
                yield statement.allow, Match(layer=layer, policy=policy.name, sid=statement.sid)
