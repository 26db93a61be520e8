"""Macie's classification jobs: reads of objects under its service-linked role, what it found, what it could not read.

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
from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.deliveries import delivery
from rehearsal.cloud.deliveries.linked_roles import linked_role
from rehearsal.cloud.deliveries.managed_identifiers import IDENTIFIERS, detections
from rehearsal.cloud.service_calls import SERVICE_CALLS

NAME: Final = "macie.amazonaws.com"
GROUP: Final = "/aws/macie/classificationjobs"
_SESSION: Final = "Macie"


@dataclass(frozen=True, kw_only=True, slots=True)
class SensitiveObject:
    """An object with sensitive data."""

    bucket: str
    key: str
    counts: Mapping[str, int]
    """Id of a managed data identifier -> number of occurrences."""


@dataclass(slots=True)
class Outcome:
    """The outcome of a run."""

    read: list[str] = field(default_factory=list[str])
    """S3 URIs of the objects that Macie read."""
    sensitive: list[SensitiveObject] = field(default_factory=list[SensitiveObject])
    denials: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    """Type of the log event, S3 URI and message of what it could not read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """What a job reads, and what it looks for."""

    definitions: Sequence[Mapping[str, Any]]
    """`bucketDefinitions` of the job: accounts and the names of their buckets."""
    prefixes: Sequence[str] = ("",)
    """Prefixes of keys, one of which an object has."""
    identifiers: Sequence[str] = ()
    """Ids of managed data identifiers."""


def job(definition: Mapping[str, Any], selector: str, identities: Sequence[str]) -> Job:
    """The job that the parameters of `CreateClassificationJob` describe.

    Args:
        definition: `s3JobDefinition`.
        selector: `managedDataIdentifierSelector`, or empty.
        identities: `managedDataIdentifierIds`.

    Raises:
        AwsError: a part that the emulated Macie does not know: an id, or another scope than prefixes of keys.
    """
    unknown = sorted(set(identities) - set(IDENTIFIERS))
    if unknown:
        raise AwsError("ValidationException", f"The emulated Macie has no managed data identifier {unknown[0]}")
    known = list(IDENTIFIERS)
    chosen = {
        "INCLUDE": list(identities),
        "EXCLUDE": [identity for identity in known if identity not in identities],
        "NONE": [],
    }.get(selector, known)
    return Job(
        definitions=definition.get("bucketDefinitions") or (),
        prefixes=_prefixes(definition.get("scoping") or {}),
        identifiers=chosen,
    )


def _prefixes(scoping: Mapping[str, Any]) -> Sequence[str]:
    conditions = [*(scoping.get("includes") or {}).get("and", ())]
    terms = [condition.get("simpleScopeTerm") or {} for condition in conditions]
    places = {(term.get("key"), term.get("comparator")) for term in terms}
    if scoping.get("excludes") or len(conditions) > 1 or places - {("OBJECT_KEY", "STARTS_WITH")}:
        raise AwsError(
            "ValidationException",
            "The emulated Macie knows one scope: an included simpleScopeTerm of OBJECT_KEY with STARTS_WITH",
        )
    return [str(value) for term in terms for value in term.get("values", ())] or [""]


def run(account: str, region: str, work: Job) -> Outcome:
    """Read the objects of a job, and look for sensitive data in them.

    Args:
        account: account whose Macie runs the job, 12 digits.
        region: region of the job.
        work: buckets, prefixes and identifiers.
    """
    outcome = Outcome()
    for definition in work.definitions:
        owner = str(definition.get("accountId") or account)
        client = SERVICE_CALLS.client("s3", region, linked_role(owner, NAME), _SESSION)
        for bucket in definition.get("buckets") or ():
            _read(client, str(bucket), work, outcome)
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


def _read(client: Any, bucket: str, work: Job, outcome: Outcome) -> None:
    if stored_bucket(bucket) is None:
        outcome.denials.append(("BUCKET_DOES_NOT_EXIST", f"s3://{bucket}", "The bucket does not exist."))
        return
    try:
        keys = [
            entry["Key"]
            for prefix in work.prefixes
            for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            for entry in page.get("Contents", ())
        ]
    except ClientError as error:
        outcome.denials.append(("BUCKET_ACCESS_DENIED", f"s3://{bucket}", str(error)))
        return
    for key in keys:
        uri = f"s3://{bucket}/{key}"
        try:
            content = client.get_object(Bucket=bucket, Key=key)["Body"].read()
        except ClientError as error:
            outcome.denials.append(("OBJECT_ACCESS_DENIED", uri, str(error)))
        else:
            outcome.read.append(uri)
            counts = detections(key, content, work.identifiers)
            if counts:
                outcome.sensitive.append(SensitiveObject(bucket=bucket, key=key, counts=counts))
