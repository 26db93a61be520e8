"""Reads the recovery documents from Parameter Store of one region."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from runbooks.aws import Aws
from runbooks.documents import (
    APPROVALS,
    ENDPOINTS,
    STATE,
    ZONE,
    DocumentError,
    EndpointDocument,
    RecoveryDocument,
    root,
)
from runbooks.error_codes import is_denied
from runbooks.errors import BadInputError, RunbookError


def discover(aws: Aws, *, prefix: str, environment: str, region: str) -> RecoveryDocument:
    """Reads the recovery documents of an environment from one region.

    Raises:
        BadInputError: the region has no such environment.
        RunbookError: the region does not answer, or a document is not what it should be.
    """
    path = root(prefix, environment)
    client = aws.client("ssm", region)
    try:
        parameters = {
            parameter["Name"].removeprefix(f"{path}/"): parameter["Value"]
            for page in client.get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True)
            for parameter in page["Parameters"]
        }
        if ZONE not in parameters:
            raise BadInputError(_unknown_environment(aws, prefix, environment, region))
    except aws.no_response as error:
        raise RunbookError(f"{region} does not answer: {error}. Set --region to the region that answers.") from None
    except ClientError as error:
        if is_denied(error):
            raise BadInputError(
                f"{path} in {region} may not be read by {_caller(aws, region)}: either there is no environment "
                f"{environment!r} in this account, or the role belongs to another environment. Each environment has "
                "an account and a role of its own."
            ) from None
        raise RunbookError(f"cannot read {path} in {region}: {error}") from None
    documents = {
        name: _json(f"{path}/{name}", text)
        for name, text in parameters.items()
        if not name.startswith((APPROVALS, STATE))
    }
    try:
        endpoints = [
            EndpointDocument.parse(document)
            for name, document in sorted(documents.items())
            if name.startswith(ENDPOINTS)
        ]
        return RecoveryDocument.parse(documents[ZONE], endpoints)
    except DocumentError as error:
        raise RunbookError(
            f"{path} in {region}: a document is not valid: {error}. Deploy the stack recovery-{environment} again"
        ) from None


def _json(name: str, text: str) -> Mapping[str, Any]:
    try:
        document = json.loads(text)
    except ValueError:
        raise RunbookError(f"the parameter {name} is not JSON") from None
    if not isinstance(document, dict):
        raise RunbookError(f"the parameter {name} is not a JSON object")
    return document


def _caller(aws: Aws, region: str) -> str:
    """The principal and its account, for messages."""
    arn = aws.identity(region)
    return f"{arn} (account {arn.split(':')[4]})"


def _unknown_environment(aws: Aws, prefix: str, environment: str, region: str) -> str:
    """The message that names account and region, and the environments there if the role may read their names."""
    path, message = root(prefix, "").rstrip("/"), f"no environment {environment!r} in {region}"
    caller = f"Looked below {path} as {_caller(aws, region)}"
    try:
        names = {
            parameter["Name"].removeprefix(f"{path}/").partition("/")[0]
            for page in aws.client("ssm", region)
            .get_paginator("get_parameters_by_path")
            .paginate(Path=path, Recursive=True)
            for parameter in page["Parameters"]
        }
    except ClientError as error:
        if is_denied(error):
            return f"{message}. {caller}"
        raise
    if names:
        return f"{message}; environments there: {', '.join(sorted(names))}. {caller}"
    return (
        f"{message}; no environment was deployed there. {caller}: use credentials of the account of {environment!r}, "
        "and its recovery region"
    )
