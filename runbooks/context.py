"""What every step works with."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from runbooks.aws import Aws
from runbooks.documents import EndpointDocument, RecoveryDocument, Side
from runbooks.errors import RunbookError
from runbooks.journal import Journal, Operation


class StepError(RunbookError):
    """A step failed; the runner adds what to do by hand."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """One operation at work."""

    aws: Aws
    zones: Mapping[Side, RecoveryDocument]
    """The zone as each side that answers knows it."""
    source: Side
    target: Side
    operation: Operation
    journal: Journal
    accept_conflicts: bool = False
    say: Callable[[str], None] = field(default=lambda _: None)
    now: Callable[[], datetime] = _now
    poll_seconds: float = 5.0
    """Between two looks at something that takes its time."""

    @property
    def zone(self) -> RecoveryDocument:
        """The zone as the target knows it."""
        return self.zones[self.target]

    @property
    def home(self) -> str:
        """The region that the journal, the topic and the traffic switch are in: it survives by design."""
        return self.zone.recovery

    @property
    def there(self) -> str:
        """The region that is to serve."""
        return self.zone.region(self.target)

    def client(self, service: str, side: Side | None = None) -> Any:
        """A client in the region of a side, the target's if none is named."""
        return self.aws.client(service, self.zone.region(side or self.target))

    def endpoint(self, name: str, side: Side | None = None) -> EndpointDocument:
        """An endpoint as a side knows it."""
        return self.zones[side or self.target].endpoint(name)

    def until(self, done: Callable[[], bool], *, deadline: datetime, waiting_for: str) -> None:
        """Looks again and again.

        Raises:
            StepError: the time is over.
        """
        while not done():
            if self.now() >= deadline:
                raise StepError(f"gave up waiting for {waiting_for}")
            time.sleep(self.poll_seconds)
