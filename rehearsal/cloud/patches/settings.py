"""The settings of the emulated cloud that patches need."""

from dataclasses import dataclass

from rehearsal.cloud.replication import Replicator


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Values of the emulated cloud that some patches need."""

    management_account: str
    """Account id (12 digits) of the organisation's management account."""
    replicator: Replicator
    """Copies objects between buckets."""
