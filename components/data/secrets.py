"""A secret that Secrets Manager generates, rotates and replicates; its value is in neither code, state nor logs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import secretsmanager

from components.data.names import DataNames
from components.documents import document
from components.secret_rotation import RotationArgs, readers_only, rotation_function
from components.tokens import type_token

ROTATION_DAYS: Final = 90


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
            policy=document([readers_only([*args.readers, rotator])]),
            opts=child,
        )
        function, allowed = rotation_function(
            name,
            RotationArgs(
                function_name=f"{args.names.prefix}-rotate-{args.secret}",
                role_name=args.names.service_role("secret-rotation"),
                account_id=args.names.account_id,
                region=args.region,
                secrets=[secret.arn],
                key_arn=args.key_arn,
                log_key_arn=args.log_key_arn,
                log_days=args.log_days,
                boundary_arn=args.boundary_arn,
                rotation=args.rotation,
                reserved_concurrency=args.reserved_concurrency,
            ),
            child,
        )
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
