"""Rights of functions: their own log, traces, and network interfaces in their region; nothing else."""

import json
from typing import Any

import pulumi
import pytest

from authorization import Policies, Policy, Principal, Request, evaluate
from components.functions import function_in_vpc, function_role
from tests.recorder import ACCOUNT, record

EAST, WEST = "us-east-1", "us-west-2"
LOG = f"arn:aws:logs:{EAST}:{ACCOUNT}:log-group:/aws/lambda"
INTERFACES = (
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
)


def declare() -> None:
    function_role(
        "keeper",
        service="lambda.amazonaws.com",
        role_name="hipaa-ml-keeper",
        description="x",
        account_id=ACCOUNT,
        boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/boundary",
        rights=function_in_vpc(EAST, ACCOUNT, "keeper"),
        opts=pulumi.ResourceOptions(),
    )


def inputs_of(kind: str) -> Any:
    [resource] = record(declare).of(kind)
    return resource.inputs


def allowed(action: str, resource: str = "*", region: str = EAST) -> bool:
    rights = Policy.parse("rights", json.loads(inputs_of("iam/rolePolicy:RolePolicy")["policy"]))
    request = Request(
        principal=Principal.of(f"arn:aws:iam::{ACCOUNT}:role/hipaa-ml-keeper"),
        action=action,
        resource=resource,
        context={"aws:RequestedRegion": [region]},
    )
    return evaluate(request, Policies(identity=[rights])).allowed


@pytest.mark.parametrize("action", INTERFACES)
def test_interfaces_are_managed_in_the_region_of_the_function_only(action: str) -> None:
    assert allowed(action)
    assert not allowed(action, region=WEST)


@pytest.mark.parametrize("action", ["logs:CreateLogStream", "logs:PutLogEvents"])
def test_function_writes_its_own_log_only(action: str) -> None:
    assert allowed(action, f"{LOG}/keeper:log-stream:1")
    assert not allowed(action, f"{LOG}/other:log-stream:1")


def test_function_writes_traces_and_has_no_other_right() -> None:
    assert allowed("xray:PutTraceSegments")
    assert not allowed("s3:GetObject", "arn:aws:s3:::bucket/key")
    assert not allowed("ec2:RunInstances")


def test_role_has_the_boundary_and_trusts_the_service_for_its_account() -> None:
    role = inputs_of("iam/role:Role")
    assert role["permissionsBoundary"] == f"arn:aws:iam::{ACCOUNT}:policy/boundary"
    [trust] = json.loads(role["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
