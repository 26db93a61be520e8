"""IAM: `SimulatePrincipalPolicy`, which moto lacks, decided by `authorization`.

Source: IAM API Reference, `SimulatePrincipalPolicy`. Decided are the principal's identity policies and its permissions
boundary. Service control policies and resource policies are not: a `ResourcePolicy` in the request is refused by name.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.models import IAMBackend
from moto.iam.responses import IamResponse

from authorization import Outcome, Policies, Policy, Principal, Request, evaluate
from rehearsal.cloud.authorization.identity import boundary, own_policies
from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry

DECISIONS: Mapping[Outcome, str] = {
    Outcome.ALLOWED: "allowed",
    Outcome.EXPLICIT_DENY: "explicitDeny",
    Outcome.IMPLICIT_DENY: "implicitDeny",
}


def apply() -> None:
    """Add the operation to backend and response."""
    registry.add_operation(IAMBackend, IamResponse, "simulate_principal_policy", _simulate, _handle_simulate)


def _handle_simulate(self: Any) -> ActionResult:
    if self._get_param("ResourcePolicy"):
        raise AwsError("NotImplemented", "The emulated SimulatePrincipalPolicy does not evaluate a ResourcePolicy")
    results = self.backend.simulate_principal_policy(
        arn=self._get_param("PolicySourceArn"),
        actions=self._get_param("ActionNames"),
        resources=self._get_param("ResourceArns") or ["*"],
        context={
            entry["ContextKeyName"]: entry.get("ContextKeyValues", [])
            for entry in self._get_param("ContextEntries") or []
        },
    )
    return ActionResult({"EvaluationResults": results, "IsTruncated": False})


def _simulate(
    self: Any, *, arn: str, actions: Sequence[str], resources: Sequence[str], context: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    """Decide every action on every resource.

    Args:
        self: moto's IAM backend of the account.
        arn: ARN of the role or user whose policies are evaluated.
        actions: actions in the form `service:Action`.
        resources: resource ARNs, or `*`.
        context: condition key -> values.

    Returns:
        One evaluation result per action, with one result per resource.
    """
    entity = _entity(self, arn)
    policies = Policies(
        identity=own_policies(self.account_id, entity),
        boundary=boundary(self.account_id, entity),
        # Keys and trusts need a resource policy. Without one in the request, IAM decides by the identity's policies.
        resource=_delegation(arn.split(":")[4]),
    )
    results: list[dict[str, Any]] = []
    for action in actions:
        decisions = {resource: _decide(arn, action, resource, context, policies) for resource in resources}
        worst = next((decision for decision in decisions.values() if decision != "allowed"), "allowed")
        specific = [
            {"EvalResourceName": resource, "EvalResourceDecision": decision} for resource, decision in decisions.items()
        ]
        results.append(
            {
                "EvalActionName": action,
                "EvalResourceName": resources[0],
                "EvalDecision": worst,
                "ResourceSpecificResults": specific if len(resources) > 1 else [],
            }
        )
    return results


def _delegation(account: str) -> Policy:
    """A resource policy that leaves the decision to the account's own policies."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "*",
        "Resource": "*",
    }
    return Policy.parse("delegation", {"Version": "2012-10-17", "Statement": [statement]})


def _decide(arn: str, action: str, resource: str, context: Mapping[str, Sequence[str]], policies: Policies) -> str:
    principal = Principal.of(arn)
    request = Request(principal=principal, action=action, resource=resource, context=context)
    return DECISIONS[evaluate(request, policies).outcome]


def _entity(backend: Any, arn: str) -> Any:
    kind, _, path = arn.rpartition(":")[2].partition("/")
    name = path.rpartition("/")[2]
    try:
        return backend.get_role(name) if kind == "role" else backend.get_user(name)
    except Exception as error:
        raise AwsError("NoSuchEntity", f"The {kind} with ARN {arn} cannot be found.") from error
