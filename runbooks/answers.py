"""Recorded answers: the predictions of the primary for given inputs at the release, which a standby must repeat."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runbooks.documents import EndpointDocument, RecoveryDocument
from runbooks.error_codes import error_code
from runbooks.errors import BadInputError, RefusedError, StepError
from runbooks.observe import endpoint_state

if TYPE_CHECKING:  # the declarations of the steps are imported without boto3
    from runbooks.aws import Aws

Case = Mapping[str, Any]
"""A request: `instances`, as the endpoint accepts them, and in a record `predictions`, as the primary answered."""


def recorded_cases(aws: Aws, region: str, endpoint: EndpointDocument) -> Sequence[Case]:
    """Reads the recorded cases of the endpoint's version from the bucket in a region.

    Raises:
        StepError: there is no record, or it has no case.
    """
    uri = _uri(endpoint)
    try:
        record = aws.client("s3", region).get_object(Bucket=endpoint.smoke_bucket, Key=endpoint.smoke_key)
        cases = json.loads(record["Body"].read())["cases"]
    except (aws.request_error, ValueError, KeyError) as error:
        raise StepError(f"{uri}: no recorded answers there ({error})") from error
    if not cases:
        raise StepError(f"{uri} holds no cases: a test of nothing proves nothing")
    return list(cases)


def predict(aws: Aws, region: str, endpoint_name: str, case: Case) -> Any:
    """Invokes an endpoint in a region with the inputs of a case.

    Returns:
        The predictions.

    Raises:
        StepError: the endpoint does not answer, or its answer has no predictions.
    """
    try:
        answer = aws.client("sagemaker-runtime", region).invoke_endpoint(
            EndpointName=endpoint_name,
            ContentType="application/json",
            Body=json.dumps({"instances": case["instances"]}),
        )
        return json.loads(answer["Body"].read())["predictions"]
    except aws.request_error as error:
        raise StepError(f"{endpoint_name} does not answer: {error_code(error)}") from error
    except (ValueError, KeyError) as error:
        raise StepError(f"{endpoint_name} answers something else than predictions") from error


def read_inputs(file: Path) -> Sequence[Case]:
    """Reads inputs from a JSON file: `{"cases": [{"instances": […]}, …]}`.

    The inputs must be synthetic, since the record is stored beside the artifact.

    Raises:
        BadInputError: the file has another form; the message names the key.
    """
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInputError(f"{file}: {error.strerror}") from None
    except ValueError as error:
        raise BadInputError(f"{file}: not JSON: {error}") from None
    cases: Any = values.get("cases") if isinstance(values, dict) else None
    if not isinstance(cases, list) or not cases:
        raise BadInputError(f"{file}: cases: must be a list of at least one object with `instances`")
    for number, case in enumerate(cases):
        if not isinstance(case, dict) or not isinstance(case.get("instances"), list) or not case["instances"]:
            raise BadInputError(f"{file}: cases[{number}]: must be an object whose `instances` is a list, not empty")
    return [{"instances": case["instances"]} for case in cases]


def refuse_other_version(aws: Aws, zone: RecoveryDocument, endpoint: EndpointDocument) -> None:
    """Refuses to record answers of a version that is not the approved one: every failover would fail.

    Raises:
        RefusedError: the primary serves another version, or none.
    """
    state = endpoint_state(aws, endpoint, zone.primary)
    if not state.exists or state.status != "InService":
        raise RefusedError(
            f"{endpoint.name} in {zone.primary} is {state.status or 'not there'}: nothing was recorded. "
            "Start it, then record the answers again."
        )
    if state.model_version != endpoint.model_version:
        raise RefusedError(
            f"{endpoint.name} in {zone.primary} serves version {state.model_version}, but version "
            f"{endpoint.model_version} was approved: nothing was recorded. Release the approved version first."
        )


def record_answers(
    aws: Aws, zone: RecoveryDocument, endpoint: EndpointDocument, cases: Sequence[Case]
) -> Sequence[Case]:
    """Records the predictions of the primary. A record is never overwritten; replication copies it to the other region.

    Returns:
        The cases with their predictions.

    Raises:
        StepError: the endpoint does not answer.
        RefusedError: the version has a record already.
    """
    answered = [{**case, "predictions": predict(aws, zone.primary, endpoint.name, case)} for case in cases]
    body = json.dumps({"endpoint": endpoint.name, "model_version": endpoint.model_version, "cases": answered}).encode()
    try:
        aws.client("s3", zone.primary).put_object(
            Bucket=endpoint.smoke_bucket, Key=endpoint.smoke_key, Body=body, IfNoneMatch="*"
        )
    except aws.request_error as error:
        if error_code(error) != "PreconditionFailed":
            raise
        raise RefusedError(
            f"{_uri(endpoint)} exists already: the answers of version {endpoint.model_version} are recorded, and are "
            "not overwritten."
        ) from None
    return answered


def _uri(endpoint: EndpointDocument) -> str:
    return f"s3://{endpoint.smoke_bucket}/{endpoint.smoke_key}"
