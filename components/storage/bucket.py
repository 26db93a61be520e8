"""An S3 bucket for records or data, with the settings that its purpose requires."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import s3

from components.documents import Statement, document
from components.storage import lifecycle
from components.storage.inventory import inventory
from components.storage.statements import kept, over_tls
from components.tokens import type_token
from zone.shared.buckets import PURPOSES, Purpose

SIX_YEARS: Final = 2192
"""Six years in days, with two leap days: 45 CFR 164.316(b)(2)(i)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SecureBucketArgs:
    """A bucket of records or of data."""

    bucket: pulumi.Input[str]
    """Name, which other accounts and guardrails can compute."""
    arn: pulumi.Input[str]
    """ARN, which policies contain before the bucket exists."""
    purpose: Purpose
    retention_days: int | None
    """Days that objects are kept; locked objects cannot be deleted earlier. None: objects do not expire.
    """
    glacier_after_days: int | None = None
    """Days after which objects move to Glacier; None: never."""
    key_arn: pulumi.Input[str] | None = None
    """Customer-managed key; required unless the purpose rules it out."""
    access_log_bucket: pulumi.Input[str] | None = None
    """Name of the bucket of access logs; required for all other buckets."""
    statements: Sequence[Statement] = ()
    """Policy statements in addition to those of every bucket."""
    inventory_bucket: pulumi.Input[str] | None = None
    """ARN of the bucket that a daily list of its objects goes to, with their encryption and replication status."""
    events: bool = False
    """Whether EventBridge receives an event for every object."""
    rewritten_keys: Sequence[str] = ()
    """Keys of objects that are overwritten all the time; their noncurrent versions expire after one day."""
    temporary: bool = False
    """Whether the bucket holds synthetic data of a sandbox: no record, so without object lock, and deletable."""

    def __post_init__(self) -> None:
        """Refuses records without lock, encryption or access logs."""
        spec = PURPOSES[self.purpose]
        if spec.record and not self.temporary and (self.retention_days is None or self.retention_days < SIX_YEARS):
            raise ValueError(f"SecureBucketArgs.retention_days: {self.retention_days} is under six years ({SIX_YEARS})")
        if spec.customer_key != (self.key_arn is not None):
            needs = "needs a key_arn" if spec.customer_key else f"takes no key_arn: {spec.reason}"
            raise ValueError(f"SecureBucketArgs.key_arn: purpose {self.purpose!r} {needs}")
        if (self.purpose == "access-logs") != (self.access_log_bucket is None):
            raise ValueError(
                "SecureBucketArgs.access_log_bucket: every bucket but that of access logs itself needs one"
            )
        if self.locked and self.rewritten_keys:
            raise ValueError(
                f"SecureBucketArgs.rewritten_keys: {list(self.rewritten_keys)}; allowed: none, since the lock of "
                f"purpose {self.purpose!r} keeps every version for {self.retention_days} days"
            )

    @property
    def locked(self) -> bool:
        """Whether every object is locked in compliance mode."""
        return PURPOSES[self.purpose].locked and not self.temporary


class SecureBucket(pulumi.ComponentResource):
    """`hipaa-ml:storage:SecureBucket`: a bucket, protected and retained, with the settings of its purpose.

    Creates an `aws.s3.Bucket` and its ownership controls, public access block, versioning, encryption, lifecycle,
    access logging and policy; for locked purposes an object lock in compliance mode; for data an event notification and
    an inventory.
    """

    def __init__(self, name: str, args: SecureBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        spec = PURPOSES[args.purpose]
        child = pulumi.ResourceOptions(parent=self)
        bucket = s3.Bucket(
            f"{name}-bucket",
            bucket=args.bucket,
            object_lock_enabled=args.locked,
            force_destroy=True if args.temporary else None,
            tags={
                "data-purpose": args.purpose,
                **({"data-classification": spec.classification} if spec.classification and not args.temporary else {}),
            },
            opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True),
        )
        versioning = s3.BucketVersioning(
            f"{name}-versioning",
            bucket=bucket.id,
            versioning_configuration=s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
            opts=child,
        )
        after_versioning = pulumi.ResourceOptions(parent=self, depends_on=[versioning])
        if args.locked:
            s3.BucketObjectLockConfiguration(
                f"{name}-lock",
                bucket=bucket.id,
                rule=s3.BucketObjectLockConfigurationRuleArgs(
                    default_retention=s3.BucketObjectLockConfigurationRuleDefaultRetentionArgs(
                        mode="COMPLIANCE", days=args.retention_days
                    )
                ),
                opts=after_versioning,
            )
        self._close(name, bucket, child)
        self._encrypt(name, bucket, args, child)
        s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=bucket.id,
            rules=lifecycle.rules(
                retention_days=args.retention_days,
                glacier_after_days=args.glacier_after_days,
                locked=args.locked,
                rewritten_keys=args.rewritten_keys,
            ),
            opts=after_versioning,
        )
        if args.access_log_bucket is not None:
            s3.BucketLogging(
                f"{name}-access-log",
                bucket=bucket.id,
                target_bucket=args.access_log_bucket,
                target_prefix=pulumi.Output.format("{0}/", args.bucket),
                opts=child,
            )
        self.policy = s3.BucketPolicy(
            f"{name}-policy",
            bucket=bucket.id,
            policy=document(
                [
                    *over_tls(args.arn),
                    *([] if args.temporary else kept(args.arn, deletable=spec.deletable)),
                    *args.statements,
                ]
            ),
            opts=child,
        )
        if args.events:
            s3.BucketNotification(f"{name}-events", bucket=bucket.id, eventbridge=True, opts=child)
        if args.inventory_bucket is not None:
            inventory(f"{name}-inventory", bucket.id, args.inventory_bucket, child)
        self.versioning = versioning
        self.bucket = bucket.id
        self.arn = bucket.arn
        self.register_outputs({"bucket": self.bucket, "arn": self.arn})

    @staticmethod
    def _close(name: str, bucket: s3.Bucket, child: pulumi.ResourceOptions) -> None:
        s3.BucketOwnershipControls(
            f"{name}-ownership",
            bucket=bucket.id,
            rule=s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=child,
        )
        s3.BucketPublicAccessBlock(
            f"{name}-public-access",
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child,
        )

    @staticmethod
    def _encrypt(name: str, bucket: s3.Bucket, args: SecureBucketArgs, child: pulumi.ResourceOptions) -> None:
        default = s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
            sse_algorithm="aws:kms" if args.key_arn is not None else "AES256", kms_master_key_id=args.key_arn
        )
        s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=bucket.id,
            rules=[
                s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=default,
                    # One data key a bucket instead of one an object: a hundredth of the requests to KMS.
                    bucket_key_enabled=args.key_arn is not None,
                )
            ],
            opts=child,
        )
