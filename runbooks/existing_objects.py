"""Copies what was in a bucket before its replication was, or failed: S3 Batch Replication, safe to run twice.

A job that was interrupted is not continued but followed by one more, whose manifest S3 makes of what is still not
replicated: nothing is copied twice (S3 User Guide, "Replicating existing objects with Batch Replication").
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

ENDED: Final = frozenset({"Cancelled", "Complete", "Failed"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How a job is."""

    job_id: str
    status: str
    total: int
    succeeded: int
    failed: int

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.status in ENDED


def start(s3control: Any, *, account: str, bucket: str, role_arn: str, token: str) -> str:
    """Asks S3 for a job, or gives the one that runs for this bucket already; the job's id.

    Args:
        s3control: a client in the bucket's region.
        account: the bucket's owner.
        bucket: the source.
        role_arn: what S3 Batch Operations acts as.
        token: the same for every try of the same intention.
    """
    running = s3control.list_jobs(AccountId=account, JobStatuses=["Active", "New", "Preparing", "Ready"])["Jobs"]
    for job in running:
        if job.get("Description") == _described(bucket):
            return str(job["JobId"])
    return str(
        s3control.create_job(
            AccountId=account,
            ConfirmationRequired=False,
            Operation={"S3ReplicateObject": {}},
            Report={"Enabled": False},
            Priority=10,
            RoleArn=role_arn,
            ClientRequestToken=token,
            Description=_described(bucket),
            ManifestGenerator={
                "S3JobManifestGenerator": {
                    "SourceBucket": f"arn:aws:s3:::{bucket}",
                    "EnableManifestOutput": False,
                    "Filter": {"EligibleForReplication": True, "ObjectReplicationStatuses": ["NONE", "FAILED"]},
                }
            },
        )["JobId"]
    )


def progress(s3control: Any, *, account: str, job_id: str) -> Progress:
    """How a job is now."""
    job: Mapping[str, Any] = s3control.describe_job(AccountId=account, JobId=job_id)["Job"]
    counts: Mapping[str, Any] = job.get("ProgressSummary", {})
    return Progress(
        job_id=job_id,
        status=job["Status"],
        total=int(counts.get("TotalNumberOfTasks", 0)),
        succeeded=int(counts.get("NumberOfTasksSucceeded", 0)),
        failed=int(counts.get("NumberOfTasksFailed", 0)),
    )


def wait(
    s3control: Any,
    *,
    account: str,
    job_id: str,
    patience: float,
    on_progress: Callable[[Progress], None] = lambda _: None,
    pause: float = 1.0,
) -> Progress:
    """Waits until a job has ended.

    Raises:
        TimeoutError: it has not, after `patience` seconds; it goes on by itself, and can be waited for again.
    """
    deadline = time.monotonic() + patience
    while True:
        now = progress(s3control, account=account, job_id=job_id)
        on_progress(now)
        if now.ended:
            return now
        if time.monotonic() >= deadline:
            raise TimeoutError(f"job {job_id} is {now.status} after {patience:.0f} s: {now.succeeded} of {now.total}")
        time.sleep(pause)


def _described(bucket: str) -> str:
    return f"existing objects of {bucket}"
