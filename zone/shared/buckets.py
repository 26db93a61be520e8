"""Bucket purposes: object lock and encryption per purpose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

RecordPurpose = Literal["access-logs", "config", "config-records", "network-logs", "trail"]
"""Buckets of the log archive; every environment has one for its own access logs and inventories too."""
DataPurpose = Literal["access-logs", "artifacts", "deidentified", "dvc", "features", "raw-phi", "results"]
"""Buckets of an environment's data."""
Purpose = RecordPurpose | DataPurpose


@dataclass(frozen=True, kw_only=True, slots=True)
class PurposeSpec:
    """Properties that a bucket's purpose decides."""

    locked: bool
    """Whether every object is locked in compliance mode: nobody, root included, deletes it before its time."""
    customer_key: bool
    """Whether objects are encrypted with a customer-managed key; otherwise with SSE-S3."""
    reason: str
    record: bool = True
    """Whether its objects are kept for at least six years, 45 CFR 164.316(b)(2)(i)."""
    deletable: bool = False
    """Whether writers may delete objects; their versions remain until the lifecycle rule expires them."""
    classification: str | None = None
    """Data classification of its contents; None: that of its account."""
    backed_up: bool = True
    """Whether the backup plan of the environment includes it."""


PURPOSES: Final[Mapping[Purpose, PurposeSpec]] = {
    "trail": PurposeSpec(locked=True, customer_key=True, reason="records of who did what"),
    "config": PurposeSpec(
        locked=False,
        customer_key=True,
        reason="AWS Config does not deliver to a bucket with a default retention (Config Developer Guide, "
        "'Managing the Delivery Channel'): its records are replicated into a locked bucket",
    ),
    "config-records": PurposeSpec(locked=True, customer_key=True, reason="records of how everything was configured"),
    "network-logs": PurposeSpec(
        locked=False,
        customer_key=True,
        reason="flow logs, DNS queries and firewall logs; the delivery service is not documented to write to a bucket "
        "with a default retention (CloudWatch Logs User Guide, 'Logs sent to Amazon S3'): versions and a policy "
        "against deletion keep them",
    ),
    "access-logs": PurposeSpec(
        locked=False,
        customer_key=False,
        classification="records",
        reason="S3 delivers server access logs only to buckets with SSE-S3 and without default retention (S3 User "
        "Guide, 'Enabling Amazon S3 server access logging')",
    ),
    "artifacts": PurposeSpec(
        locked=True, customer_key=True, reason="models and their evaluations: what decided about a patient"
    ),
    "raw-phi": PurposeSpec(
        locked=False,
        customer_key=True,
        deletable=True,
        reason="patients' data as it came; corrected and amended (45 CFR 164.526), so versioned and not locked",
    ),
    "deidentified": PurposeSpec(
        locked=False, customer_key=True, record=False, deletable=True, reason="data without identifiers"
    ),
    "features": PurposeSpec(
        locked=False, customer_key=True, record=False, deletable=True, reason="what models are trained on"
    ),
    "results": PurposeSpec(
        locked=False,
        customer_key=True,
        record=False,
        deletable=True,
        backed_up=False,
        reason="answers to queries, soon forgotten",
    ),
    "dvc": PurposeSpec(
        locked=False, customer_key=True, record=False, deletable=True, reason="versions of data by their hash"
    ),
}
REPLICATED: Final[Sequence[DataPurpose]] = ("artifacts", "deidentified", "features", "raw-phi")
"""Purposes of the buckets that replicate between the regions, and that a failback reconciles."""
HEARTBEATS: Final[Sequence[DataPurpose]] = tuple(purpose for purpose in REPLICATED if not PURPOSES[purpose].locked)
"""Purposes of the buckets that receive the heartbeat: a locked bucket would keep every version for years."""
HEARTBEAT_KEY: Final = "recovery/heartbeat.json"
"""Key of the object that is written anew every minute in the buckets of `HEARTBEATS`."""
LOGS: Final[DataPurpose] = "access-logs"
"""Purpose of the bucket that receives access logs and inventories of an environment's other buckets."""
ENVIRONMENT_BUCKETS: Final[Sequence[DataPurpose]] = (
    "access-logs",
    "artifacts",
    "deidentified",
    "dvc",
    "features",
    "raw-phi",
    "results",
)
"""Purposes of the buckets of an environment; `raw-phi` only where patient data is allowed."""
BACKED_UP: Final = frozenset(
    purpose for purpose in ENVIRONMENT_BUCKETS if PURPOSES[purpose].backed_up and purpose != LOGS
)
"""Purposes whose buckets the backup plan must select."""
