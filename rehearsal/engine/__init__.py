"""The embedded engine: runs Pulumi programs without the Pulumi CLI, through Pulumi's own protocols."""

from rehearsal.engine.crypter import Crypter, Passphrase
from rehearsal.engine.engine import PARALLEL, Engine
from rehearsal.engine.errors import (
    CancelledError,
    CheckpointError,
    EngineError,
    PassphraseError,
    PolicyPackError,
    ProgramError,
    ProjectError,
    ProviderError,
    StackLockedError,
    StepError,
    UnsupportedOptionError,
    UpstreamMissingError,
)
from rehearsal.engine.events import (
    Event,
    Log,
    PropertyDiff,
    Remediated,
    StackFinished,
    StackResult,
    StackStarted,
    Step,
    StepDone,
    StepStarted,
    Violation,
)
from rehearsal.engine.planned import PlannedResource
from rehearsal.engine.project import Project, StackConfig
from rehearsal.engine.side_by_side import SideBySide, among
from rehearsal.engine.store import StateStore

__all__ = [
    "PARALLEL",
    "CancelledError",
    "CheckpointError",
    "Crypter",
    "Engine",
    "EngineError",
    "Event",
    "Log",
    "Passphrase",
    "PassphraseError",
    "PlannedResource",
    "PolicyPackError",
    "ProgramError",
    "Project",
    "ProjectError",
    "PropertyDiff",
    "ProviderError",
    "Remediated",
    "SideBySide",
    "StackConfig",
    "StackFinished",
    "StackLockedError",
    "StackResult",
    "StackStarted",
    "StateStore",
    "Step",
    "StepDone",
    "StepError",
    "StepStarted",
    "UnsupportedOptionError",
    "UpstreamMissingError",
    "Violation",
    "among",
]
