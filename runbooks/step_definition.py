"""Definition of a kind of step in a module of `runbooks/steps/`: texts, rights, check and change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from runbooks.context import Context
from runbooks.documents import EndpointDocument, RecoveryDocument, Side
from runbooks.model import OperationKind, Step
from runbooks.rights import Right
from runbooks.situation import ReadinessCheck

Details = dict[str, Any]
"""Details that a step adds to its journal entry: JSON values by name."""
Change = Callable[[Context, str, datetime], Details]
"""Performs a step. Arguments: the context, the name of the endpoint (empty for a step of the environment) and the
deadline. It raises `StepError`, or the error of a refused AWS request, when the step fails."""
Preflight = Callable[[Context, str], object]
"""Verifies, before the first change of an operation, that a step would succeed, as far as requests that change nothing
show it. Arguments: the context and the name of the endpoint. It raises `StepError`."""
BOTH: Final[Sequence[OperationKind]] = ("failover", "failback")


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """The environment of a plan and the direction of its operation."""

    zone: RecoveryDocument
    source: Side
    target: Side

    @property
    def source_region(self) -> str:
        """The region that serves before the operation."""
        return self.zone.region(self.source)

    @property
    def target_region(self) -> str:
        """The region that serves after the operation."""
        return self.zone.region(self.target)


@dataclass(frozen=True, kw_only=True, slots=True)
class StepText:
    """The texts of a step in a plan."""

    title: str
    by_hand: str
    """Instructions for the operator when the step fails."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Undone:
    """The result of a compensation."""

    restored: str = ""
    """What was taken back; empty if nothing was to do."""
    left: Sequence[str] = ()
    """What stays, each with the command that changes it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Compensation:
    """Takes the change of a step back. To carry it out twice has the same effect as once."""

    undo: Callable[[Context, str], Undone]
    """Arguments: the context and the name of the endpoint. It raises `StepError`, or the error of a refused request."""
    text: Callable[[Route, str], str]
    """What it takes back, for the plan of `abort`."""
    automatic: bool = False
    """Whether it is carried out when a step of the operation fails, not by `abort` alone."""
    operations: Sequence[OperationKind] = BOTH
    repeats: Sequence[str] = ()
    """Kinds of later steps whose result is no longer valid, which the next run performs again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StepDefinition:
    """A kind of step."""

    kind: str
    """Name of the step in plans, in the journal and in incident records."""
    operations: Sequence[OperationKind] = BOTH
    """The operations whose plan includes the step."""
    minutes: int = 5
    """Minutes after which the step has failed."""
    rights: Sequence[Right]
    """The permissions that the step needs besides those of every operation (`runbooks.role.OPERATION`)."""
    check: ReadinessCheck | None = None
    """The part of the readiness check that foretells whether the step would succeed; it changes nothing."""
    preflight: Preflight | None = None
    """The check before the first change of an operation; None if there is nothing to verify."""
    compensation: Compensation | None = None
    """Takes the change back; None for a step that changes nothing, or whose change stays."""
    change: Change
    when_repeated: str
    """Text: how a run recognises a step that a killed run completed without its journal entry."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentStep(StepDefinition):
    """A kind of step that occurs once in a plan."""

    stage: Literal["before endpoints", "after endpoints"]
    """Whether it runs before or after the steps of the endpoints."""
    text: Callable[[Route], StepText]

    def step(self, route: Route) -> Step:
        """The step in a plan."""
        text = self.text(route)
        return Step(kind=self.kind, title=text.title, by_hand=text.by_hand, minutes=self.minutes)


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointStep(StepDefinition):
    """A kind of step that occurs once per endpoint in a plan."""

    text: Callable[[Route, EndpointDocument], StepText]

    def step(self, route: Route, endpoint: EndpointDocument) -> Step:
        """The step of one endpoint in a plan."""
        text = self.text(route, endpoint)
        return Step(
            kind=self.kind, title=text.title, by_hand=text.by_hand, endpoint=endpoint.name, minutes=self.minutes
        )
