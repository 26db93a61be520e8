"""Replication of a bucket to another bucket of the same account and region."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import iam, s3

from components.documents import Statement, document
from components.storage.bucket import SecureBucket
from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplicationRoleArgs:
    """The role of a replication."""

    role_name: str
    description: str = "S3 copies objects into a bucket that locks them"
    permissions_boundary: pulumi.Input[str] | None = None
    """ARN of the permissions boundary; the pipeline must set that of the zone."""


class ReplicationRole(pulumi.ComponentResource):
    """`hipaa-ml:storage:ReplicationRole`: the role that S3 replicates with; its rights are created by `Replication`.

    Creates an `aws.iam.Role`.

    It exists before the key, whose policy names it, and before the buckets.
    """

    def __init__(self, name: str, args: ReplicationRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        # Without a condition on the source, as the guide has it: a role is passed within its own account only, and S3
        # promises nowhere to name a source here; were there none, replication would stop in silence.
        trust: Statement = {
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        role = iam.Role(
            f"{name}-role",
            name=args.role_name,
            description=args.description,
            assume_role_policy=document([trust]),
            permissions_boundary=args.permissions_boundary,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = role.arn
        self.role_id = role.id
        self.register_outputs({"arn": self.arn})


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplicationArgs:
    """A source and a destination."""

    role: ReplicationRole
    source: SecureBucket
    destination: SecureBucket
    region: str
    key_arn: pulumi.Input[str]
    """Key of both buckets."""


class Replication(pulumi.ComponentResource):
    """`hipaa-ml:storage:Replication`: the replication of a bucket in the same region.

    Creates an `aws.s3.BucketReplicationConfig` and the `aws.iam.RolePolicy` of its role.

    Delete markers are not replicated: objects that are deleted at the source stay at the destination.
    """

    def __init__(self, name: str, args: ReplicationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        rights = iam.RolePolicy(
            f"{name}-rights",
            role=args.role.role_id,
            policy=document(_rights(args)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        s3.BucketReplicationConfig(
            f"{name}-configuration",
            bucket=args.source.bucket,
            role=args.role.arn,
            rules=[
                s3.BucketReplicationConfigRuleArgs(
                    id="everything",
                    status="Enabled",
                    priority=0,
                    filter=s3.BucketReplicationConfigRuleFilterArgs(prefix=""),
                    delete_marker_replication=s3.BucketReplicationConfigRuleDeleteMarkerReplicationArgs(
                        status="Disabled"
                    ),
                    source_selection_criteria=s3.BucketReplicationConfigRuleSourceSelectionCriteriaArgs(
                        sse_kms_encrypted_objects=s3.BucketReplicationConfigRuleSourceSelectionCriteriaSseKmsEncryptedObjectsArgs(
                            status="Enabled"
                        )
                    ),
                    destination=s3.BucketReplicationConfigRuleDestinationArgs(
                        bucket=args.destination.arn,
                        encryption_configuration=s3.BucketReplicationConfigRuleDestinationEncryptionConfigurationArgs(
                            replica_kms_key_id=args.key_arn
                        ),
                    ),
                )
            ],
            # Both buckets must keep versions before S3 takes the configuration.
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[rights, args.source.versioning, args.destination.versioning]
            ),
        )
        self.register_outputs({})


def _rights(args: ReplicationArgs) -> list[Statement]:
    """S3 User Guide, "Setting up permissions for live replication"."""
    return [
        {
            "Sid": "ReadConfiguration",
            "Effect": "Allow",
            "Action": ["s3:GetReplicationConfiguration", "s3:ListBucket"],
            "Resource": args.source.arn,
        },
        {
            "Sid": "ReadObjects",
            "Effect": "Allow",
            "Action": ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"],
            "Resource": pulumi.Output.format("{0}/*", args.source.arn),
        },
        {
            "Sid": "WriteReplicas",
            "Effect": "Allow",
            "Action": ["s3:ReplicateObject", "s3:ReplicateTags"],
            "Resource": pulumi.Output.format("{0}/*", args.destination.arn),
        },
        {
            "Sid": "UseKey",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
            "Resource": args.key_arn,
            "Condition": {"StringEquals": {"kms:ViaService": f"s3.{args.region}.amazonaws.com"}},
        },
    ]
