"""The backend of Pulumi in the management account: names, policies and settings of its bucket and keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from zone.settings import Settings
from zone.shared import state_backend

VERSION_DAYS: Final = 365
"""Days that an earlier version of a state file is kept."""
UNFINISHED_UPLOAD_DAYS: Final = 7
ADMINISTRATION: Final = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "kms:ListKeyPolicies",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
"""Actions of administrators on a key: all except encryption, decryption and grants."""
USE: Final = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")
Document = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class StateBackend:
    """Bucket and keys of the state of all stacks."""

    prefix: str
    account: str
    region: str
    pipeline_roles: Sequence[str]
    """Names of the deploy and preview roles, which use the keys and must not administer them."""

    @property
    def bucket(self) -> str:
        """Name of the bucket."""
        return state_backend.bucket_name(self.prefix, self.account)

    @property
    def state_alias(self) -> str:
        """Alias of the key of the bucket."""
        return state_backend.state_alias(self.prefix)

    @property
    def secrets_alias(self) -> str:
        """Alias of the key of secrets."""
        return state_backend.secrets_alias(self.prefix)

    @property
    def login_url(self) -> str:
        """Argument of `pulumi login`."""
        return f"s3://{self.bucket}?region={self.region}"

    @property
    def secrets_provider(self) -> str:
        """Secrets provider of new stacks (Pulumi documentation, "Secrets handling", AWS KMS)."""
        return f"awskms://{self.secrets_alias}?region={self.region}"

    def key_policy(self, *, through_s3: bool) -> Document:
        """Policy of a key: administration by the account without the pipeline's roles, use by who has the right in IAM.

        Args:
            through_s3: whether the key may be used by S3 only.
        """
        root = {"AWS": f"arn:aws:iam::{self.account}:root"}
        roles = [f"arn:aws:iam::{self.account}:role/{role}" for role in self.pipeline_roles]
        through = {"Condition": {"StringEquals": {"kms:ViaService": f"s3.{self.region}.amazonaws.com"}}}
        return {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "Administration",
                    "Effect": "Allow",
                    "Principal": root,
                    "Action": list(ADMINISTRATION),
                    "Resource": "*",  # In a key policy, this key.
                    "Condition": {"ArnNotEquals": {"aws:PrincipalArn": roles}},
                },
                {
                    "Sid": "Use",
                    "Effect": "Allow",
                    "Principal": root,
                    "Action": list(USE),
                    "Resource": "*",
                    **(through if through_s3 else {}),
                },
            ],
        }

    @property
    def bucket_policy(self) -> Document:
        """Denies requests without TLS 1.2, from other accounts, and the deletion of versions: 45 CFR 164.312(c), (e).

        The state is read and written in the management account only: stacks enter member accounts by assuming a role.
        """
        arn = f"arn:aws:s3:::{self.bucket}"
        everything = [arn, f"{arn}/*"]

        def deny(sid: str, action: str, resource: Any, condition: Document) -> Document:
            return {
                "Sid": sid,
                "Effect": "Deny",
                "Principal": "*",
                "Action": action,
                "Resource": resource,
                **({"Condition": condition} if condition else {}),
            }

        return {
            "Version": "2012-10-17",
            "Statement": [
                deny("TlsOnly", "s3:*", everything, {"Bool": {"aws:SecureTransport": "false"}}),
                deny("Tls12", "s3:*", everything, {"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
                deny(
                    "ManagementAccountOnly",
                    "s3:*",
                    everything,
                    {"StringNotEquals": {"aws:PrincipalAccount": self.account}},
                ),
                deny("VersionsStay", "s3:DeleteObjectVersion", f"{arn}/*", {}),
            ],
        }

    @property
    def lifecycle(self) -> Sequence[Document]:
        """Lifecycle rules: earlier versions and unfinished uploads expire."""
        return [
            {
                "ID": "versions",
                "Status": "Enabled",
                "Filter": {"Prefix": ""},
                "NoncurrentVersionExpiration": {"NoncurrentDays": VERSION_DAYS},
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UNFINISHED_UPLOAD_DAYS},
            },
            {
                "ID": "delete-markers",
                "Status": "Enabled",
                "Filter": {"Prefix": ""},
                "Expiration": {"ExpiredObjectDeleteMarker": True},
            },
        ]


def state_backend_of(settings: Settings) -> StateBackend:
    """The backend that follows from the settings."""
    return StateBackend(
        prefix=settings.name_prefix,
        account=settings.management_account_id,
        region=settings.regions.primary,
        pipeline_roles=(settings.zone.deploy_role, settings.zone.preview_role),
    )


def secrets_provider_url(settings: Settings) -> str:
    """The secrets provider of new stacks whose state is in the bucket."""
    return state_backend_of(settings).secrets_provider
