"""Random requests against the zone's compiled SCPs and RCPs get the same decision from `@cloud-copilot/iam-simulate`.

IAM_SIMULATE_REQUESTS sets the number of requests, 500 by default; the seed is fixed. `make differential` decides 10,000
and prints the agreement.
"""

import json
import os
import random
import re
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from authorization import Decision, Policies, Policy, Principal, Request, evaluate
from controls.compiler.words import former_names
from controls.model import PolicyType
from tests.authorization.test_differential import ALLOW_ALL, Simulate, document, outcome, simulate
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


Levels = Sequence[tuple[str, Sequence[Policy], Sequence[dict[str, Any]]]]
"""The levels of an account from the root down, each with its policies parsed and as documents."""
EVERYTHING: Final = {
    PolicyType.SCP: ("FullAWSAccess", document(ALLOW_ALL)),
    PolicyType.RCP: ("RCPFullAWSAccess", document({**ALLOW_ALL, "Principal": "*"})),
}


def _levels(account: str, policy_type: PolicyType) -> Levels:
    steps = PLACES[account].ou.split("/")
    full, full_document = EVERYTHING[policy_type]
    levels: list[tuple[str, Sequence[Policy], Sequence[dict[str, Any]]]] = []
    for path in ["/", *("/".join(steps[: depth + 1]) for depth in range(len(steps)))]:
        documents: list[dict[str, Any]] = [
            {"name": full, "policy": full_document},
            *(
                {"name": policy.name, "policy": json.loads(policy.content)}
                for policy in GUARDED.compiled.at(path, policy_type)
            ),
        ]
        levels.append((path, [Policy.parse(row["name"], row["policy"]) for row in documents], documents))
    return levels


SCPS: Final = {name: _levels(name, PolicyType.SCP) for name, place in PLACES.items() if place.ou}
RCPS: Final = {name: _levels(name, PolicyType.RCP) for name, place in PLACES.items() if place.ou}


def _drawn(choice: random.Random) -> tuple[str, str, Request]:
    """A row of the tables from another account, by another role, with some of its condition keys changed or dropped.

    Returns:
        The principal's account, the resource's account, and the request.
    """
    row = choice.choice(ROWS)
    account = choice.choice(list(SCPS))
    owner = account if choice.random() < 0.8 else choice.choice(list(SCPS))
    number, owner_number = PLACES[account].account, PLACES[owner].account
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
    # iam-simulate has no aws:ResourceOrgID for some actions without a resource, and no organization to compare with it.
    stranger = choice.random() < 0.1 and row["resource"] != "*"
    organization = "o-stranger" if stranger else "o-example"
    context |= {"aws:PrincipalOrgID": organization, "aws:PrincipalArn": role, "aws:PrincipalAccount": number}
    context |= {
        "aws:PrincipalIsAWSService": "false",
        "aws:ResourceAccount": owner_number,
        "aws:ResourceOrgID": "o-example",
    }
    resource = OWNER.sub(owner_number, row["resource"])
    if owner_number not in resource:
        owner, owner_number = account, number  # buckets and `*` name no account
        context["aws:ResourceAccount"] = number
    return (
        account,
        owner,
        Request(
            principal=Principal.of(role),
            action=row["action"],
            resource=resource,
            resource_account=owner_number,
            context={key: [value] if isinstance(value, str) else value for key, value in context.items()},
        ),
    )


def _simulation(account: str, owner: str, request: Request) -> dict[str, Any]:
    """The request as iam-simulate reads it; the resource's policy allows a principal of another account."""
    simulated: dict[str, Any] = {
        "request": {
            "principal": request.principal.arn,
            "action": request.action,
            "resource": {"resource": request.resource, "accountId": request.resource_account},
            "contextVariables": {
                key: values[0] if len(values) == 1 else list(values) for key, values in request.context.items()
            },
        },
        "identityPolicies": [{"name": "identity", "policy": document(ALLOW_ALL)}],
        "serviceControlPolicies": [
            {"orgIdentifier": path, "policies": list(documents)} for path, _, documents in SCPS[account]
        ],
        "resourceControlPolicies": [
            {"orgIdentifier": path, "policies": list(documents[1:])}  # iam-simulate adds RCPFullAWSAccess itself
            for path, _, documents in RCPS[owner]
        ],
    }
    return simulated if account == owner else {**simulated, "resourcePolicy": _open(request)}


def _open(request: Request) -> dict[str, Any]:
    """A resource policy that allows the request's principal everything."""
    return document({**ALLOW_ALL, "Principal": {"AWS": request.principal.arn}})


def _decision(account: str, owner: str, request: Request) -> Decision:
    return evaluate(
        request,
        Policies(
            identity=[Policy.parse("identity", document(ALLOW_ALL))],
            resource=None if account == owner else Policy.parse("resource", _open(request)),
            scps=[(path, policies) for path, policies, _ in SCPS[account]],
            rcps=[(path, policies) for path, policies, _ in RCPS[owner]],
        ),
    )


def test_deployed_guardrails_decide_alike(simulate: Simulate) -> None:
    choice = random.Random(13)
    decided = denied = 0
    left_out: Counter[str] = Counter()
    differences: list[str] = []
    denying: set[str] = set()
    while decided < REQUESTS:
        assert sum(left_out.values()) < 10 * REQUESTS, left_out
        account, owner, request = _drawn(choice)
        if not has_resource(request.action, request.resource):
            left_out["the action has no such resource"] += 1
            continue
        if former_names(request.action.partition(":")[0]).keys() & request.context.keys():
            left_out["it has a condition key by its former name, which iam-simulate does not evaluate"] += 1
            continue
        decision = _decision(account, owner, request)
        try:
            expected = simulate(_simulation(account, owner, request))
        except (AssertionError, KeyError):
            left_out["iam-simulate drops a condition key that its tables do not list for the action"] += 1
            continue
        if expected not in ("Allowed", "ExplicitlyDenied", "ImplicitlyDenied"):
            left_out[f"iam-simulate answers with an error: {_error(expected)}"] += 1
            continue
        decided += 1
        denied += not decision.allowed
        denying |= {match.sid for match in decision.because if not decision.allowed}
        if ":role/aws-reserved/" in request.resource and expected == "ImplicitlyDenied":
            # UnmodifiableEntityException of a role of IAM Identity Center is no authorization decision.
            left_out["decided otherwise: IAM itself refuses to change the role"] += 1
        elif outcome(decision) != expected:
            differences.append(f"{expected}, not {decision}: {account} {owner} {request.action} {request.context}")
    report = f"{decided} requests decided, {denied} denied by {len(denying)} statements, {len(differences)} differently"
    rows = [f"  left out: {count}: {reason}" for reason, count in left_out.most_common()]
    sys.stdout.write("\n".join([report, *rows, ""]))
    assert 0.1 < denied / decided < 0.95
    assert differences == []


def _error(answer: str) -> str:
    errors = json.loads(answer)
    return str(errors.get("message", answer))[:80] if isinstance(errors, dict) else answer[:80]
