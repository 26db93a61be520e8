"""S3 Batch Operations, for replicating what is there already: moto has none."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.s3.models import FakeKey, s3_backends
from moto.s3control import urls
from moto.s3control.responses import S3ControlResponse

from rehearsal.cloud.patches import registry
from rehearsal.cloud.patches.replication import queue, routes
from rehearsal.cloud.patches.settings import Settings
from rehearsal.cloud.replication import Replicator
from rehearsal.cloud.replication.job import Found, Job

_PATHS: Final = ("/v20180820/jobs", "/v20180820/jobs/<job_id>", "/v20180820/jobs/<job_id>/status")


class _NoSuchJobError(ServiceException):
    code = "NoSuchJobException"
    status = 404


class _JobStatusError(ServiceException):
    code = "JobStatusException"
    status = 400


class _InvalidRequestError(ServiceException):
    code = "InvalidRequest"
    status = 400


def apply_with(settings: Settings) -> None:
    """CreateJob, DescribeJob, ListJobs and UpdateJobStatus, with a generated manifest."""
    replicator = settings.replicator
    for path in _PATHS:
        urls.url_paths.setdefault(path, S3ControlResponse.dispatch)

    def create_job(self: Any) -> ActionResult:
        return ActionResult({"JobId": replicator.jobs.add(_job(self, replicator)).id})

    def describe_job(self: Any) -> ActionResult:
        return ActionResult({"Job": _found(self, replicator).described()})

    def list_jobs(self: Any) -> ActionResult:
        wanted = self._get_param("JobStatuses") or []
        keys = ("JobId", "Description", "Priority", "Status", "CreationTime", "ProgressSummary")
        every = [resource.described() for resource in replicator.jobs.of(self.current_account)]
        listed = [
            {**{key: one[key] for key in keys}, "Operation": "S3ReplicateObject"}
            for one in every
            if not wanted or one["Status"] in wanted
        ]
        return ActionResult({"Jobs": listed})

    def update_job_status(self: Any) -> ActionResult:
        job = _found(self, replicator)
        try:
            job.ask(self._get_param("RequestedJobStatus"))
        except ValueError as error:
            raise _JobStatusError(str(error)) from error
        return ActionResult({"JobId": job.id, "Status": job.status})

    for function in (create_job, describe_job, list_jobs, update_job_status):
        registry.add(S3ControlResponse, function.__name__, function)


def _found(response: Any, replicator: Replicator) -> Job:
    job = replicator.jobs.get(response.current_account, response._get_param("JobId"))  # noqa: SLF001 - moto's way
    if job is None:
        raise _NoSuchJobError("The specified job does not exist.")
    return job


def _job(response: Any, replicator: Replicator) -> Job:
    get = response._get_param  # noqa: SLF001 - moto's way to read parameters
    generator = (get("ManifestGenerator") or {}).get("S3JobManifestGenerator")
    if not isinstance(get("Operation"), dict) or "S3ReplicateObject" not in get("Operation") or not generator:
        raise _InvalidRequestError("the emulator knows S3ReplicateObject with a generated manifest only")
    name = generator["SourceBucket"].rpartition(":")[2]
    bucket = s3_backends[response.current_account]["aws"].buckets.get(name)
    if bucket is None or not getattr(bucket, "replication", None):
        raise _InvalidRequestError(f"the bucket {name} has no replication configuration")
    wanted = (generator.get("Filter") or {}).get("ObjectReplicationStatuses") or ["NONE", "FAILED"]
    return Job(
        account=response.current_account,
        region=bucket.region_name,
        bucket=name,
        role=get("RoleArn"),
        token=get("ClientRequestToken"),
        description=get("Description") or "",
        priority=int(get("Priority") or 0),
        objects=list(_eligible(bucket, wanted)),
        queue=lambda key, thing: queue(replicator, bucket, key, thing, "object"),
    )


def _eligible(bucket: Any, wanted: Sequence[str]) -> Iterator[Found]:
    for name, versions in list(bucket.keys.lists()):
        for thing in versions:
            status = getattr(thing, "replication_status", None) or "NONE"
            if isinstance(thing, FakeKey) and status in wanted and any(routes(bucket, name, thing)):
                yield name, thing
