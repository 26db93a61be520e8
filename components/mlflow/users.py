"""The users of the MLflow server, one per team: their passwords, which nobody but Secrets Manager makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import iam, secretsmanager

from components.documents import document
from components.mlflow.names import ADMINISTRATOR, MlflowNames
from components.secret_rotation import RotationArgs, RotationNetwork, readers_only, rotation_function
from components.tokens import type_token

ROTATION_DAYS: Final = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class MlflowUsersArgs:
    """The users of one environment."""

    names: MlflowNames
    region: str
    account_id: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    """Key of the secrets."""
    log_key_arn: pulumi.Input[str]
    log_days: int
    team_roles: Mapping[str, str]
    """Team -> name of the role that its people use."""
    job_roles: Mapping[str, Sequence[pulumi.Input[str]]]
    """Team -> ARN patterns of the roles of its jobs that log runs."""
    administrator_arns: Sequence[pulumi.Input[str]]
    """`aws:PrincipalArn` patterns of who may read the administrator's password."""
    rotation: str
    """Text of the Python module whose `handler` rotates a secret."""
    network: RotationNetwork
    """Network of the function of the rotations."""
    reserved_concurrency: int | None = None


class MlflowUsers(pulumi.ComponentResource):
    """`hipaa-ml:mlflow:MlflowUsers`: the secrets of the users of the MLflow server.

    Creates per team, and for the administrator, an `aws.secretsmanager.Secret` with its `SecretPolicy` and
    `SecretRotation`, the `aws.lambda.Function` of the rotations with its role, and an `aws.iam.RolePolicy` with which
    the people of a team read their own password.

    A secret is a ring of passwords, oldest first, as the handler of the rotation writes it. The server accepts the
    newest two: a rotation interrupts nobody.
    """

    arns: Mapping[str, pulumi.Output[str]]
    """User -> secret."""

    def __init__(self, name: str, args: MlflowUsersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        keep = pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True)
        secrets = {
            user: secretsmanager.Secret(
                f"{name}-{user}-secret",
                name=args.names.secret(user),
                description=f"Passwords of {user} in MLflow",
                kms_key_id=args.key_arn,
                recovery_window_in_days=30,
                opts=keep,
            )
            for user in (ADMINISTRATOR, *args.team_roles)
        }
        function, allowed = rotation_function(
            name,
            RotationArgs(
                function_name=f"{args.names.name}-rotation",
                role_name=args.names.role("rotation"),
                account_id=args.account_id,
                region=args.region,
                secrets=[secret.arn for secret in secrets.values()],
                key_arn=args.key_arn,
                log_key_arn=args.log_key_arn,
                log_days=args.log_days,
                boundary_arn=args.boundary_arn,
                rotation=args.rotation,
                reserved_concurrency=args.reserved_concurrency,
                network=args.network,
            ),
            child,
        )
        for user, secret in secrets.items():
            secretsmanager.SecretPolicy(
                f"{name}-{user}-policy",
                secret_arn=secret.arn,
                block_public_policy=True,
                policy=document([readers_only(self._readers(args, user))]),
                opts=child,
            )
            secretsmanager.SecretRotation(
                f"{name}-{user}-rotation",
                secret_id=secret.id,
                rotation_lambda_arn=function.arn,
                rotation_rules=secretsmanager.SecretRotationRotationRulesArgs(automatically_after_days=ROTATION_DAYS),
                rotate_immediately=True,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[allowed]),
            )
        for team, role in args.team_roles.items():
            self._reading(name, team, role, secrets[team].arn, args)
        self.arns = {user: secret.arn for user, secret in secrets.items()}
        self.register_outputs({"arns": self.arns})

    @staticmethod
    def _readers(args: MlflowUsersArgs, user: str) -> Sequence[pulumi.Input[str]]:
        """`aws:PrincipalArn` patterns: the server, the rotation, and the user's own people and jobs."""

        def role_arn(role: str) -> pulumi.Output[str]:
            return pulumi.Output.format("arn:aws:iam::{0}:role/{1}", args.account_id, role)

        always = [role_arn(args.names.role("task")), role_arn(args.names.role("rotation"))]
        if user == ADMINISTRATOR:
            return [*always, *args.administrator_arns]
        return [*always, role_arn(args.team_roles[user]), *args.job_roles.get(user, ())]

    def _reading(self, name: str, team: str, role: str, secret_arn: pulumi.Input[str], args: MlflowUsersArgs) -> None:
        iam.RolePolicy(
            f"{name}-{team}-reading",
            name="mlflow-password",
            role=role,
            policy=document(
                [
                    {
                        "Sid": "ReadOwnPassword",
                        "Effect": "Allow",
                        "Action": "secretsmanager:GetSecretValue",
                        "Resource": secret_arn,
                    },
                    {
                        "Sid": "DecryptOwnPassword",
                        "Effect": "Allow",
                        "Action": "kms:Decrypt",
                        "Resource": args.key_arn,
                        "Condition": {
                            "StringEquals": {"kms:ViaService": f"secretsmanager.{args.region}.amazonaws.com"}
                        },
                    },
                ]
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
