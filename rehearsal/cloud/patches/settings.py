"""What patches know of the cloud that they are applied in."""

from dataclasses import dataclass

from rehearsal.cloud.replication import Replicator


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """The cloud's own values that some patches need."""

    management_account: str
    """Account id (12 digits) of the organisation's management account."""
    replicator: Replicator
    """Copies objects between buckets."""
