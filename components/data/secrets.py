"""A secret that Secrets Manager generates, rotates and replicates; its value is in neither code, state nor logs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import cloudwatch, iam, lambda_, secretsmanager

from components.data.names import DataNames
from components.documents import Statement, document
from components.tokens import type_token

ROTATION_DAYS: Final = 90
RUNTIME: Final = "python3.13"


@dataclass(frozen=True, kw_only=True, slots=True)
class DataSecretArgs:
    """A secret."""

    names: DataNames
    secret: str
    """Name after the prefix of the zone."""
    description: str
    region: str
    key_arn: pulumi.Input[str]
    replica_region: str
    replica_key_arn: pulumi.Input[str]
    readers: Sequence[pulumi.Input[str]]
    """`aws:PrincipalArn` patterns of the principals that may read it; the resource policy denies it to others."""
    log_key_arn: pulumi.Input[str]
    log_days: int
    boundary_arn: pulumi.Input[str]
    rotation: str
    """Text of the Python module whose `handler` rotates it."""
    reserved_concurrency: int | None = None
    """Concurrent executions that are reserved for the function; none if not set."""


class DataSecret(pulumi.ComponentResource):
    """`hipaa-ml:data:DataSecret`: a secret with rotation.

    Creates an `aws.secretsmanager.Secret`, its `SecretPolicy` and `SecretRotation`, and the `aws.lambda.Function` of
    the rotation with its role, permission and log group.

    The secret is empty until the first rotation, in which Secrets Manager generates the value.
    """

    def __init__(self, name: str, args: DataSecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        secret = secretsmanager.Secret(
            f"{name}-secret",
            name=f"{args.names.prefix}/{args.secret}",
            description=args.description,
            kms_key_id=args.key_arn,
            recovery_window_in_days=30,
            replicas=[
                secretsmanager.SecretReplicaArgs(region=args.replica_region, kms_key_id=args.replica_key_arn),
            ],
            opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True),
        )
        rotator = args.names.role_arn(args.names.service_role("secret-rotation"))
        secretsmanager.SecretPolicy(
            f"{name}-policy",
            secret_arn=secret.arn,
            block_public_policy=True,
            policy=document([_readers_only([*args.readers, rotator])]),
            opts=child,
        )
        function, allowed = _function(name, secret.arn, args, child)
        secretsmanager.SecretRotation(
            f"{name}-rotation",
            secret_id=secret.id,
            rotation_lambda_arn=function.arn,
            rotation_rules=secretsmanager.SecretRotationRotationRulesArgs(automatically_after_days=ROTATION_DAYS),
            rotate_immediately=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[allowed]),
        )
        self.arn = secret.arn
        self.register_outputs({"arn": self.arn})


def _readers_only(readers: Sequence[pulumi.Input[str]]) -> Statement:
    return {
        "Sid": "ReadersOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "*",
        "Condition": {"ArnNotLike": {"aws:PrincipalArn": list(readers)}},
    }


def _function(
    name: str, secret_arn: pulumi.Input[str], args: DataSecretArgs, opts: pulumi.ResourceOptions
) -> tuple[lambda_.Function, lambda_.Permission]:
    names = args.names
    function_name = f"{names.prefix}-rotate-{args.secret}"
    trust: Statement = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    role = iam.Role(
        f"{name}-function-role",
        name=names.service_role("secret-rotation"),
        description="Gives secrets new values",
        assume_role_policy=document([trust]),
        permissions_boundary=args.boundary_arn,
        opts=opts,
    )
    logs = cloudwatch.LogGroup(
        f"{name}-function-logs",
        name=f"/aws/lambda/{function_name}",
        retention_in_days=args.log_days,
        kms_key_id=args.log_key_arn,
        opts=opts,
    )
    rights = iam.RolePolicy(
        f"{name}-function-rights",
        role=role.id,
        policy=document(_rotator(secret_arn, logs.arn, args)),
        opts=opts,
    )
    function = lambda_.Function(
        f"{name}-function",
        name=function_name,
        description="Rotates a secret: asks Secrets Manager for a random value and gives it back",
        role=role.arn,
        runtime=RUNTIME,
        handler="handler.handler",
        code=pulumi.AssetArchive({"handler.py": pulumi.StringAsset(args.rotation)}),
        timeout=30,
        memory_size=128,
        reserved_concurrent_executions=args.reserved_concurrency,
        tracing_config=lambda_.FunctionTracingConfigArgs(mode="Active"),
        logging_config=lambda_.FunctionLoggingConfigArgs(log_format="JSON", log_group=logs.name),
        opts=pulumi.ResourceOptions(parent=opts.parent, depends_on=[rights]),
    )
    allowed = lambda_.Permission(
        f"{name}-function-permission",
        function=function.name,
        action="lambda:InvokeFunction",
        principal="secretsmanager.amazonaws.com",
        source_account=names.account_id,
        opts=opts,
    )
    return function, allowed


def _rotator(secret_arn: pulumi.Input[str], log_group_arn: pulumi.Input[str], args: DataSecretArgs) -> list[Statement]:
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
            "Resource": secret_arn,
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
        {
            "Sid": "Log",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": pulumi.Output.format("{0}:*", log_group_arn),
        },
        {
            "Sid": "Trace",
            "Effect": "Allow",
            # X-Ray takes traces without a resource.
            "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
            "Resource": "*",
        },
    ]
