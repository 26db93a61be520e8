"""Whether a statement applies to a request: action, resource, principal and conditions."""

from collections.abc import Sequence

from authorization.conditions import conditions_hold
from authorization.documents import PolicyStatement
from authorization.patterns import matches_action, matches_wildcards
from authorization.principals import principal_applies
from authorization.requests import Request
from authorization.variables import substitute_variables


def statement_applies(statement: PolicyStatement, request: Request) -> bool:
    """Return whether every element of a statement applies to a request.

    Raises:
        PolicyError: a condition operator that IAM does not have.
    """
    return (
        action_applies(statement, request.action)
        and _resource_applies(statement, request)
        and principal_applies(statement, request.principal)
        and conditions_hold(statement.conditions, request, variables=statement.variables)
    )


def action_applies(statement: PolicyStatement, action: str) -> bool:
    """Return whether the `Action` or `NotAction` element of a statement applies to an action."""
    patterns = statement.not_actions if statement.actions is None else statement.actions
    listed = matches_action(action, patterns or ())
    return listed if statement.actions is not None else not listed


def _resource_applies(statement: PolicyStatement, request: Request) -> bool:
    if statement.resources is not None:
        return _resource_listed(statement.resources, statement, request)
    return statement.not_resources is None or not _resource_listed(statement.not_resources, statement, request)


def _resource_listed(resources: Sequence[str], statement: PolicyStatement, request: Request) -> bool:
    patterns = (substitute_variables(text, request) if statement.variables else text for text in resources)
    return any(pattern is not None and matches_wildcards(request.resource, pattern) for pattern in patterns)
