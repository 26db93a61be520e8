"""S3 buckets in their only form: encrypted, versioned, owned, closed, logged, over TLS."""

from components.storage.bucket import SecureBucket, SecureBucketArgs
from components.storage.replication import Replication, ReplicationArgs, ReplicationRole, ReplicationRoleArgs

__all__ = [
    "Replication",
    "ReplicationArgs",
    "ReplicationRole",
    "ReplicationRoleArgs",
    "SecureBucket",
    "SecureBucketArgs",
]
