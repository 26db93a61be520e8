"""`SimulatePrincipalPolicy` is decided by identity policies and boundary, as IAM documents it."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import Endpoints

ROLE = "arn:aws:iam::111122223333:role/simulated"
OBJECT = "arn:aws:s3:::records/2026.parquet"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture(scope="module")
def iam(endpoints: Endpoints) -> Any:
    client = endpoints.client("iam", "us-east-1")
    trust = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}
    boundary = client.create_policy(
        PolicyName="simulated-boundary",
        PolicyDocument=document({"Effect": "Allow", "Action": ["s3:*", "kms:Decrypt"], "Resource": "*"}),
    )["Policy"]["Arn"]
    client.create_role(RoleName="simulated", AssumeRolePolicyDocument=document(trust), PermissionsBoundary=boundary)
    allow = {"Effect": "Allow", "Action": ["s3:GetObject", "sqs:SendMessage", "kms:Decrypt"], "Resource": "*"}
    by_prefix = {
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": "*",
        "Condition": {"StringEquals": {"s3:prefix": ["team/"]}},
    }
    deny = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::records/secret/*"}
    client.put_role_policy(RoleName="simulated", PolicyName="inline", PolicyDocument=document(allow, by_prefix, deny))
    return client


def simulate(iam: Any, action: str, resource: str = OBJECT, **context: str) -> str:
    entries = [
        {"ContextKeyName": key, "ContextKeyType": "string", "ContextKeyValues": [value]}
        for key, value in context.items()
    ]
    (result,) = iam.simulate_principal_policy(
        PolicySourceArn=ROLE, ActionNames=[action], ResourceArns=[resource], ContextEntries=entries
    )["EvaluationResults"]
    return str(result["EvalDecision"])


@pytest.mark.parametrize(
    ("action", "resource", "decision"),
    [
        ("s3:GetObject", OBJECT, "allowed"),
        ("s3:GetObject", "arn:aws:s3:::records/secret/x", "explicitDeny"),
        ("s3:PutObject", OBJECT, "implicitDeny"),
        ("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/1", "allowed"),
        ("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:queue", "implicitDeny"),  # outside the boundary
    ],
)
def test_decision_follows_identity_policies_and_boundary(iam: Any, action: str, resource: str, decision: str) -> None:
    assert simulate(iam, action, resource) == decision


def test_condition_is_decided_with_context_entries(iam: Any) -> None:
    assert simulate(iam, "s3:ListBucket", "arn:aws:s3:::records", **{"s3:prefix": "team/"}) == "allowed"
    assert simulate(iam, "s3:ListBucket", "arn:aws:s3:::records", **{"s3:prefix": "other/"}) == "implicitDeny"
    assert simulate(iam, "s3:ListBucket", "arn:aws:s3:::records") == "implicitDeny"


def test_each_resource_has_its_own_decision(iam: Any) -> None:
    secret = "arn:aws:s3:::records/secret/x"
    (result,) = iam.simulate_principal_policy(
        PolicySourceArn=ROLE, ActionNames=["s3:GetObject"], ResourceArns=[OBJECT, secret]
    )["EvaluationResults"]
    decisions = {item["EvalResourceName"]: item["EvalResourceDecision"] for item in result["ResourceSpecificResults"]}
    assert decisions == {OBJECT: "allowed", secret: "explicitDeny"}


def test_unknown_principal_is_refused(iam: Any) -> None:
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.simulate_principal_policy(
            PolicySourceArn="arn:aws:iam::111122223333:role/missing", ActionNames=["s3:GetObject"]
        )
