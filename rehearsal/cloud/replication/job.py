"""Batch replication: queues existing objects and failed ones in small batches."""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

FEED: Final = 200
"""Objects that a job lets wait in the queue at once."""
DONE: Final = frozenset({"Cancelled", "Complete", "Failed"})

ObjectVersion = tuple[str, Any]
"""An object's key, and the emulator's object."""


@dataclass(kw_only=True, slots=True)
class Job:
    """A job of S3 Batch Operations; its states are S3's."""

    account: str
    region: str
    bucket: str
    role: str
    token: str
    description: str
    priority: int
    objects: Sequence[ObjectVersion]
    queue: Callable[[str, Any], None]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = "Ready"
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    _fed: int = 0
    _started: float = field(default_factory=time.monotonic)

    def step(self) -> None:
        """Queue the next objects, and complete the job when all are replicated."""
        if self.status in DONE or self.status == "Suspended":
            return
        self.status = "Active"
        waiting = sum(_status(version) == "PENDING" for _, version in self.objects[: self._fed])
        for name, version in self.objects[self._fed : self._fed + max(0, FEED - waiting)]:
            self.queue(name, version)
            self._fed += 1
        if self._fed == len(self.objects) and not any(_status(version) == "PENDING" for _, version in self.objects):
            self.status = "Complete"

    def ask(self, status: str) -> None:
        """Cancel the job, or resume a suspended one.

        Raises:
            ValueError: it has ended, or there is no such request.
        """
        if self.status in DONE or status not in ("Cancelled", "Ready"):
            raise ValueError(f"a job that is {self.status} cannot become {status}")
        self.status = status

    def described(self) -> Mapping[str, Any]:
        """Return the job as `DescribeJob` describes it."""
        done = [_status(version) for _, version in self.objects[: self._fed]]
        return {
            "JobId": self.id,
            "JobArn": f"arn:aws:s3:{self.region}:{self.account}:job/{self.id}",
            "Description": self.description,
            "Priority": self.priority,
            "Status": self.status,
            "RoleArn": self.role,
            "Operation": {"S3ReplicateObject": {}},
            "CreationTime": self.created,
            "ProgressSummary": {
                "TotalNumberOfTasks": len(self.objects),
                "NumberOfTasksSucceeded": done.count("COMPLETED"),
                "NumberOfTasksFailed": done.count("FAILED"),
                "Timers": {"ElapsedTimeInActiveSeconds": int(time.monotonic() - self._started)},
            },
        }


class Jobs:
    """The jobs of the cloud, by account."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def add(self, job: Job) -> Job:
        """Add a job, or return the existing job with the same client request token."""
        same = next((resource for resource in self.of(job.account) if resource.token == job.token), None)
        if same is not None:
            return same
        self._jobs[job.id] = job
        return job

    def of(self, account: str) -> list[Job]:
        """Return the jobs of an account, the newest first."""
        return [job for job in reversed(self._jobs.values()) if job.account == account]

    def get(self, account: str, job_id: str) -> Job | None:
        """Return one job of an account; None if the account has no such job."""
        job = self._jobs.get(job_id)
        return job if job is not None and job.account == account else None

    def active(self, lost: set[str]) -> Iterator[Job]:
        """Yield the unfinished jobs of regions that are not lost."""
        return (job for job in list(self._jobs.values()) if job.status not in DONE and job.region not in lost)


def _status(version: Any) -> str | None:
    return getattr(version, "replication_status", None)
