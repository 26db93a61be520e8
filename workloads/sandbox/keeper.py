"""The keeper of a sandbox: fills its data sets once, and ends applications, jobs and data when its time is over.

Runs every quarter of an hour as a Lambda function in the sandbox's VPC; each run does what is left to do. The time is
the tag `expires-at` of the Studio domain. The event `{"expire": true}` ends the sandbox before its time.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.exceptions import ClientError

from workloads.sandbox import generator

EXPIRY_TAG: Final = "expires-at"
TIME: Final = "%Y-%m-%dT%H:%M:%SZ"
FILE: Final = "synthetic.csv"
"""Name of the file of synthetic rows below the prefix of each data set."""
SCHEMA: Final = "schema.json"
"""File of the function's package with the data sets."""
_BATCH: Final = 1000
"""Most objects of one request (S3 API Reference, `DeleteObjects`)."""
_BUSY: Final = frozenset({"ResourceInUse", "ConflictException", "ValidationException"})
"""Errors of what is deleted or ends already: the next run finds it gone."""


class ExpiryError(ValueError):
    """The domain has no readable tag `expires-at`. The run fails, and its alarm names the sandbox."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sandbox:
    """A sandbox, as its function sees it."""

    domain_id: str
    domain_arn: str
    buckets: Mapping[str, str]
    """Purpose -> bucket."""
    rows: int
    schema: Sequence[generator.DataSet]


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Makes one run; a repeated run changes nothing more.

    Returns:
        `state` (`active` or `expired`), and the number of what was changed, by kind.
    """
    schema = (Path(__file__).parents[2] / SCHEMA).read_text(encoding="utf-8")
    sandbox = Sandbox(
        domain_id=os.environ["DOMAIN_ID"],
        domain_arn=os.environ["DOMAIN_ARN"],
        buckets=json.loads(os.environ["BUCKETS"]),
        rows=int(os.environ["ROWS"]),
        schema=generator.data_sets(schema),
    )
    return run(sandbox, boto3.client("sagemaker"), boto3.client("s3"), datetime.now(UTC), end=bool(event.get("expire")))


def run(sandbox: Sandbox, sagemaker: Any, s3: Any, now: datetime, *, end: bool = False) -> dict[str, Any]:
    """Fills or ends a sandbox.

    Args:
        sandbox: the sandbox.
        sagemaker: client of SageMaker.
        s3: client of S3.
        now: the time.
        end: whether to end the sandbox before its time.

    Raises:
        ExpiryError: the domain has no readable expiry; nothing was changed.
    """
    if end or now >= expiry(sandbox, sagemaker):
        return {"state": "expired", **end_spending(sandbox, sagemaker), **empty(sandbox, s3)}
    return {"state": "active", "filled": fill(sandbox, s3)}


def expiry(sandbox: Sandbox, sagemaker: Any) -> datetime:
    """The time of the domain's tag.

    Raises:
        ExpiryError: there is no such tag, or it is not a time.
    """
    pages = sagemaker.get_paginator("list_tags").paginate(ResourceArn=sandbox.domain_arn)
    value = next((tag["Value"] for page in pages for tag in page["Tags"] if tag["Key"] == EXPIRY_TAG), None)
    try:
        return datetime.strptime(value or "", TIME).replace(tzinfo=UTC)
    except ValueError:
        raise ExpiryError(f"{sandbox.domain_arn}: the tag {EXPIRY_TAG} is {value!r}; allowed: {TIME}") from None


def fill(sandbox: Sandbox, s3: Any) -> int:
    """Writes the synthetic rows of every data set that has no file yet; returns the number of data sets."""
    filled = 0
    for data_set in sandbox.schema:
        bucket, prefix = sandbox.buckets[data_set.bucket], f"{data_set.prefix}/"
        if s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1).get("KeyCount"):
            continue
        body = generator.text(data_set, sandbox.rows).encode()
        s3.put_object(Bucket=bucket, Key=f"{prefix}{FILE}", Body=body, ContentType="text/csv")
        filled += 1
    return filled


def end_spending(sandbox: Sandbox, sagemaker: Any) -> dict[str, int]:
    """Deletes applications, spaces and endpoints, and stops jobs; returns how many of each.

    A space can be deleted when its applications are gone: the next run finishes what AWS refuses now.
    """
    in_domain = {"DomainIdEquals": sandbox.domain_id}
    running = {"StatusEquals": "InProgress"}
    counts: dict[str, int] = dict.fromkeys(("apps", "spaces", "endpoints", "training_jobs", "processing_jobs"), 0)
    for app in _items(sagemaker, "list_apps", "Apps", **in_domain):
        owner = {name: app[name] for name in ("UserProfileName", "SpaceName") if app.get(name)}
        if app["Status"] not in {"Deleted", "Deleting"}:
            named = {"DomainId": app["DomainId"], "AppType": app["AppType"], "AppName": app["AppName"], **owner}
            counts["apps"] += _unless_busy(sagemaker.delete_app, **named)
    for space in _items(sagemaker, "list_spaces", "Spaces", **in_domain):
        if space.get("Status") != "Deleting":
            named = {"DomainId": space["DomainId"], "SpaceName": space["SpaceName"]}
            counts["spaces"] += _unless_busy(sagemaker.delete_space, **named)
    for endpoint in _items(sagemaker, "list_endpoints", "Endpoints"):
        if endpoint["EndpointStatus"] != "Deleting":
            named = {"EndpointName": endpoint["EndpointName"]}
            counts["endpoints"] += _unless_busy(sagemaker.delete_endpoint, **named)
    for job in _items(sagemaker, "list_training_jobs", "TrainingJobSummaries", **running):
        named = {"TrainingJobName": job["TrainingJobName"]}
        counts["training_jobs"] += _unless_busy(sagemaker.stop_training_job, **named)
    for job in _items(sagemaker, "list_processing_jobs", "ProcessingJobSummaries", **running):
        named = {"ProcessingJobName": job["ProcessingJobName"]}
        counts["processing_jobs"] += _unless_busy(sagemaker.stop_processing_job, **named)
    return counts


def _items(client: Any, operation: str, key: str, **parameters: Any) -> Iterator[Any]:
    for page in client.get_paginator(operation).paginate(**parameters):
        yield from page[key]


def _unless_busy(operation: Callable[..., Any], **parameters: Any) -> int:
    try:
        operation(**parameters)
    except ClientError as error:
        response: Any = error.response
        if response["Error"]["Code"] not in _BUSY:
            raise
        return 0
    return 1


def empty(sandbox: Sandbox, s3: Any) -> dict[str, int]:
    """Deletes every version of every object of the sandbox; returns their number."""
    deleted = 0
    for bucket in sandbox.buckets.values():
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            entries = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
            objects = [{"Key": entry["Key"], "VersionId": entry["VersionId"]} for entry in entries]
            for start in range(0, len(objects), _BATCH):
                batch = objects[start : start + _BATCH]
                answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
                deleted += len(batch) - len(answer.get("Errors", ()))
    return {"object_versions": deleted}
