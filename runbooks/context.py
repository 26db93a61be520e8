"""The context that the steps of an operation run in."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from runbooks.documents import EndpointDocument, RecoveryDocument, Side
from runbooks.errors import StepError
from runbooks.model import Operation, Step

if TYPE_CHECKING:  # the declarations of the steps are imported without boto3
    from runbooks.aws import Aws
    from runbooks.journal import Journal


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """An operation that is carried out."""

    aws: Aws
    zones: Mapping[Side, RecoveryDocument]
    """Side that answers -> the recovery document in its region."""
    source: Side
    target: Side
    operation: Operation
    journal: Journal
    steps: Sequence[Step] = ()
    """Every step of the plan, for the incident record."""
    accept_conflicts: bool = False
    """Whether to continue although both regions wrote some objects."""
    on_message: Callable[[str], None] = field(default=lambda _: None)
    """Receives messages for the operator, with the markup of rich."""
    now: Callable[[], datetime] = _now
    poll_seconds: float = 5.0
    """Seconds between two requests for the state of something that takes time."""

    @property
    def zone(self) -> RecoveryDocument:
        """The recovery document in the target region; that of the recovery region if the target does not answer."""
        return self.zones.get(self.target) or self.zones["recovery"]

    @property
    def recovery_region(self) -> str:
        """The region of the journal, of the topic and of the traffic switch."""
        return self.zone.recovery

    @property
    def source_region(self) -> str:
        """The region that served before the operation."""
        return self.zone.region(self.source)

    @property
    def target_region(self) -> str:
        """The region that serves after the operation."""
        return self.zone.region(self.target)

    def client(self, service: str, side: Side | None = None) -> Any:
        """A boto3 client in the region of a side, by default the target's."""
        return self.aws.client(service, self.zone.region(side or self.target))

    def endpoint(self, name: str, side: Side | None = None) -> EndpointDocument:
        """The document of an endpoint in the region of a side, by default the target's."""
        return self.zones[side or self.target].endpoint(name)

    def until(self, done: Callable[[], bool], *, deadline: datetime, waiting_for: str) -> None:
        """Waits until a condition holds.

        Args:
            done: the condition; it is called every `poll_seconds`.
            deadline: when to stop waiting.
            waiting_for: completes the message "gave up waiting for ...".

        Raises:
            StepError: the condition does not hold at the deadline.
        """
        while not done():
            self.journal.lease.ensure_held()
            if self.now() >= deadline:
                raise StepError(f"gave up waiting for {waiting_for}")
            time.sleep(self.poll_seconds)
