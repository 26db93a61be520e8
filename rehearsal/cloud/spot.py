"""Managed spot training: checkpoints that are copied to S3 while a job runs, and interruptions that a drill plants.

Source: SageMaker Developer Guide, "Managed Spot Training in Amazon SageMaker AI" and "Checkpoints in Amazon SageMaker
AI"; API Reference, "DescribeTrainingJob" (`SecondaryStatus`).
"""

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

FOLDER: Final = "checkpoints"
"""Folder of the checkpoints below `/opt/ml`."""
POLL_SECONDS: Final = 0.01


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """Configuration of a training job on spot instances."""

    uri: str
    """S3 address of the checkpoints; empty without checkpoints."""
    seconds: int
    """Maximum time from the first start to the end, interruptions included."""


@dataclass(slots=True)
class Interruptions:
    """Interruptions that are planted for the next starts of spot jobs, per region."""

    _planted: dict[str, int] = field(default_factory=dict[str, int])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plant(self, region: str, times: int) -> None:
        """Interrupt the next starts of spot jobs in a region; 0 takes the interruptions out."""
        with self._lock:
            self._planted[region] = times

    def take(self, region: str) -> bool:
        """Return whether a start of a spot job is interrupted; counts it."""
        with self._lock:
            left = self._planted.get(region, 0)
            self._planted[region] = max(left - 1, 0)
            return left > 0


@dataclass(slots=True)
class CheckpointCopy:
    """Copies the checkpoints of a running job to its bucket."""

    s3: Any
    uri: str
    folder: Path
    _copied: dict[Path, tuple[int, int]] = field(default_factory=dict[Path, tuple[int, int]])
    uploads: int = 0

    def copy(self) -> None:
        """Upload the files that were written since the last copy; a file that is replaced meanwhile comes next time."""
        if not self.uri:
            return
        bucket, _, prefix = self.uri.removeprefix("s3://").partition("/")
        for file in sorted(self.folder.rglob("*")):
            try:
                state = file.stat()
                content = file.read_bytes() if file.is_file() else None
            except FileNotFoundError:
                continue
            version = (state.st_ino, state.st_mtime_ns)
            if content is None or self._copied.get(file) == version:
                continue
            key = f"{prefix.rstrip('/')}/{file.relative_to(self.folder).as_posix()}"
            self.s3.put_object(Bucket=bucket, Key=key, Body=content)
            self._copied[file] = version
            self.uploads += 1
