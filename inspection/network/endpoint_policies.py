"""Asks endpoint policies who gets through: no stranger's credentials, and nobody to a stranger's resources.

The questions follow the AWS whitepaper "Building a data perimeter on AWS", "Network perimeter": only principals of the
organization, only resources of the organization, and listed resources of AWS. Each is decided by `authorization`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from authorization import Policy, PolicyError, PolicyStatement, Principal, PrincipalKind, Request, statement_applies
from authorization.patterns import matches_wildcards
from authorization.reference import service as reference
from authorization.statements import action_applies
from controls import endpoint_services
from controls.aws_owned import aws_owned, is_presigned

OWN_ACCOUNT: Final = "111111111111"
STRANGER: Final = "999999999999"
STRANGERS: Final = "o-stranger000"
OWN: Final = "o-unknown0000"
"""Stands for the organization where its id is not known."""
GIVEN: Final = frozenset(
    {
        *("aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn"),
        *("aws:resourceorgid", "aws:resourceorgpaths", "aws:resourceaccount", "aws:sourcevpc", "aws:sourcevpce"),
        *("aws:principalisawsservice", "aws:viaawsservice", "aws:principaltype", "aws:vpceorgid", "aws:vpceaccount"),
    }
)
"""Condition keys whose values AWS sets; all others are taken to be the caller's choice."""
OTHERS: Final = ("s3:PutObject", "sts:AssumeRole", "kms:Decrypt")
"""Actions that a policy of another service's endpoint is asked about."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A request that an endpoint policy answers otherwise than it should."""

    message: str
    statement: str


@dataclass(frozen=True, slots=True)
class _Party:
    """Who calls, or whose resource is called."""

    name: str
    account: str
    organization: str
    """Empty for a party without an organization."""


def violations(
    policy: str, service: str, region: str, organization: str, accounts: frozenset[str] = frozenset()
) -> Sequence[Answer]:
    """The requests that an endpoint's policy must not let through and does, and whether it lets nothing through.

    Args:
        policy: JSON text; empty if there is none.
        service: the endpoint's service.
        region: the endpoint's region.
        organization: id of the own organization; empty if it is not known.
        accounts: ids of the organization's accounts; empty if they are not known.
    """
    if not policy:
        return [Answer("there is no policy, which allows everything", "")]
    return _violations(policy, service, region, organization or OWN, accounts)


@lru_cache(maxsize=512)
def _violations(text: str, service: str, region: str, organization: str, accounts: frozenset[str]) -> Sequence[Answer]:
    try:
        policy = Policy.parse("endpoint policy", text)
        parties = list(_parties(policy, organization, accounts))
        answers = list(_allowed(policy, _prefix(service), region, parties))
    except PolicyError as error:
        return [Answer(f"the policy cannot be evaluated: {error}", "")]
    by_message = {answer.message: answer for answer in answers}
    return list(by_message.values())


def _prefix(service: str) -> str:
    return endpoint_services.service(service).actions if service in endpoint_services.known() else service


def _parties(policy: Policy, organization: str, accounts: frozenset[str]) -> Iterator[_Party]:
    """The organization first, then strangers, among them those that the policy names."""
    values = {
        (key.lower(), value)
        for statement in policy.statements
        for tests in statement.conditions.values()
        for key, named in tests.items()
        for value in named
    }
    named = {value for key, value in values if key in ("aws:principalaccount", "aws:resourceaccount")}
    yield _Party("the organization", min(named & accounts, default=OWN_ACCOUNT), organization)
    yield _Party("another organization", STRANGER, STRANGERS)
    yield _Party("no organization", STRANGER, "")
    for account in sorted(named - accounts) if accounts else ():
        yield _Party(f"account {account}, which is not the organization's,", account, STRANGERS)
    for key, value in sorted(values):
        if key in ("aws:principalorgid", "aws:resourceorgid") and value != organization and "*" not in value:
            yield _Party(f"the organization {value}", STRANGER, value)


