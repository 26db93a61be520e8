"""Numbers and lists that checks take from the policy pack's configuration."""

from collections.abc import Sequence
from typing import Protocol


class Parameters(Protocol):
    """The parameters of the policy pack; `policies.configuration.Parameters` has their defaults and limits."""

    @property
    def log_retention_days(self) -> int:
        """Minimum retention of an operational log group, in days."""
        ...

    @property
    def record_retention_days(self) -> int:
        """Minimum retention of records, in days."""
        ...

    @property
    def key_deletion_window_days(self) -> int:
        """Minimum waiting period before a KMS key is deleted, in days."""
        ...

    @property
    def session_seconds(self) -> int:
        """Maximum session duration of a role, in seconds."""
        ...

    @property
    def required_tags(self) -> Sequence[str]:
        """Tags that every taggable resource has to carry."""
        ...
