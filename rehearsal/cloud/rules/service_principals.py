"""Decides what AWS services may do by themselves, by the policy of the resource alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from authorization import Policies, Policy, PolicyStatement, Principal, Request, evaluate
from rehearsal.cloud.authorization.resource_policies import resource_policy


def service_may(
    service: str, action: str, arn: str, account: str, context: Mapping[str, Sequence[str]], *, undecidable: str = ""
) -> bool:
    """Return whether the policy of a resource lets a service perform an action.

    Args:
        service: principal of the service, such as `config.amazonaws.com`.
        action: the action, `service:Action`.
        arn: ARN of the resource.
        account: account that owns the resource, 12 digits.
        context: condition key -> values that the service sends.
        undecidable: condition key in lower case whose value is not known yet, such as the ARN of a resource that is
            about to be created; conditions on it do not decide.
    """
    policy = resource_policy(arn, action)
    if policy is None:
        return False
    if undecidable:
        policy = Policy(name=policy.name, statements=list(_decidable(policy.statements, undecidable)))
    request = Request(
        principal=Principal.of(service), action=action, resource=arn, resource_account=account, context=context
    )
    return evaluate(request, Policies(resource=policy)).allowed


def _decidable(statements: Sequence[PolicyStatement], key: str) -> Iterator[PolicyStatement]:
    """Allow statements without their conditions on a key, and Deny statements that have none on it."""
    for statement in statements:
        conditions = {
            operator: {name: values for name, values in tests.items() if name.lower() != key}
            for operator, tests in statement.conditions.items()
        }
        if statement.allow:
            yield replace(statement, conditions={operator: tests for operator, tests in conditions.items() if tests})
        elif conditions == statement.conditions:
            yield statement
