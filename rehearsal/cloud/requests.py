"""Parses a request once: who signed it, and its service, operation and parameters, by botocore's models."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from botocore.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from moto.moto_server.werkzeug_app import BackendRequest

from rehearsal.cloud.partition import service_names


@dataclass(frozen=True, kw_only=True, slots=True)
class CredentialScope:
    """Credential scope of a request. An unsigned request has no region and no access key."""

    signing_name: str
    """Name of the service in signatures; for an unsigned request that of a service which takes such requests."""
    region: str
    access_key: str

    @property
    def services(self) -> tuple[str, ...]:
        """Botocore service names that use this signing name."""
        return service_names(self.signing_name)


def credential_scope(environ: Mapping[str, Any], body: bytes) -> CredentialScope:
    """The credential scope (KEY/DATE/REGION/SERVICE/aws4_request) of the Authorization header or of a presigned URL.

    STS takes unsigned requests with the token of an identity provider, and S3 takes anonymous requests.
    """
    words = environ.get("HTTP_AUTHORIZATION", "").split()
    query = parse_qs(environ.get("QUERY_STRING", "")) if not words else {}
    if "AWSAccessKeyId" in query:  # a presigned URL of signature version 2, which S3 alone accepts
        return CredentialScope(signing_name="s3", region="us-east-1", access_key=query["AWSAccessKeyId"][0])
    presigned = query.get("X-Amz-Credential", [""])[0]
    parts = (words[1].split(",")[0].split("=", 1)[-1] if len(words) > 1 else presigned).split("/")
    if len(parts) < 5:  # noqa: PLR2004 - the five parts of a scope
        unsigned = "sts" if b"Action=AssumeRoleWith" in body else "s3"
        return CredentialScope(signing_name=unsigned, region="", access_key="")
    return CredentialScope(signing_name=parts[3].lower(), region=parts[2], access_key=parts[0])


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedRequest:
    """A request of an AWS client."""

    scope: CredentialScope
    service: str
    """Botocore's name of the service, such as `stepfunctions`."""
    model: OperationModel
    parameters: Mapping[str, Any]
    """The parameters by the names of botocore's model."""
    headers: Mapping[str, str]
    """Header in lower case -> value."""

    @property
    def operation(self) -> str:
        """Name of the operation, such as `CreateKey`."""
        return str(self.model.name)

    @property
    def region(self) -> str:
        """Region of the credential scope."""
        return self.scope.region


def parse(scope: CredentialScope, environ: Mapping[str, Any], body: bytes) -> ParsedRequest | None:
    """Parses a request.

    Args:
        scope: credential scope of the request.
        environ: WSGI environment of the request.
        body: body of the request.

    Returns:
        The request; None when it is no request of a service that botocore and moto have.
    """
    path = str(environ.get("PATH_INFO", ""))
    control = path.startswith("/v20180820/")
    for service in reversed(scope.services) if control else scope.services:
        try:
            request = BackendRequest({**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))})
            model, url_parameters = get_service_router(service).match(request)
            protocol = determine_request_protocol(get_service_model(service), environ.get("CONTENT_TYPE"))
            parameters = PROTOCOL_PARSERS[protocol](model).parse(
                {
                    "method": request.method,
                    "values": request.values,
                    "headers": request.headers,
                    "body": body,
                    "url_path": request.path,
                    "url_params": url_parameters,
                }
            )
        except Exception:  # noqa: BLE001, S112 - a request that cannot be parsed is moto's to refuse
            continue
        return ParsedRequest(
            scope=scope,
            service=service,
            model=model,
            parameters=parameters,
            headers={str(name).lower(): str(value) for name, value in request.headers.items()},
        )
    return None
