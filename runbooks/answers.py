"""Known answers: what the primary said to known inputs when its version was released; a standby must say the same."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from runbooks import observe
from runbooks.aws import Aws, code
from runbooks.context import StepError
from runbooks.documents import EndpointDocument, RecoveryDocument
from runbooks.errors import BadInputError, RefusedError

Case = Mapping[str, Any]
"""`instances`, as the endpoint takes them, and in a record `predictions`, as it answered."""


def recorded(s3: Any, endpoint: EndpointDocument) -> Sequence[Case]:
    """The record of an endpoint's version.

    Raises:
        StepError: there is none, or it holds no case.
    """
    try:
        body = s3.get_object(Bucket=endpoint.smoke_bucket, Key=endpoint.smoke_key)["Body"].read()
        cases = json.loads(body)["cases"]
    except (ClientError, ValueError, KeyError) as error:
        raise StepError(
            f"s3://{endpoint.smoke_bucket}/{endpoint.smoke_key}: no recorded answers there ({error})"
        ) from error
    if not cases:
        raise StepError(
            f"s3://{endpoint.smoke_bucket}/{endpoint.smoke_key} holds no cases: a test of nothing proves nothing"
        )
    return list(cases)


def ask(runtime: Any, name: str, case: Case) -> Any:
    """What an endpoint predicts for a case.

    Raises:
        StepError: it does not answer, or answers something else than predictions.
    """
    try:
        answer = runtime.invoke_endpoint(
            EndpointName=name, ContentType="application/json", Body=json.dumps({"instances": case["instances"]})
        )
        return json.loads(answer["Body"].read())["predictions"]
    except ClientError as error:
        raise StepError(f"{name} does not answer: {code(error)}") from error
    except (ValueError, KeyError) as error:
        raise StepError(f"{name} answers something else than predictions") from error


def read_inputs(file: Path) -> Sequence[Case]:
    """Known inputs: `{"cases": [{"instances": […]}, …]}`. Synthetic ones: the record is kept beside the artifact.

    Raises:
        BadInputError: the file is something else; names the key.
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
    """Answers of another version than the documents speak of would fail every failover.

    Raises:
        RefusedError: the primary serves another one, or none.
    """
    state = observe.endpoint(aws, endpoint, zone.primary)
    if not state.exists or state.status != "InService":
        raise RefusedError(f"{endpoint.name} in {zone.primary} is {state.status or 'not there'}: nothing was recorded")
    if state.model_version != endpoint.model_version:
        raise RefusedError(
            f"{endpoint.name} in {zone.primary} serves version {state.model_version}, {endpoint.model_version} "
            f"was approved: "
            "nothing was recorded"
        )


def record(aws: Aws, zone: RecoveryDocument, endpoint: EndpointDocument, cases: Sequence[Case]) -> Sequence[Case]:
    """Asks the primary and writes what it says, once: a record is not overwritten. Replication takes it across.

    Raises:
        StepError: the endpoint does not answer; RefusedError: the version has a record already.
    """
    runtime, s3 = aws.client("sagemaker-runtime", zone.primary), aws.client("s3", zone.primary)
    answered = [{**case, "predictions": ask(runtime, endpoint.name, case)} for case in cases]
    body = json.dumps({"endpoint": endpoint.name, "model_version": endpoint.model_version, "cases": answered}).encode()
    try:
        s3.put_object(Bucket=endpoint.smoke_bucket, Key=endpoint.smoke_key, Body=body, IfNoneMatch="*")
    except ClientError as error:
        if code(error) != "PreconditionFailed":
            raise
        raise RefusedError(
            f"s3://{endpoint.smoke_bucket}/{endpoint.smoke_key} is there already: the answers of version "
            f"{endpoint.model_version} "
            "are recorded, and stay"
        ) from None
    return answered
