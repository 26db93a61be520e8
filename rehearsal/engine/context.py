"""What the operations of a stack (preview, update, refresh, destroy) need of the engine that runs them."""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from rehearsal.engine.events import Event
from rehearsal.engine.packs import PolicyPack
from rehearsal.engine.project import Project
from rehearsal.engine.references import References
from rehearsal.engine.registry import Connections
from rehearsal.engine.store import StateStore


class EngineContext(Protocol):
    """The engine, as its operations see it."""

    project: Project
    store: StateStore
    parallel: int
    """Number of provider calls that may run at once."""
    sink: Callable[[Event], None]
    """Receives every event."""
    references: References
    connections: Connections
    interrupted: threading.Event

    def packs(self) -> Sequence[PolicyPack]:
        """The policy packs, started at the first call."""
        ...
