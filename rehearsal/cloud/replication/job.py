"""A batch replication: the objects that were there before a rule was, or failed, queued a few at a time."""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

FEED: Final = 200
"""Objects that a job lets wait in the queue at once."""
DONE: Final = frozenset({"Cancelled", "Complete", "Failed"})

Found = tuple[str, Any]
"""An object's key, and the emulator's object."""


@dataclass(kw_only=True, slots=True)
class Job:
    """One job of S3 Batch Operations; its states are S3's."""

    account: str
    region: str
    bucket: str
    role: str
    token: str
    description: str
    priority: int
    objects: Sequence[Found]
    queue: Callable[[str, Any], None]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = "Ready"
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    _fed: int = 0
    _started: float = field(default_factory=time.monotonic)

    def step(self) -> None:
        """Queue some more, and see whether all is done."""
        if self.status in DONE or self.status == "Suspended":
            return
        self.status = "Active"
        waiting = sum(_status(thing) == "PENDING" for _, thing in self.objects[: self._fed])
        for name, thing in self.objects[self._fed : self._fed + max(0, FEED - waiting)]:
            self.queue(name, thing)
            self._fed += 1
        if self._fed == len(self.objects) and not any(_status(thing) == "PENDING" for _, thing in self.objects):
            self.status = "Complete"

    def ask(self, status: str) -> None:
        """Cancel it, or let a suspended one run.

        Raises:
            ValueError: it has ended, or there is no such request.
        """
        if self.status in DONE or status not in ("Cancelled", "Ready"):
            raise ValueError(f"a job that is {self.status} cannot become {status}")
        self.status = status

    def described(self) -> Mapping[str, Any]:
        """As DescribeJob answers."""
        done = [_status(thing) for _, thing in self.objects[: self._fed]]
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
        """Take a job; the one that was made with the same token before, if there is one."""
        same = next((resource for resource in self.of(job.account) if resource.token == job.token), None)
        if same is not None:
            return same
        self._jobs[job.id] = job
        return job

    def of(self, account: str) -> list[Job]:
        """An account's jobs, the newest first."""
        return [job for job in reversed(self._jobs.values()) if job.account == account]

    def get(self, account: str, job_id: str) -> Job | None:
        """One job of an account."""
        job = self._jobs.get(job_id)
        return job if job is not None and job.account == account else None

    def active(self, lost: set[str]) -> Iterator[Job]:
        """Jobs that have something to do where no region is down."""
        return (job for job in list(self._jobs.values()) if job.status not in DONE and job.region not in lost)


def _status(thing: Any) -> str | None:
    return getattr(thing, "replication_status", None)
