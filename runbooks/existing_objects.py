"""Replicates objects that are older than the replication rule, or whose replication failed: S3 Batch Replication.

After an interrupted job, another job is started. S3 generates its manifest from the objects that are not replicated, so
that no object is copied twice (S3 User Guide, "Replicating existing objects with Batch Replication").
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

ENDED: Final = frozenset({"Cancelled", "Complete", "Failed"})


@dataclass(frozen=True, kw_only=True, slots=True)
class JobProgress:
    """The progress of a job; counts of objects."""

    job_id: str
    status: str
    total: int
    succeeded: int
    failed: int

    @property
    def ended(self) -> bool:
        """Whether the job has ended."""
        return self.status in ENDED


def start(s3control: Any, *, account: str, bucket: str, role_arn: str, token: str) -> str:
    """Starts a job, unless one is running for the bucket.

    Args:
        s3control: a client in the bucket's region.
        account: the account of the bucket.
        bucket: name of the source bucket.
        role_arn: the role of S3 Batch Operations.
        token: the same text for every attempt to start the same job.

    Returns:
        The id of the job.
    """
    running = s3control.list_jobs(AccountId=account, JobStatuses=["Active", "New", "Preparing", "Ready"])["Jobs"]
    for job in running:
        if job.get("Description") == _description(bucket):
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
            Description=_description(bucket),
            ManifestGenerator={
                "S3JobManifestGenerator": {
                    "SourceBucket": f"arn:aws:s3:::{bucket}",
                    "EnableManifestOutput": False,
                    "Filter": {"EligibleForReplication": True, "ObjectReplicationStatuses": ["NONE", "FAILED"]},
                }
            },
        )["JobId"]
    )


def progress(s3control: Any, *, account: str, job_id: str) -> JobProgress:
    """The progress of a job."""
    job: Mapping[str, Any] = s3control.describe_job(AccountId=account, JobId=job_id)["Job"]
    counts: Mapping[str, Any] = job.get("ProgressSummary", {})
    return JobProgress(
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
    on_progress: Callable[[JobProgress], None] = lambda _: None,
    pause: float = 1.0,
) -> JobProgress:
    """Waits until a job has ended.

    Raises:
        TimeoutError: it has not ended after `patience` seconds; the job continues, and can be waited for again.
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


def _description(bucket: str) -> str:
    return f"existing objects of {bucket}"
