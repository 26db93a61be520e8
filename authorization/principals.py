"""The `Principal` and `NotPrincipal` elements.

Source: IAM User Guide, "AWS JSON policy elements: Principal" and "NotPrincipal".
"""

from collections.abc import Mapping, Sequence
from enum import IntEnum

from authorization.documents import PolicyStatement
from authorization.requests import Principal, PrincipalKind

Principals = Mapping[str, Sequence[str]]
"""Principal type (`AWS`, `Service`, `*`) -> the principals named."""


class Naming(IntEnum):
    """Forms in which a `Principal` element names a principal, in ascending order of directness."""

    NOT_NAMED = 0
    ACCOUNT = 1
    """The account: its identity policies decide."""
    ROLE = 2
    """The ARN of the role that the session assumed."""
    EVERYONE = 3
    """`*`, alone or as an AWS principal; AWS services are included."""
    ITSELF = 4
    """The ARN of the user, role session or root user, or the service's name."""


def naming(principals: Principals, principal: Principal) -> Naming:
    """The most direct way in which a `Principal` element names a principal."""
    aws = principals.get("AWS", ())
    if _names_itself(principals, principal):
        return Naming.ITSELF
    if "*" in principals or "*" in aws:
        return Naming.EVERYONE
    if principal.kind in (PrincipalKind.SERVICE, PrincipalKind.FEDERATED):
        return Naming.NOT_NAMED
    if principal.kind is not PrincipalKind.ROOT and principal.arn in aws:
        return Naming.ROLE
    return Naming.ACCOUNT if _names_account(principals, principal) else Naming.NOT_NAMED


def _names_itself(principals: Principals, principal: Principal) -> bool:
    if principal.kind is PrincipalKind.SERVICE:
        return principal.arn in principals.get("Service", ())
    if principal.kind is PrincipalKind.FEDERATED:
        return principal.arn in principals.get("Federated", ())
    aws = principals.get("AWS", ())
    if principal.kind is PrincipalKind.USER:
        return principal.arn in aws
    return bool(principal.session_arn) and principal.session_arn in aws


def principal_applies(statement: PolicyStatement, principal: Principal) -> bool:
    """Return whether a statement's `Principal` or `NotPrincipal` element applies to a principal.

    `NotPrincipal` with `Deny` spares a principal only if the element lists all of its identities: the account, the user
    or role, and for a role session the session.
    """
    if statement.principals is not None:
        return bool(naming(statement.principals, principal))
    if statement.not_principals is None:
        return True
    if statement.allow or principal.kind in (PrincipalKind.SERVICE, PrincipalKind.FEDERATED):
        return not naming(statement.not_principals, principal)
    return not _lists_every_identity(statement.not_principals, principal)


def _lists_every_identity(principals: Principals, principal: Principal) -> bool:
    aws = principals.get("AWS", ())
    if "*" in principals or "*" in aws:
        return True
    identities = {principal.caller_arn, principal.arn} - {principal.root_arn}
    return _names_account(principals, principal) and identities <= set(aws)


def _names_account(principals: Principals, principal: Principal) -> bool:
    return any(name in (principal.account, principal.root_arn) for name in principals.get("AWS", ()))
