"""Replication of a bucket to another region, within 15 minutes and under the key of that region."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import s3

from components.storage.alarms import RULE, ReplicationAlarm, create_alarm
from components.storage.bucket import SecureBucket
from components.storage.replication import ReplicationRole
from components.tokens import type_token
from controls.residency import group_of

MINUTES = 15
"""The only threshold of S3 Replication Time Control (S3 User Guide, "Using S3 Replication Time Control")."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CrossRegionReplicationArgs:
    """Source and destination of a replication, and the topic of its alarm."""

    role: ReplicationRole
    source: SecureBucket
    source_region: str
    destination: SecureBucket
    destination_region: str
    destination_key_arn: pulumi.Input[str]
    alarm_topic_arn: pulumi.Input[str]
    """ARN of the topic in the region of the source, where S3 publishes failures."""
    after: Sequence[pulumi.Resource] = ()
    """Resources that must exist before S3 accepts the replication: the rights of the role."""

    def __post_init__(self) -> None:
        """Refuses a destination in the same region or outside the residency group."""
        who = "CrossRegionReplicationArgs.destination_region"
        if self.source is self.destination or self.source_region == self.destination_region:
            raise ValueError(f"{who}: {self.destination_region!r} is the region of the source; name another one")
        source_group, destination_group = group_of(self.source_region), group_of(self.destination_region)
        if source_group is None or source_group != destination_group:
            raise ValueError(f"{who}: {self.destination_region!r} is outside the residency group {source_group!r}")


class CrossRegionReplication(pulumi.ComponentResource):
    """`hipaa-ml:storage:CrossRegionReplication`: the replication of a bucket to another region.

    Creates an `aws.s3.BucketReplicationConfig` and an `aws.cloudwatch.MetricAlarm`.

    It is deployed in both directions. Replica modification sync and the replication of delete markers keep both buckets
    equal, so that what the recovery region wrote during a failover is replicated back. S3 does not replicate a replica
    again.
    """

    def __init__(self, name: str, args: CrossRegionReplicationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        configuration = s3.BucketReplicationConfig(
            f"{name}-configuration",
            bucket=args.source.bucket,
            role=args.role.arn,
            rules=[_rule(args)],
            # Both buckets must keep versions before S3 takes the configuration.
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[*args.after, args.source.versioning, args.destination.versioning]
            ),
        )
        create_alarm(
            f"{name}-failed",
            ReplicationAlarm(
                condition="failed",
                metric="OperationsFailedReplication",
                threshold=0,
                source=args.source.bucket,
                destination=args.destination.bucket,
                topic_arn=args.alarm_topic_arn,
            ),
            pulumi.ResourceOptions(parent=self, depends_on=[configuration]),
        )
        self.register_outputs({})


def _rule(args: CrossRegionReplicationArgs) -> s3.BucketReplicationConfigRuleArgs:
    return s3.BucketReplicationConfigRuleArgs(
        id=RULE,
        status="Enabled",
        priority=0,
        filter=s3.BucketReplicationConfigRuleFilterArgs(prefix=""),
        delete_marker_replication=s3.BucketReplicationConfigRuleDeleteMarkerReplicationArgs(status="Enabled"),
        source_selection_criteria=s3.BucketReplicationConfigRuleSourceSelectionCriteriaArgs(
            sse_kms_encrypted_objects=s3.BucketReplicationConfigRuleSourceSelectionCriteriaSseKmsEncryptedObjectsArgs(
                status="Enabled"
            ),
            replica_modifications=s3.BucketReplicationConfigRuleSourceSelectionCriteriaReplicaModificationsArgs(
                status="Enabled"
            ),
        ),
        destination=s3.BucketReplicationConfigRuleDestinationArgs(
            bucket=args.destination.arn,
            encryption_configuration=s3.BucketReplicationConfigRuleDestinationEncryptionConfigurationArgs(
                replica_kms_key_id=args.destination_key_arn
            ),
            metrics=s3.BucketReplicationConfigRuleDestinationMetricsArgs(
                status="Enabled",
                event_threshold=s3.BucketReplicationConfigRuleDestinationMetricsEventThresholdArgs(minutes=MINUTES),
            ),
            replication_time=s3.BucketReplicationConfigRuleDestinationReplicationTimeArgs(
                status="Enabled",
                time=s3.BucketReplicationConfigRuleDestinationReplicationTimeTimeArgs(minutes=MINUTES),
            ),
        ),
    )
