"""Replication of buckets between two regions: one direction, and the alarms on its lag in the other region."""

from dataclasses import dataclass

import pulumi

from components.data.buckets import DataBuckets
from components.data.keys import KEY_OF, KEYS_OF, DomainKeys
from components.storage import (
    CrossRegionReplication,
    CrossRegionReplicationArgs,
    ReplicationLag,
    ReplicationLagArgs,
    ReplicationRole,
)
from components.tokens import type_token
from zone.shared.buckets import PURPOSES


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionPairArgs:
    """One direction; the other is another `RegionPair`."""

    role: ReplicationRole
    source: DataBuckets
    source_region: str
    source_keys: DomainKeys
    destination: DataBuckets
    destination_region: str
    destination_keys: DomainKeys
    alarm_topic_arn: pulumi.Input[str]
    """ARN of the topic in the region of the source."""


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
                    source_key_arns=[args.source_keys.arns[domain] for domain in KEYS_OF[purpose]],
                    destination=args.destination.buckets[purpose],
                    destination_region=args.destination_region,
                    destination_key_arn=args.destination_keys.arns[KEY_OF[purpose]],
                    locked=PURPOSES[purpose].locked,
                    alarm_topic_arn=args.alarm_topic_arn,
                ),
                pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})


@dataclass(frozen=True, kw_only=True, slots=True)
class LagAlarmsArgs:
    """One direction of the replication, in the region of the destination."""

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
