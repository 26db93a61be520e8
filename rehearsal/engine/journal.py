"""The journal of a run: every step appended before and after it is taken, folded into the checkpoint at the end.

One JSON record a line. `run` opens it and names the checkpoint it builds on (by SHA-256, empty for none); `begin` is
durable before the provider is asked; `end` says what the step put into and dropped from the stack; `commit` names the
checkpoint the journal was folded into. A begin without its end is an operation whose outcome is unknown.
"""

import hashlib
import json
import os
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

from rehearsal.engine.errors import CheckpointError

Entry: TypeAlias = Mapping[str, Any]


def key_of(entry: Entry) -> str:
    """The key of a resource's JSON (see `Resource.key`)."""
    return f"{entry['urn']}#{entry.get('id', '')}" if entry.get("delete") else entry["urn"]


def digest(content: bytes) -> str:
    """Return the digest by which a journal names a checkpoint."""
    return hashlib.sha256(content).hexdigest()


@dataclass(kw_only=True, slots=True)
class Folded:
    """A stack's resources by key, and the operations whose outcome is unknown, after some journal records."""

    entries: dict[str, Entry] = field(default_factory=dict)
    pending: dict[tuple[str, str], Entry] = field(default_factory=dict)

    def apply(self, record: Mapping[str, Any]) -> None:
        """Apply one record; the same records in the same order give the same result."""
        kind = record["t"]
        if kind == "begin":
            self.pending[record["resource"]["urn"], record["op"]] = record["resource"]
        elif kind == "end":
            self.pending.pop((record["urn"], record["op"]), None)
            for key in record.get("drop", ()):
                self.entries.pop(key, None)
            for entry in record.get("put", ()):
                self.entries[key_of(entry)] = entry
        elif kind == "settled":
            self.pending.clear()


class Journal:
    """Appends records to a file; many threads may, and those that need durability share one fsync."""

    def __init__(self, path: Path, *, base: str, salt: str, operation: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = threading.Lock()
        self._sync_lock = threading.Lock()
        self._written = 0
        self._synced = 0
        self.waited_seconds = 0.0
        self.changed = False
        started = datetime.now(UTC).isoformat(timespec="milliseconds")
        # The salt: a stack that was never up has no checkpoint yet to say what its secrets are encrypted with.
        self._write(
            {"t": "run", "base": base, "salt": salt, "operation": operation, "pid": os.getpid(), "time": started}
        )

    def begin(self, op: str, resource: Entry) -> None:
        """Record that an operation (`creating`, `updating`, `deleting`, `reading`) starts; returns once durable."""
        self.changed = True
        mark = self._write({"t": "begin", "op": op, "resource": resource})
        with self._sync_lock:
            # Whoever gets here after another's fsync covered its record has nothing left to do.
            if self._synced < mark:
                with self._lock:
                    reached = self._written
                started = time.monotonic()
                os.fsync(self._file)
                self.waited_seconds += time.monotonic() - started
                self._synced = reached

    def end(self, op: str, urn: str, *, put: Sequence[Entry] = (), drop: Sequence[str] = ()) -> None:
        """Record an operation's result. If this record is lost, the operation is requested again."""
        self.changed = True
        self._write({"t": "end", "op": op, "urn": urn, "put": list(put), "drop": list(drop)})

    def settled(self) -> None:
        """Record that the run completed: no operation is pending."""
        self.changed = True
        self._write({"t": "settled"})

    def commit(self, checkpoint_digest: str) -> None:
        """Record durably the checkpoint into which this journal is folded."""
        self._write({"t": "commit", "sha256": checkpoint_digest})
        os.fsync(self._file)

    def close(self) -> None:
        """Stop appending."""
        os.close(self._file)

    def _write(self, record: Mapping[str, Any]) -> int:
        line = json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
        with self._lock:
            os.write(self._file, line)
            self._written += 1
            return self._written


def read(path: Path) -> list[dict[str, Any]]:
    """The records in a journal; a last line cut short by a crash is left out.

    Raises CheckpointError when anything else is damaged.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    lines = content.split(b"\n")[:-1]
    try:
        return [json.loads(line) for line in lines]
    except ValueError as error:
        raise CheckpointError(
            f"{path} is damaged: move it away to continue from the checkpoint beside it "
            "(the steps that it recorded are then lost)"
        ) from error


def fold(start: Iterable[Entry], pending: Iterable[tuple[str, Entry]], records: Iterable[Mapping[str, Any]]) -> Folded:
    """Apply journal records to a checkpoint's resources and pending operations."""
    folded = Folded(
        entries={key_of(entry): entry for entry in start}, pending={(entry["urn"], op): entry for op, entry in pending}
    )
    for record in records:
        folded.apply(record)
    return folded
