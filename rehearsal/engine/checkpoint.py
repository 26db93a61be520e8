"""Checkpoint files in Pulumi's deployment format, version 3: reading, checking, ordering, writing."""

import hashlib
import importlib.metadata
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rehearsal.engine.errors import CheckpointError
from rehearsal.engine.journal import Entry, digest

VERSION: Final = 3
REHEARSED: Final = "rehearsed"
"""Key beside those of Pulumi that marks states of this engine, whose resources are emulated; the CLI ignores it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """The content of a checkpoint file. Without a file, `sha256` and everything else is empty."""

    sha256: str = ""
    salt: str = ""
    resources: Sequence[Entry] = ()
    pending: Sequence[tuple[str, Entry]] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)


def read(path: Path) -> Checkpoint:
    """Read the checkpoint of a file.

    Raises CheckpointError, naming the file and the way out, when it is corrupt, cut short or of another version.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Checkpoint()
    try:
        document = json.loads(content)
        version = document["version"]
        if version != VERSION:
            age = "newer" if isinstance(version, int) and version > VERSION else "another"
            raise CheckpointError(
                f"{path} is a checkpoint of {age} version ({version}); this engine reads version {VERSION}: "
                "use the release that wrote it, or restore an older copy"
            )
        deployment = document["deployment"]
        pending = [(item["type"], item["resource"]) for item in deployment.get("pending_operations") or ()]
        resources = list(deployment.get("resources") or ())
        for entry in (*resources, *(entry for _, entry in pending)):
            _ = entry["urn"], entry["type"]
        return Checkpoint(
            sha256=digest(content),
            salt=_salt(path, deployment.get("secrets_providers")),
            resources=resources,
            pending=pending,
            metadata=deployment.get("metadata") or {},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        backup = path.with_suffix(".json.bak")
        restore = f"restore it from {backup}" if backup.exists() else "restore it from a copy"
        raise CheckpointError(
            f"{path} is corrupt or cut short ({type(error).__name__}: {error}): {restore}, "
            "or move it away to start anew (what it describes would be forgotten, not deleted)"
        ) from error


def _salt(path: Path, provider: Any) -> str:
    if not provider:
        return ""
    if provider.get("type") != "passphrase":
        raise CheckpointError(
            f"{path} was encrypted by the secrets provider {provider.get('type')!r}; "
            "this engine supports only 'passphrase'"
        )
    return str(provider["state"]["salt"])


def render(entries: Iterable[Entry], pending: Iterable[tuple[str, Entry]], *, salt: str) -> bytes:
    """Return the bytes of a checkpoint file; resources come after the resources that they depend on."""
    version = f"v{importlib.metadata.version('pulumi')}"
    deployment: dict[str, Any] = {
        "manifest": {
            "time": datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "magic": hashlib.sha256(version.encode()).hexdigest(),
            "version": version,
        },
        "secrets_providers": {"type": "passphrase", "state": {"salt": salt}},
        "resources": ordered(entries),
        "pending_operations": [{"resource": entry, "type": op} for op, entry in pending],
        "metadata": {},
    }
    document = {"version": VERSION, "deployment": deployment, REHEARSED: True}
    return json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n"


def ordered(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries in a stable order: each after the entries that it needs, those that await deletion last."""
    live = {entry["urn"]: entry for entry in entries if not entry.get("delete")}
    awaiting_deletion = [entry for entry in entries if entry.get("delete")]
    done: dict[str, Entry] = {}
    for urn in live:
        stack = [(urn, False)]
        opened: set[str] = set()
        while stack:
            current, visited = stack.pop()
            if current in done:
                continue
            if visited:
                done[current] = live[current]
            elif current not in opened:
                opened.add(current)
                stack.append((current, True))
                stack.extend(
                    (need, False) for need in reversed(_needs(live[current])) if need in live and need not in done
                )
    return [*done.values(), *awaiting_deletion]


def _needs(entry: Entry) -> list[str]:
    urns = [entry.get("parent", ""), entry.get("provider", "").rpartition("::")[0], entry.get("deletedWith", "")]
    urns += entry.get("dependencies") or ()
    urns += entry.get("replaceWith") or ()
    for property_dependency in (entry.get("propertyDependencies") or {}).values():
        urns += property_dependency or ()
    return [urn for urn in urns if urn]


def write(path: Path, content: bytes) -> None:
    """Write a checkpoint atomically and durably; the previous one is kept beside it as `.bak`."""
    temporary = path.with_suffix(".json.tmp")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        spare = path.with_suffix(".json.bak.tmp")
        spare.unlink(missing_ok=True)
        os.link(path, spare)
        spare.replace(path.with_suffix(".json.bak"))
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