def _allowed(policy: Policy, prefix: str, region: str, parties: Sequence[_Party]) -> Iterator[Answer]:
    own = parties[0]
    forbidden = [(caller, owner) for caller in parties for owner in parties if not caller is owner is own]
    has_deny = any(not statement.allow for statement in policy.statements)
    anything = False
    for statement in (statement for statement in policy.statements if statement.allow):
        actions = list(_actions(statement, prefix))
        for action in actions if has_deny else actions[:1]:
            for resource in _resources(statement, prefix):
                for caller, owner in forbidden:
                    if is_presigned(action, resource) or (
                        caller is own and _is_aws_owned(action, resource, prefix, region)
                    ):
                        continue
                    if any(_passes(policy, probe) for probe in _requests(statement, action, resource, caller, owner)):
                        message = f"lets credentials of {caller.name} call {action} on resources of {owner.name}"
                        yield Answer(message, statement.sid)
                anything = anything or any(
                    _passes(policy, probe) for probe in _requests(statement, action, resource, own, own)
                )
    if not anything:
        yield Answer("lets no call of the organization itself through", "")


def _passes(policy: Policy, request: Request) -> bool:
    applying = [statement for statement in policy.statements if statement_applies(statement, request)]
    return bool(applying) and all(statement.allow for statement in applying)


def _actions(statement: PolicyStatement, prefix: str) -> Iterator[str]:
    """Actions that a statement is about, of the endpoint's service before others."""
    known = [f"{prefix}:{action.name}" for action in reference(prefix).actions.values()]
    yield from (action for action in (*known, *OTHERS) if action_applies(statement, action))
    yield from (pattern.replace("*", "Any").replace("?", "x") for pattern in statement.actions or () if ":" in pattern)


def _resources(statement: PolicyStatement, prefix: str) -> Sequence[str]:
    """A resource for each pattern of a statement."""
    if statement.resources is None:
        return [f"arn:aws:{prefix}:us-east-1:{STRANGER}:any"]
    return [pattern.replace("*", "any").replace("?", "x") for pattern in statement.resources]


def _is_aws_owned(action: str, resource: str, prefix: str, region: str) -> bool:
    return any(
        matches_wildcards(resource, pattern) and action in actions
        for pattern, actions in aws_owned(prefix, region).items()
    )


def _requests(
    statement: PolicyStatement, action: str, resource: str, caller: _Party, owner: _Party
) -> Iterator[Request]:
    """Requests of a caller who chooses every value that AWS does not set so that the statement applies."""
    chosen: dict[str, Sequence[str]] = {}
    roles = [f"arn:aws:iam::{caller.account}:role/any"]
    for operator, tests in statement.conditions.items():
        for key, values in tests.items():
            if key.lower() == "aws:principalarn":
                roles += [role for value in values if (role := _role(value, caller.account))]
            elif key.lower() not in GIVEN and "Not" not in operator and operator != "Null":
                chosen[key] = [value.replace("*", "any").replace("?", "x") for value in values[:1]]
    context: dict[str, Sequence[str]] = {**chosen, "aws:ResourceAccount": [owner.account]}
    for key, party in (("Principal", caller), ("Resource", owner)):
        if party.organization:
            context[f"aws:{key}OrgID"] = [party.organization]
            context[f"aws:{key}OrgPaths"] = [f"{party.organization}/r-any/ou-any/"]
    for role in roles:
        principal = Principal(arn=role, account=caller.account, kind=PrincipalKind.ROLE)
        yield Request(
            principal=principal, action=action, resource=resource, resource_account=owner.account, context=context
        )


def _role(pattern: str, account: str) -> str:
    """The ARN of a caller's own role that a pattern matches; empty if the pattern names another account."""
    parts = pattern.split(":")
    if pattern == "*" or len(parts) < 6:  # noqa: PLR2004 - an ARN has six parts
        return ""
    if not matches_wildcards(account, parts[4]):
        return ""
    name = parts[5].replace("*", "any").replace("?", "x")
    return f"arn:aws:iam::{account}:{name}"


__all__ = ["Answer", "violations"]
