"""The Lambda function that gives secrets new values, which Secrets Manager calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import cloudwatch, iam, lambda_

from components.documents import Statement, document
from components.functions import log_and_trace

RUNTIME: Final = "python3.13"


@dataclass(frozen=True, kw_only=True, slots=True)
class RotationNetwork:
    """The subnets and security groups of a function."""

    subnet_ids: pulumi.Input[Sequence[str]]
    group_ids: Sequence[pulumi.Input[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class RotationArgs:
    """A function that rotates some secrets."""

    function_name: str
    role_name: str
    account_id: pulumi.Input[str]
    region: str
    secrets: Sequence[pulumi.Input[str]]
    """ARNs of the secrets."""
    key_arn: pulumi.Input[str]
    """Key of the secrets."""
    log_key_arn: pulumi.Input[str]
    log_days: int
    boundary_arn: pulumi.Input[str]
    rotation: str
    """Text of the Python module whose `handler` rotates them."""
    reserved_concurrency: int | None = None
    """Concurrent executions that are reserved for the function; none if not set."""
    network: RotationNetwork | None = None
    """Network of the function; None where no VPC exists yet."""


def rotation_function(
    name: str, args: RotationArgs, opts: pulumi.ResourceOptions
) -> tuple[lambda_.Function, lambda_.Permission]:
    """Declares the function with its role and its log, and the permission of Secrets Manager to call it.

    Args:
        name: prefix of the names of the resources.
        args: the function.
        opts: options of every resource, with their parent.
    """
    trust: Statement = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    role = iam.Role(
        f"{name}-function-role",
        name=args.role_name,
        description="Gives secrets new values",
        assume_role_policy=document([trust]),
        permissions_boundary=args.boundary_arn,
        opts=opts,
    )
    logs = cloudwatch.LogGroup(
        f"{name}-function-logs",
        name=f"/aws/lambda/{args.function_name}",
        retention_in_days=args.log_days,
        kms_key_id=args.log_key_arn,
        opts=opts,
    )
    rights = iam.RolePolicy(
        f"{name}-function-rights", role=role.id, policy=document(_rotator(logs.arn, args)), opts=opts
    )
    function = lambda_.Function(
        f"{name}-function",
        name=args.function_name,
        description="Rotates a secret: asks Secrets Manager for a random value and gives it back",
        role=role.arn,
        runtime=RUNTIME,
        handler="handler.handler",
        code=pulumi.AssetArchive({"handler.py": pulumi.StringAsset(args.rotation)}),
        timeout=30,
        memory_size=128,
        reserved_concurrent_executions=args.reserved_concurrency,
        vpc_config=None
        if args.network is None
        else lambda_.FunctionVpcConfigArgs(
            subnet_ids=args.network.subnet_ids, security_group_ids=list(args.network.group_ids)
        ),
        tracing_config=lambda_.FunctionTracingConfigArgs(mode="Active"),
        logging_config=lambda_.FunctionLoggingConfigArgs(log_format="JSON", log_group=logs.name),
        opts=pulumi.ResourceOptions(parent=opts.parent, depends_on=[rights]),
    )
    allowed = lambda_.Permission(
        f"{name}-function-permission",
        function=function.name,
        action="lambda:InvokeFunction",
        principal="secretsmanager.amazonaws.com",
        source_account=args.account_id,
        opts=opts,
    )
    return function, allowed


def readers_only(readers: Sequence[pulumi.Input[str]]) -> Statement:
    """A statement of a secret's policy that denies its value to all but some `aws:PrincipalArn` patterns."""
    return {
        "Sid": "ReadersOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "*",
        "Condition": {"ArnNotLike": {"aws:PrincipalArn": list(readers)}},
    }


def _rotator(log_group_arn: pulumi.Input[str], args: RotationArgs) -> list[Statement]:
    """Secrets Manager User Guide, "Permissions for rotation"."""
    return [
        {
            "Sid": "Rotate",
            "Effect": "Allow",
            "Action": [
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetSecretValue",
                "secretsmanager:PutSecretValue",
                "secretsmanager:UpdateSecretVersionStage",
            ],
            "Resource": args.secrets[0] if len(args.secrets) == 1 else list(args.secrets),
        },
        # Makes a text, reads nothing, and has no resource.
        {"Sid": "Random", "Effect": "Allow", "Action": "secretsmanager:GetRandomPassword", "Resource": "*"},
        {
            "Sid": "UseKey",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": args.key_arn,
            "Condition": {"StringEquals": {"kms:ViaService": f"secretsmanager.{args.region}.amazonaws.com"}},
        },
        *log_and_trace(pulumi.Output.format("{0}:*", log_group_arn)),
        *([] if args.network is None else [_interfaces(args.region)]),
    ]


def _interfaces(region: str) -> Statement:
    """Lambda Developer Guide, "Execution role permissions" of functions in a VPC; interfaces have no fixed ARNs."""
    return {
        "Sid": "Interfaces",
        "Effect": "Allow",
        "Action": [
            "ec2:AssignPrivateIpAddresses",
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:UnassignPrivateIpAddresses",
        ],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:RequestedRegion": region}},
    }
