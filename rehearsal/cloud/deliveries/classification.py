"""Macie's classification jobs: reads of objects under its service-linked role, and the log of what it could not read.

Source: Macie User Guide, "Service-linked roles for Macie", "Allowing Macie to access S3 buckets and objects", "Allowing
Macie to use a customer managed AWS KMS key" and "Schema for log events for sensitive data discovery jobs".
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import ClientError

from rehearsal.cloud.authorization.entities import stored_bucket
from rehearsal.cloud.deliveries import delivery
from rehearsal.cloud.deliveries.linked_roles import linked_role
from rehearsal.cloud.service_calls import SERVICE_CALLS

NAME: Final = "macie.amazonaws.com"
GROUP: Final = "/aws/macie/classificationjobs"
_SESSION: Final = "Macie"


@dataclass(slots=True)
class Outcome:
    """The outcome of a run."""

    read: list[str] = field(default_factory=list[str])
    """S3 URIs of the objects that Macie read."""
    denials: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    """Type of the log event, S3 URI and message of what it could not read."""


def run(account: str, region: str, definitions: Sequence[Mapping[str, Any]]) -> Outcome:
    """Read every object of some buckets.

    Args:
        account: account whose Macie runs the job, 12 digits.
        region: region of the job.
        definitions: `bucketDefinitions` of the job: accounts and the names of their buckets.
    """
    outcome = Outcome()
    for definition in definitions:
        owner = str(definition.get("accountId") or account)
        client = SERVICE_CALLS.client("s3", region, linked_role(owner, NAME), _SESSION)
        for bucket in definition.get("buckets") or ():
            _read(client, str(bucket), outcome)
    return outcome


def log(account: str, region: str, job_id: str, outcome: Outcome) -> None:
    """Write the log events of a run to the log group of Macie in the account of the job."""
    client = SERVICE_CALLS.client("logs", region, linked_role(account, NAME), _SESSION)
    with suppress(client.exceptions.ResourceAlreadyExistsException):
        client.create_log_group(logGroupName=GROUP)
    client.create_log_stream(logGroupName=GROUP, logStreamName=job_id)
    events = [
        {"eventType": kind, "jobId": job_id, "description": message, "affectedResource": {"type": "S3", "value": uri}}
        for kind, uri, message in outcome.denials
    ]
    events.append({"eventType": "JOB_COMPLETED", "jobId": job_id, "description": f"{len(outcome.read)} objects read"})
    time = int(delivery.now().timestamp() * 1000)
    client.put_log_events(
        logGroupName=GROUP,
        logStreamName=job_id,
        logEvents=[{"timestamp": time, "message": json.dumps(event)} for event in events],
    )


def _read(client: Any, bucket: str, outcome: Outcome) -> None:
    if stored_bucket(bucket) is None:
        outcome.denials.append(("BUCKET_DOES_NOT_EXIST", f"s3://{bucket}", "The bucket does not exist."))
        return
    try:
        keys = [
            entry["Key"]
            for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
            for entry in page.get("Contents", ())
        ]
    except ClientError as error:
        outcome.denials.append(("BUCKET_ACCESS_DENIED", f"s3://{bucket}", str(error)))
        return
    for key in keys:
        uri = f"s3://{bucket}/{key}"
        try:
            client.get_object(Bucket=bucket, Key=key)["Body"].read()
        except ClientError as error:
            outcome.denials.append(("OBJECT_ACCESS_DENIED", uri, str(error)))
        else:
            outcome.read.append(uri)
