"""The situation of an environment, and the findings of the readiness checks about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from runbooks.context import Context
from runbooks.documents import EndpointDocument, RecoveryDocument, Side
from runbooks.errors import StepError
from runbooks.model import Operation, Snapshot

if TYPE_CHECKING:  # the declarations of the steps are imported without boto3
    from runbooks.aws import Aws
    from runbooks.journal import Journal


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """An environment with its state, and the means to act on it."""

    aws: Aws
    prefix: str
    who: str
    """ARN of the operator."""
    zone: RecoveryDocument
    """The recovery document in the recovery region."""
    zones: Mapping[Side, RecoveryDocument]
    """Side that answers -> the recovery document in its region."""
    snapshot: Snapshot
    journal: Journal

    @property
    def lost_regions(self) -> frozenset[str]:
        """Regions that do not answer."""
        return frozenset(self.zone.region(side) for side, answers in self.snapshot.reachable.items() if not answers)

    def failover_context(self) -> Context:
        """The context of a failover that is not recorded, for checks that share code with a step."""
        operation = Operation(
            id="readiness", kind="failover", status="running", started=datetime.now(UTC), who=self.who
        )
        return Context(
            aws=self.aws,
            zones={"recovery": self.zone, **self.zones},
            source="primary",
            target="recovery",
            operation=operation,
            journal=self.journal,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """The result of a readiness check about one subject."""

    check: str
    subject: str
    ok: bool
    found: str
    """The state that was found."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadinessCheck:
    """A check that reads the state of the environment and changes nothing."""

    name: str
    """Name of the finding when AWS refuses a request of the check."""
    findings: Callable[[Situation], Iterator[Finding]]


def endpoint_findings(
    situation: Situation, check: str, verify: Callable[[Context, EndpointDocument], str]
) -> Iterator[Finding]:
    """Yield one finding per endpoint.

    Args:
        situation: the environment.
        check: name of the check.
        verify: returns the state of an endpoint in the context of a failover, or raises StepError when a failover would
            stop there.
    """
    context = situation.failover_context()
    for endpoint in situation.zone.endpoints:
        try:
            result, ok = verify(context, endpoint), True
        except StepError as error:
            result, ok = str(error), False
        yield Finding(check=check, subject=endpoint.name, ok=ok, found=result)
