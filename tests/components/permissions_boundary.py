"""The permissions boundary of the roles of an account, and which rights it leaves out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from authorization import Policies, Policy, Principal, Request, evaluate
from components.baseline.boundary import boundary
from components.baseline.rights import Scope
from tests.recorder import ACCOUNT

REGION: Final = "us-east-1"
SCOPE: Final = Scope(
    prefix="hipaa-ml",
    account_id=ACCOUNT,
    regions=[REGION],
    boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/hipaa-ml-boundary",
    own_role_arns=[f"arn:aws:iam::{ACCOUNT}:role/hipaa-ml-deploy"],
    management_account_id=ACCOUNT,
    access_role="Admin",
)
"""Scope of the rights and of the boundary of an account."""


def outside_boundary(statements: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The actions and resources of Allow statements that the boundary of a workload account does not contain.

    The evaluator wants the policy of a key beside that of a role: actions of KMS are left out.
    """
    most = Policy.parse("boundary", {"Version": "2012-10-17", "Statement": boundary("workload", SCOPE)})
    asked = [pair for statement in statements for pair in _pairs(statement)]
    assert asked
    return [
        (action, resource)
        for action, resource in asked
        if not evaluate(
            Request(
                principal=Principal.of(f"arn:aws:iam::{ACCOUNT}:role/x"),
                action=action,
                resource=resource,
                resource_account=ACCOUNT,
                context={"aws:RequestedRegion": [REGION]},
            ),
            Policies(identity=[most]),
        ).allowed
    ]


def _pairs(statement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for action in _listed(statement["Action"]):
        if not action.startswith("kms:"):
            yield from ((action, resource) for resource in _listed(statement["Resource"]))


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
