"""A multi-Region key's replica: the same key material in another region, under a policy of its own there."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import kms

from components.documents import Statement
from components.keys.key import DELETION_WINDOW_DAYS, KeyArgs
from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyReplicaArgs:
    """A replica."""

    primary_arn: pulumi.Input[str]
    alias: str
    """Without `alias/`: the primary's, so that programs find the key in either region by one name."""
    description: str
    account_id: pulumi.Input[str]
    uses: Sequence[Statement]
    """Uses of the replica, by the services of its region; the key policies of primary and replica are independent."""
    administrators: Sequence[str] = ()


class KeyReplica(pulumi.ComponentResource):
    """`hipaa-ml:keys:KeyReplica`: the replica of a multi-Region key.

    Creates an `aws.kms.ReplicaKey`, protected and retained, and its `Alias`.

    The rotation of the primary key applies to every replica (KMS Developer Guide, "Multi-Region keys").
    """

    def __init__(self, name: str, args: KeyReplicaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        written = KeyArgs(
            alias=args.alias,
            description=args.description,
            account_id=args.account_id,
            uses=args.uses,
            administrators=args.administrators,
            multi_region=True,
        )
        key = kms.ReplicaKey(
            f"{name}-key",
            primary_key_arn=args.primary_arn,
            description=args.description,
            deletion_window_in_days=DELETION_WINDOW_DAYS,
            policy=written.policy,
            opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True),
        )
        kms.Alias(
            f"{name}-alias",
            name=f"alias/{args.alias}",
            target_key_id=key.key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = key.arn
        self.register_outputs({"arn": self.arn})


def promotion(account_id: pulumi.Input[str], role_arns: Sequence[pulumi.Input[str]]) -> Sequence[Statement]:
    """Some roles of the account change the primary region of the multi-Region key, and never decrypt with it.

    AWS checks the permission on the primary key and on the replica key (KMS Developer Guide, "Change the primary key
    in a set of multi-Region keys").
    """
    return [
        {
            "Sid": "Promotion",
            "Effect": "Allow",
            "Principal": {"AWS": pulumi.Output.format("arn:aws:iam::{0}:root", account_id)},
            "Action": ["kms:DescribeKey", "kms:UpdatePrimaryRegion"],
            "Resource": "*",
            "Condition": {"ArnLike": {"aws:PrincipalArn": list(role_arns)}},
        }
    ]
