"""Content-addressed outputs of steps: written aside, renamed when complete, verified before use.

A killed run leaves a folder `.part` that the next run deletes; what is complete is never written again.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, Final

from workloads.pipeline.errors import BUSY, StepError

_RECORD: Final = "step.json"


def digest(path: Path) -> str:
    """SHA-256 of a file, or of the names and contents of a folder's files."""
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    total = hashlib.sha256()
    for file in sorted(file for file in path.rglob("*") if file.is_file()):
        if file != path / _RECORD:
            total.update(f"{file.relative_to(path)} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def key(step: str, inputs: Mapping[str, str], settings: Mapping[str, Any], program: str) -> str:
    """Sixteen digits that follow from everything a step's output depends on."""
    content = json.dumps([step, dict(inputs), dict(settings), program], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


class Cache:
    """Outputs below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def complete(self, name: str) -> tuple[Path, dict[str, Any]] | None:
        """Folder and record of a complete output; an altered one is deleted and made again."""
        folder = self._folder / name
        try:
            record: dict[str, Any] = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            shutil.rmtree(folder, ignore_errors=True)
            return None
        if record.get("digest") != digest(folder):
            shutil.rmtree(folder)
            return None
        return folder, record

    def begin(self, name: str) -> Path:
        """An empty folder for an output that is being written."""
        folder = self._folder / f"{name}.part"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def finish(self, name: str, record: Mapping[str, Any]) -> tuple[Path, dict[str, Any]]:
        """Renames an output that is complete."""
        part, folder = self._folder / f"{name}.part", self._folder / name
        complete = {**record, "digest": digest(part)}
        (part / _RECORD).write_text(json.dumps(complete, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        part.rename(folder)
        return folder, complete

    def remove(self, name: str) -> None:
        """Deletes an output, so that it is made again."""
        shutil.rmtree(self._folder / name, ignore_errors=True)

    def discard(self) -> None:
        """Deletes what killed runs left."""
        for folder in self._folder.glob("*.part"):
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def exclusive(folder: Path) -> Generator[None]:
    """Allow one run at a time; the lock ends with the process.

    Raises:
        StepError: another run uses the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StepError(
                f"Another run uses {folder}.",
                action="Wait until it ends, or name another folder with --output.",
                code=BUSY,
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
