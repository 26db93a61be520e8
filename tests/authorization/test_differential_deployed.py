"""Random requests against the zone's compiled guardrails get the same decision from `@cloud-copilot/iam-simulate`.

IAM_SIMULATE_REQUESTS sets the number of requests, 500 by default; the seed is fixed.
"""

import json
import os
import random
import re
from collections.abc import Sequence
from typing import Any, Final

from authorization import Policies, Policy, Principal, Request, evaluate
from controls.model import PolicyType
from tests.authorization.test_differential import ALLOW_ALL, Simulate, document, simulate
from tests.controls.resource_types import has_resource
from tests.controls.test_controls_requests import ANSWERS, GUARDED, PLACES

__all__ = ["simulate"]
OWNER: Final = re.compile(r"(?<=:)\d{12}(?=:)")
REQUESTS: Final = int(os.environ.get("IAM_SIMULATE_REQUESTS", "500"))
ROLES: Final = ("team/scientist", "hipaa-ml-deploy", "hipaa-ml-break-glass", "hipaa-ml-model-approver", "x")
ROWS: Final = [
    answer.request
    for answer in ANSWERS
    if ":role/" in answer.request["principal"] and "aws-service-role" not in answer.request["principal"]
]


def _levels(account: str) -> Sequence[tuple[str, Sequence[Policy], Sequence[dict[str, Any]]]]:
    """The levels of an account, each with its SCPs parsed and as documents."""
    steps = PLACES[account].ou.split("/")
    levels: list[tuple[str, Sequence[Policy], Sequence[dict[str, Any]]]] = []
    for path in ["/", *("/".join(steps[: depth + 1]) for depth in range(len(steps)))]:
        documents: list[dict[str, Any]] = [
            {"name": "FullAWSAccess", "policy": document(ALLOW_ALL)},
            *(
                {"name": policy.name, "policy": json.loads(policy.content)}
                for policy in GUARDED.compiled.at(path, PolicyType.SCP)
            ),
        ]
        levels.append((path, [Policy.parse(row["name"], row["policy"]) for row in documents], documents))
    return levels


LEVELS: Final = {name: _levels(name) for name, place in PLACES.items() if place.ou}


def _drawn(choice: random.Random) -> tuple[str, Request]:
    """A row of the tables from another account, by another role, with some of its condition keys changed or dropped."""
    row = choice.choice(ROWS)
    account = choice.choice(list(LEVELS))
    number = PLACES[account].account
    context: dict[str, str | list[str]] = json.loads(row["context"] or "{}")
    for key in list(context):
        if key != "aws:RequestedRegion" and choice.random() < 0.2:
            del context[key]
        elif context.get(key) in ("true", "false") and choice.random() < 0.2:
            context[key] = choice.choice(["true", "false"])
    if choice.random() < 0.1:
        context["aws:RequestedRegion"] = choice.choice(["us-west-2", "eu-west-1"])
    role = f"arn:aws:iam::{number}:role/{choice.choice(ROLES)}"
    # iam-simulate derives no key from the principal.
    context |= {"aws:PrincipalOrgID": "o-example", "aws:PrincipalArn": role}
    return account, Request(
        principal=Principal.of(role),
        action=row["action"],
        resource=OWNER.sub(number, row["resource"]),
        resource_account=number,
        context={key: [value] if isinstance(value, str) else value for key, value in context.items()},
    )


def test_deployed_guardrails_decide_alike(simulate: Simulate) -> None:
    choice = random.Random(13)
    decided = denied = 0
    differences: list[str] = []
    while decided < REQUESTS:
        account, request = _drawn(choice)
        if not has_resource(request.action, request.resource):
            continue
        levels = LEVELS[account]
        decision = evaluate(
            request,
            Policies(
                identity=[Policy.parse("identity", document(ALLOW_ALL))],
                scps=[(path, policies) for path, policies, _ in levels],
            ),
        )
        try:
            expected = simulate(
                {
                    "request": {
                        "principal": request.principal.arn,
                        "action": request.action,
                        "resource": {"resource": request.resource, "accountId": request.resource_account},
                        "contextVariables": {
                            key: values[0] if len(values) == 1 else list(values)
                            for key, values in request.context.items()
                        },
                    },
                    "identityPolicies": [{"name": "identity", "policy": document(ALLOW_ALL)}],
                    "serviceControlPolicies": [
                        {"orgIdentifier": path, "policies": list(documents)} for path, _, documents in levels
                    ],
                    "resourceControlPolicies": [],
                }
            )
        except (AssertionError, KeyError):
            continue  # iam-simulate does not know the action, the resource or a key
        if expected not in ("Allowed", "ExplicitlyDenied", "ImplicitlyDenied"):
            continue  # an error: the request lacks a resource that iam-simulate asks for
        decided += 1
        denied += not decision.allowed
        if decision.allowed != (expected == "Allowed"):
            differences.append(f"{expected}, not {decision.outcome}: {account} {request.action} {request.context}")
    assert 0.1 < denied / decided < 0.95
    assert differences == []
