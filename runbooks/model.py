"""The data of an operation: its steps, its plan, its journal entries and the state that the plan follows from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from runbooks.documents import Side

OperationKind = Literal["failover", "failback"]
OperationStatus = Literal["running", "done", "aborted"]
StepStatus = Literal["started", "done", "failed", "undone"]
"""Status of a step in the journal; `undone`: its compensation was carried out, and the next run performs it again."""
STEP_STATUSES: Final[Mapping[str, StepStatus]] = {
    "started": "started",
    "done": "done",
    "failed": "failed",
    "undone": "undone",
}
"""Text in the journal -> status."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """A failover or failback, over all processes that took part in it."""

    id: str
    kind: OperationKind
    status: OperationStatus
    started: datetime
    who: str
    """ARN of the operator who started it."""
    lost_at: datetime | None = None
    """When the source region was lost, as the operator stated it."""
    drill: bool = False
    writer_region: str = ""
    """The region whose pipelines were allowed to write before the operation; empty if it was begun by an older
    runbook."""
    approved_by: str = ""
    """ARN of the session that approved it; empty where no approval is needed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StepRecord:
    """The journal entry of a step."""

    status: StepStatus
    details: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A step of a plan. To run it twice has the same effect as to run it once."""

    kind: str
    """The kind of its definition, for example `start-endpoint`."""
    title: str
    by_hand: str
    """Instructions for the operator when the step fails."""
    endpoint: str | None = None
    """Name of the endpoint; None for a step of the whole environment."""
    minutes: int = 5
    """Minutes after which the step has failed."""

    @property
    def name(self) -> str:
        """Its name in the journal, for example `start-endpoint#readmission`."""
        return f"{self.kind}#{self.endpoint}" if self.endpoint else self.kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The steps of an operation, in order. The steps of different endpoints run in parallel."""

    kind: OperationKind
    source: Side
    target: Side
    before: Sequence[Step]
    """Steps of the environment before those of the endpoints."""
    by_endpoint: Mapping[str, Sequence[Step]]
    """Name of an endpoint -> its steps."""
    after: Sequence[Step]
    """Steps of the environment after those of the endpoints."""
    notes: Sequence[str] = ()
    """Messages for the operator."""

    @property
    def steps(self) -> Sequence[Step]:
        """Every step, in the order in which the plan is printed."""
        return [*self.before, *(step for steps in self.by_endpoint.values() for step in steps), *self.after]


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointState:
    """The state of an endpoint in one region."""

    exists: bool
    status: str = ""
    """Status of the SageMaker endpoint, or the error code if it could not be read."""
    instances: int = 0
    config: str = ""
    """Name of the endpoint configuration."""
    model_version: str = ""
    image_digest: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """The state of an environment that a plan follows from."""

    now: datetime
    reachable: Mapping[Side, bool]
    """Side -> whether its region answers."""
    positions: Mapping[str, Side]
    """Name of an endpoint -> the side that serves it."""
    endpoints: Mapping[str, Mapping[Side, EndpointState]] = field(
        default_factory=dict[str, Mapping[Side, EndpointState]]
    )
    """Name of an endpoint -> its state in each region that answers."""
    writers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Region that answers -> value of its writers' parameter: a region, `none`, or an empty text if it is missing."""
    withdrawn: Collection[str] = ()
    """Names of active-active endpoints whose traffic goes to the primary region alone."""
    open_operation: Operation | None = None
    """The operation that was started and has not ended."""
