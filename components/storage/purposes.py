"""What buckets are for, as data: whether their objects are locked, and which encryption S3 leaves possible."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Purpose = Literal["access-logs", "config", "config-records", "network-logs", "trail"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PurposeSpec:
    """What follows from a bucket's purpose."""

    locked: bool
    """Whether every object is locked in compliance mode: nobody, root included, deletes it before its time."""
    customer_key: bool
    """Whether objects are encrypted with a customer-managed key; otherwise with SSE-S3."""
    reason: str


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
        reason="S3 delivers server access logs only to buckets with SSE-S3 and without default retention (S3 User "
        "Guide, 'Enabling Amazon S3 server access logging')",
    ),
}
