"""The emulated AWS organisation: moto in a process of its own, one listener a region and one for global services."""

from rehearsal.cloud.cloud import MANAGEMENT_ACCOUNT, REGIONS, Cloud, CloudStatus
from rehearsal.cloud.drills import Image, Publication, calls, has_object, host, publish, record_calls, resolve
from rehearsal.cloud.endpoints import MANAGEMENT, Credentials, Endpoints, send_through
from rehearsal.cloud.errors import CloudError
from rehearsal.cloud.partition import GLOBAL, GLOBAL_REGION, global_services
from rehearsal.cloud.replication.status import ReplicationRule, ReplicationStatus
from rehearsal.cloud.tokens import HEADER as TOKEN_HEADER

__all__ = [
    "GLOBAL",
    "GLOBAL_REGION",
    "MANAGEMENT",
    "MANAGEMENT_ACCOUNT",
    "REGIONS",
    "TOKEN_HEADER",
    "Cloud",
    "CloudError",
    "CloudStatus",
    "Credentials",
    "Endpoints",
    "Image",
    "Publication",
    "ReplicationRule",
    "ReplicationStatus",
    "calls",
    "global_services",
    "has_object",
    "host",
    "publish",
    "record_calls",
    "resolve",
    "send_through",
]
