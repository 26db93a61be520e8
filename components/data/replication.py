"""Replication of buckets between two regions: one direction, and the alarms on its lag in the other region."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import iam

from components.data.buckets import DataBuckets
from components.data.keys import KEY_OF, KEYS_OF, Domain, DomainKeys
from components.documents import Statement, document
from components.storage import (
    CrossRegionReplication,
    CrossRegionReplicationArgs,
    ReplicationLag,
    ReplicationLagArgs,
    ReplicationRole,
)
from components.tokens import type_token
from zone.shared.buckets import PURPOSES, DataPurpose


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionBuckets:
    """The replicated buckets of one region, and the keys of their objects."""

    region: str
    buckets: DataBuckets
    keys: DomainKeys


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplicationRightsArgs:
    """Rights of the replication role in both regions."""

    role: ReplicationRole
    regions: Sequence[RegionBuckets]


class ReplicationRights(pulumi.ComponentResource):
    """`hipaa-ml:data:ReplicationRights`: makes the one `aws.iam.RolePolicy` of the role that replicates every bucket.

    One policy names each bucket three times; a policy per bucket and direction repeats its statements, and all inline
    policies of a role together may have 10,240 characters (IAM User Guide, "IAM and AWS STS quotas").
    """

    def __init__(self, name: str, args: ReplicationRightsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self.policy = iam.RolePolicy(
            f"{name}-policy",
            role=args.role.role_id,
            policy=document(_replication(args.regions)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


def _replication(regions: Sequence[RegionBuckets]) -> Sequence[Statement]:
    """S3 User Guide, "Setting up permissions for live replication" and "Replicating encrypted objects"."""
    buckets: list[tuple[DataPurpose, pulumi.Input[str]]] = [
        (purpose, bucket.arn) for side in regions for purpose, bucket in side.buckets.buckets.items()
    ]
    objects = [pulumi.Output.format("{0}/*", arn) for _purpose, arn in buckets]
    statements: list[Statement] = [
        {
            "Sid": "ReadConfiguration",
            "Effect": "Allow",
            "Action": ["s3:GetReplicationConfiguration", "s3:ListBucket"],
            "Resource": [arn for _purpose, arn in buckets],
        },
        {
            "Sid": "ReadLocks",
            "Effect": "Allow",
            "Action": ["s3:GetObjectLegalHold", "s3:GetObjectRetention"],
            "Resource": [pulumi.Output.format("{0}/*", arn) for purpose, arn in buckets if PURPOSES[purpose].locked],
        },
        {
            "Sid": "ReplicateObjects",
            "Effect": "Allow",
            "Action": [
                "s3:GetObjectVersionAcl",
                "s3:GetObjectVersionForReplication",
                "s3:GetObjectVersionTagging",
                "s3:ReplicateDelete",
                "s3:ReplicateObject",
                "s3:ReplicateTags",
            ],
            "Resource": objects,
        },
    ]
    for number, side in enumerate(regions, start=1):
        through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{side.region}.amazonaws.com"}}
        sources: list[Domain] = sorted({domain for purpose in side.buckets.buckets for domain in KEYS_OF[purpose]})
        destinations: list[Domain] = sorted({KEY_OF[purpose] for purpose in side.buckets.buckets})
        statements += [
            {
                "Sid": f"Decrypt{number}",
                "Effect": "Allow",
                "Action": "kms:Decrypt",
                "Resource": [side.keys.arns[domain] for domain in sources],
                "Condition": through_s3,
            },
            {
                "Sid": f"Encrypt{number}",
                "Effect": "Allow",
                "Action": ["kms:Encrypt", "kms:GenerateDataKey"],
                "Resource": [side.keys.arns[domain] for domain in destinations],
                "Condition": through_s3,
            },
        ]
    return statements


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionPairArgs:
    """Arguments of one replication direction; the opposite direction is a `RegionPair` of its own."""

    role: ReplicationRole
    source: DataBuckets
    source_region: str
    destination: DataBuckets
    destination_region: str
    destination_keys: DomainKeys
    alarm_topic_arn: pulumi.Input[str]
    """ARN of the topic in the region of the source."""
    after: Sequence[pulumi.Resource]
    """The rights of the role."""


class RegionPair(pulumi.ComponentResource):
    """`hipaa-ml:data:RegionPair`: the replication of the buckets of one region to the other.

    Creates a `CrossRegionReplication` per bucket, except that of access logs.
    """

    def __init__(self, name: str, args: RegionPairArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        for purpose, source in args.source.buckets.items():
            CrossRegionReplication(
                f"{name}-{purpose}",
                CrossRegionReplicationArgs(
                    role=args.role,
                    source=source,
                    source_region=args.source_region,
                    destination=args.destination.buckets[purpose],
                    destination_region=args.destination_region,
                    destination_key_arn=args.destination_keys.arns[KEY_OF[purpose]],
                    alarm_topic_arn=args.alarm_topic_arn,
                    after=args.after,
                ),
                pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})


@dataclass(frozen=True, kw_only=True, slots=True)
class LagAlarmsArgs:
    """Arguments of the alarms of one replication direction, in the region of the destination."""

    source: DataBuckets
    destination: DataBuckets
    topic_arn: pulumi.Input[str]
    """ARN of the topic in the region of the destination."""
    after_minutes: int


class LagAlarms(pulumi.ComponentResource):
    """`hipaa-ml:data:LagAlarms`: alarms on the replication lag, in the region of the destinations.

    Creates a `ReplicationLag` per bucket.
    """

    def __init__(self, name: str, args: LagAlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        for purpose, source in args.source.buckets.items():
            ReplicationLag(
                f"{name}-{purpose}",
                ReplicationLagArgs(
                    source=source.bucket,
                    destination=args.destination.buckets[purpose].bucket,
                    topic_arn=args.topic_arn,
                    after_minutes=args.after_minutes,
                ),
                pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})
