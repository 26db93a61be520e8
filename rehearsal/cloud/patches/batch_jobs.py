"""S3 Batch Operations, which moto lacks: jobs that replicate existing objects."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.s3.models import FakeKey, s3_backends
from moto.s3control import urls
from moto.s3control.exceptions import InvalidRequestException, S3ControlError
from moto.s3control.models import S3ControlBackend
from moto.s3control.responses import S3ControlResponse

from rehearsal.cloud.patches import registry
from rehearsal.cloud.patches.replication import queue, routes
from rehearsal.cloud.patches.settings import Settings
from rehearsal.cloud.replication import Replicator
from rehearsal.cloud.replication.job import Job, ObjectVersion

_PATHS: Final = ("/v20180820/jobs", "/v20180820/jobs/<job_id>", "/v20180820/jobs/<job_id>/status")
_LISTED: Final = ("JobId", "Description", "Priority", "Status", "CreationTime", "ProgressSummary")
"""Members of a job's description that `ListJobs` returns."""


class NoSuchJobException(S3ControlError):  # noqa: N818 - moto names exceptions as AWS does
    """The account has no job with the id."""

    code = "NoSuchJobException"

    def __init__(self) -> None:
        super().__init__("The specified job does not exist.")


class JobStatusException(S3ControlError):  # noqa: N818 - moto names exceptions as AWS does
    """The job cannot change to the requested status."""

    code = "JobStatusException"


def apply_with(settings: Settings) -> None:
    """Add the operations; the jobs themselves are in the replicator, which runs them."""
    for path in _PATHS:
        urls.url_paths.setdefault(path, S3ControlResponse.dispatch)
    registry.add_state(S3ControlBackend, replicator=lambda: settings.replicator)
    for name, implementation, handler in (
        ("create_job", _create_job, _handle_create_job),
        ("describe_job", _describe_job, _handle_describe_job),
        ("list_jobs", _list_jobs, _handle_list_jobs),
        ("update_job_status", _update_job_status, _handle_update_job_status),
    ):
        registry.add_operation(S3ControlBackend, S3ControlResponse, name, implementation, handler)


def _create_job(
    self: Any,
    *,
    operation: Mapping[str, Any],
    manifest_generator: Mapping[str, Any],
    role_arn: str,
    client_request_token: str,
    description: str,
    priority: int,
) -> Job:
    """Create a job, or return the job that was created with the same client request token."""
    generator = manifest_generator.get("S3JobManifestGenerator")
    if "S3ReplicateObject" not in operation or not generator:
        raise InvalidRequestException(
            "The emulated S3 Batch Operations supports only S3ReplicateObject with a generated manifest"
        )
    name = generator["SourceBucket"].rpartition(":")[2]
    bucket = s3_backends[self.account_id]["aws"].buckets.get(name)
    if bucket is None or not getattr(bucket, "replication", None):
        raise InvalidRequestException(f"the bucket {name} has no replication configuration")
    statuses = (generator.get("Filter") or {}).get("ObjectReplicationStatuses") or ["NONE", "FAILED"]
    replicator: Replicator = self.replicator
    return replicator.jobs.add(
        Job(
            account=self.account_id,
            region=bucket.region_name,
            bucket=name,
            role=role_arn,
            token=client_request_token,
            description=description,
            priority=priority,
            objects=list(_eligible(bucket, statuses)),
            queue=lambda key, item: queue(replicator, bucket, key, item, "object"),
        )
    )


def _describe_job(self: Any, job_id: str) -> Job:
    job: Job | None = self.replicator.jobs.get(self.account_id, job_id)
    if job is None:
        raise NoSuchJobException
    return job


def _list_jobs(self: Any, job_statuses: Sequence[str]) -> Sequence[Job]:
    """The account's jobs in one of the statuses; without statuses, all of them."""
    return [job for job in self.replicator.jobs.of(self.account_id) if not job_statuses or job.status in job_statuses]


def _update_job_status(self: Any, job_id: str, requested_job_status: str) -> Job:
    job: Job = self.describe_job(job_id)
    try:
        job.ask(requested_job_status)
    except ValueError as error:
        raise JobStatusException(str(error)) from error
    return job


def _eligible(bucket: Any, statuses: Sequence[str]) -> Iterator[ObjectVersion]:
    """Versions of a bucket's objects with one of the replication statuses that a rule applies to."""
    for key, versions in list(bucket.keys.lists()):
        for version in versions:
            status = getattr(version, "replication_status", None) or "NONE"
            if isinstance(version, FakeKey) and status in statuses and any(routes(bucket, key, version)):
                yield key, version


def _handle_create_job(self: Any) -> ActionResult:
    operation = self._get_param("Operation")
    job = self.backend.create_job(
        operation=operation if isinstance(operation, Mapping) else {},
        manifest_generator=self._get_param("ManifestGenerator") or {},
        role_arn=self._get_param("RoleArn"),
        client_request_token=self._get_param("ClientRequestToken"),
        description=self._get_param("Description") or "",
        priority=int(self._get_param("Priority") or 0),
    )
    return ActionResult({"JobId": job.id})


def _handle_describe_job(self: Any) -> ActionResult:
    return ActionResult({"Job": self.backend.describe_job(self._get_param("JobId")).described()})


def _handle_list_jobs(self: Any) -> ActionResult:
    jobs = [job.described() for job in self.backend.list_jobs(self._get_param("JobStatuses") or [])]
    listed = [{**{member: job[member] for member in _LISTED}, "Operation": "S3ReplicateObject"} for job in jobs]
    return ActionResult({"Jobs": listed})


def _handle_update_job_status(self: Any) -> ActionResult:
    job = self.backend.update_job_status(self._get_param("JobId"), self._get_param("RequestedJobStatus"))
    return ActionResult({"JobId": job.id, "Status": job.status})
