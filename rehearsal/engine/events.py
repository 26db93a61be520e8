"""The events of a run, for a live display, and its results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Operation: TypeAlias = Literal["preview", "up", "refresh", "destroy"]
Op: TypeAlias = Literal["create", "update", "replace", "delete", "same", "read", "import", "refresh"]
Severity: TypeAlias = Literal["debug", "info", "warning", "error"]
Level: TypeAlias = Literal["advisory", "mandatory", "remediate", "disabled"]
Kind: TypeAlias = Literal["add", "delete", "update", "add-replace", "delete-replace", "update-replace"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Base class of the events of a run of a stack."""

    stack: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StackStarted(Event):
    """A run of a stack begins. `preview`: the following events are those of a preview."""

    operation: Operation


@dataclass(frozen=True, kw_only=True, slots=True)
class StepStarted(Event):
    """A step on a resource begins (in a preview: is planned)."""

    urn: str
    type: str
    op: Op
    preview: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class StepDone(Event):
    """A step on a resource ended; `error` is empty if it succeeded."""

    urn: str
    type: str
    op: Op
    preview: bool
    seconds: float
    error: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Log(Event):
    """A message from the program, the provider, a pack or the engine; ephemeral ones may be overwritten."""

    severity: Severity
    message: str
    urn: str = ""
    ephemeral: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Violation(Event):
    """A violated policy. `message` describes the violation, `description` the policy."""

    policy: str
    pack: str
    urn: str
    level: Level
    message: str
    description: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Remediated(Event):
    """A policy that changed a resource's inputs before the provider got them."""

    policy: str
    pack: str
    urn: str
    description: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PropertyDiff:
    """A property that a step changes; the values are displayable ("[secret]", "[unknown]")."""

    path: str
    kind: Kind
    old: Any = None
    new: Any = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A step on one resource, planned (preview) or taken."""

    urn: str
    type: str
    op: Op
    diff: Sequence[PropertyDiff] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StackResult:
    """The result of a run of a stack.

    `operations` counts steps by op; provider defaults the program did not write are left out, as the CLI does.
    `pending` lists operations whose outcome a killed run left unknown, as (op, urn). `seconds` is wall time;
    `own_seconds` is the engine's own part: its processor time and its waiting for the disk, without program,
    provider and packs.
    """

    name: str
    operation: Operation
    ok: bool
    operations: Mapping[str, int]
    steps: Sequence[Step] = ()
    violations: Sequence[Violation] = ()
    remediations: Sequence[Remediated] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict)
    resources: Sequence[tuple[str, str, str]] = ()
    types: Mapping[str, int] = field(default_factory=dict)
    policies_run: int = 0
    pending: Sequence[tuple[str, str]] = ()
    seconds: float = 0.0
    own_seconds: float = 0.0
    error: str = ""
    error_detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class StackFinished(Event):
    """A run of a stack ended."""

    result: StackResult
