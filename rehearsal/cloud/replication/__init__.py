"""S3 replication: copies object versions to destination buckets after a set lag, and counts pending operations."""

from rehearsal.cloud.replication.operation import CopyStatus, Kind, Operation, Route
from rehearsal.cloud.replication.replicator import Replicator

__all__ = ["CopyStatus", "Kind", "Operation", "Replicator", "Route"]
