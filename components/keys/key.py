"""A customer-managed key: it rotates, is deleted slowly, and keeps administration apart from use."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import kms

from components.documents import Statement, document
from components.tokens import type_token

DELETION_WINDOW_DAYS: Final = 30
"""The longest AWS allows: a key deleted by mistake is data deleted by mistake."""
ADMINISTRATION: Final = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
"""The actions of administrators on a key: all except encryption, decryption and grants."""

REPLICATION: Final = ("kms:ReplicateKey", "kms:UpdatePrimaryRegion")
"""Further actions of administrators on a multi-Region key; guardrail D2 restricts the regions."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyArgs:
    """A key."""

    alias: str
    """Without `alias/`."""
    description: str
    account_id: pulumi.Input[str]
    """The account that owns it; its IAM policies decide who in it administers the key."""
    uses: Sequence[Statement]
    """Key policy statements that allow the use of the key (`components.keys.uses`)."""
    administrators: Sequence[str] = ()
    """Names of roles of the account that administer the key; if empty, the IAM policies of the account decide."""
    multi_region: bool = False
    """Whether it can have replicas in other regions (`KeyReplica`): it can never be changed."""

    def __post_init__(self) -> None:
        """Refuses a key that no principal may use."""
        if not self.uses:
            raise ValueError(f"KeyArgs {self.alias!r}: uses is empty; name at least one use")

    @property
    def policy(self) -> pulumi.Output[str]:
        """The key policy: administration, then use."""
        more = REPLICATION if self.multi_region else ()
        return document([administration(self.account_id, self.administrators, more), *self.uses])


class Key(pulumi.ComponentResource):
    """`hipaa-ml:keys:Key`: a customer managed key.

    Creates an `aws.kms.Key`, protected and retained, and its `Alias`.
    """

    def __init__(self, name: str, args: KeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        key = kms.Key(
            f"{name}-key",
            description=args.description,
            enable_key_rotation=True,
            deletion_window_in_days=DELETION_WINDOW_DAYS,
            policy=args.policy,
            multi_region=args.multi_region or None,
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


def administration(
    account_id: pulumi.Input[str], administrators: Sequence[str] = (), more: Sequence[str] = ()
) -> Statement:
    """The account's administrators may manage the key; in a key policy, `*` is this key.

    Named administrators are a condition, not principals: a role that is deleted and made anew has another id, and a
    principal would then be lost (KMS Developer Guide, "Key policies"); the account itself never is.
    """
    named = [
        pulumi.Output.format("arn:aws:iam::{0}:role/{1}", account_id, administrator) for administrator in administrators
    ]
    return {
        "Sid": "Administration",
        "Effect": "Allow",
        "Principal": {"AWS": pulumi.Output.format("arn:aws:iam::{0}:root", account_id)},
        "Action": sorted([*ADMINISTRATION, *more]),
        "Resource": "*",
        **({"Condition": {"ArnLike": {"aws:PrincipalArn": named}}} if named else {}),
    }
