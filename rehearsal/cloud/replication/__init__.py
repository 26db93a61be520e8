"""S3 replication, really done: what is put in one bucket arrives in the other, late as told, counted meanwhile."""

from rehearsal.cloud.replication.operation import Kind, Operation, Outcome, Route
from rehearsal.cloud.replication.replicator import Replicator

__all__ = ["Kind", "Operation", "Outcome", "Replicator", "Route"]
