"""S3 buckets in their only form: encrypted, versioned, owned, closed, logged, over TLS."""

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
