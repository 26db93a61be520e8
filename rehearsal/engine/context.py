"""The parts of the engine that the operations of a stack (preview, update, refresh, destroy) use."""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from rehearsal.engine.events import Event
from rehearsal.engine.packs import PolicyPack
from rehearsal.engine.project import Project
from rehearsal.engine.references import References
from rehearsal.engine.registry import Connections
from rehearsal.engine.store import StateStore
from rehearsal.preload import Preload


class EngineContext(Protocol):
    """The engine's interface to the operations of a stack."""

    project: Project
    store: StateStore
    parallel: int
    """Number of provider calls that may run at once."""
    sink: Callable[[Event], None]
    """Receives every event."""
    references: References
    connections: Connections
    interrupted: threading.Event
    preload: Preload | None
    """Process that programs and policy packs are forked from; None: each is a new interpreter."""

    def packs(self) -> Sequence[PolicyPack]:
        """Return the policy packs, which are started at the first call."""
        ...
