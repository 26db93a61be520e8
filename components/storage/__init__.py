"""S3 buckets that are encrypted, versioned, logged, without public access, and accessible over TLS only."""

from components.storage.alarms import ReplicationLag, ReplicationLagArgs
from components.storage.bucket import SecureBucket, SecureBucketArgs
from components.storage.cross_region import CrossRegionReplication, CrossRegionReplicationArgs
from components.storage.replication import Replication, ReplicationArgs, ReplicationRole, ReplicationRoleArgs

__all__ = [
    "CrossRegionReplication",
    "CrossRegionReplicationArgs",
    "Replication",
    "ReplicationArgs",
    "ReplicationLag",
    "ReplicationLagArgs",
    "ReplicationRole",
    "ReplicationRoleArgs",
    "SecureBucket",
    "SecureBucketArgs",
]
