"""The destination of the backup policy of the organisation: a locked vault per region, and the role of AWS Backup."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import backup, iam

from components.documents import Statement, document, trusts
from components.keys import Key, KeyArgs, uses
from components.tokens import type_token

SERVICE_POLICIES: Final = {
    "backup": "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
    "s3": "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup",
}
"""AWS managed policies of the role (Backup Developer Guide, "IAM service roles")."""
MINIMUM_DAYS: Final = 35
"""Days during which a recovery point cannot be deleted; the backup policy keeps it as long."""
DAYS_TO_RECONSIDER: Final = 3
"""Days after which the lock cannot be removed, not even by AWS: the minimum that AWS allows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BackupRoleArgs:
    """The role of AWS Backup in an account."""

    role_name: str
    account_id: pulumi.Input[str]


class BackupRole(pulumi.ComponentResource):
    """`hipaa-ml:baseline:BackupRole`: the role that only AWS Backup assumes, for this account only.

    Creates an `aws.iam.Role` and its `aws.iam.RolePolicyAttachment`s.
    """

    def __init__(self, name: str, args: BackupRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = iam.Role(
            f"{name}-role",
            name=args.role_name,
            description="AWS Backup makes and copies recovery points",
            assume_role_policy=document([trusts("backup.amazonaws.com", args.account_id)]),
            opts=child,
        )
        for kind, arn in SERVICE_POLICIES.items():
            iam.RolePolicyAttachment(f"{name}-{kind}", role=role.name, policy_arn=arn, opts=child)
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})


@dataclass(frozen=True, kw_only=True, slots=True)
class BackupVaultArgs:
    """A vault in an account and region."""

    vault_name: str
    region: str
    account_id: pulumi.Input[str]
    organization_id: pulumi.Input[str] | None = None
    """Id of the organisation whose accounts copy recovery points to the vault; by default only this account does."""


class BackupVault(pulumi.ComponentResource):
    """`hipaa-ml:baseline:BackupVault`: a backup vault that is locked in compliance mode.

    Creates an `aws.backup.Vault` with its `Key`, its `VaultLockConfiguration` and, if accounts may copy to it, its
    `VaultPolicy`.
    """

    def __init__(self, name: str, args: BackupVaultArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        keep = pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True)
        key = Key(
            f"{name}-key",
            KeyArgs(
                alias=args.vault_name,
                description="Recovery points of this account in this region",
                account_id=args.account_id,
                uses=uses.backups(args.region, args.account_id),
            ),
            child,
        )
        vault = backup.Vault(f"{name}-vault", name=args.vault_name, kms_key_arn=key.arn, opts=keep)
        backup.VaultLockConfiguration(
            f"{name}-lock",
            backup_vault_name=vault.name,
            min_retention_days=MINIMUM_DAYS,
            changeable_for_days=DAYS_TO_RECONSIDER,
            opts=keep,
        )
        if args.organization_id is not None:
            backup.VaultPolicy(
                f"{name}-policy",
                backup_vault_name=vault.name,
                policy=document([_copies(args.organization_id)]),
                opts=child,
            )
        self.arn = vault.arn
        self.register_outputs({"arn": self.arn})


def _copies(organization_id: pulumi.Input[str]) -> Statement:
    """Backup Developer Guide, "Creating backup copies across AWS accounts"."""
    return {
        "Sid": "CopyIntoFromTheOrganization",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "backup:CopyIntoBackupVault",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": organization_id}},
    }
