"""Reads from an AWS request what it is about, and writes AWS errors in the protocol of the service asked."""

import io
import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from botocore.model import OperationModel
from moto.core.model import OperationModel as MotoOperationModel
from moto.core.request import determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from moto.moto_server.werkzeug_app import BackendRequest

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.partition import service_names

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class CredentialScope:
    """Credential scope of a request: signing name, region and access key, each empty when unsigned."""

    signing_name: str
    region: str
    access_key: str

    @property
    def services(self) -> tuple[str, ...]:
        """Botocore service names that use this signing name."""
        return service_names(self.signing_name) if self.signing_name else ()


def credential_scope(environ: dict[str, Any]) -> CredentialScope:
    """The credential scope (KEY/DATE/REGION/SERVICE/aws4_request) of the Authorization header or of a presigned URL."""
    words = environ.get("HTTP_AUTHORIZATION", "").split()
    query = parse_qs(environ.get("QUERY_STRING", "")) if not words else {}
    if "AWSAccessKeyId" in query:  # a presigned URL of signature version 2, which S3 alone accepts
        return CredentialScope(signing_name="s3", region="us-east-1", access_key=query["AWSAccessKeyId"][0])
    presigned = query.get("X-Amz-Credential", [""])[0]
    parts = (words[1].split(",")[0].split("=", 1)[-1] if len(words) > 1 else presigned).split("/")
    if len(parts) < 5:  # noqa: PLR2004 - the five parts of a scope
        return CredentialScope(signing_name="", region="", access_key="")
    return CredentialScope(signing_name=parts[3].lower(), region=parts[2], access_key=parts[0])


def operation(scope: CredentialScope, environ: dict[str, Any], body: bytes) -> tuple[str, OperationModel | None]:
    """The service and operation of a request; the operation is None when botocore's model knows none like it."""
    s3control = environ.get("PATH_INFO", "").startswith("/v20180820/")
    for service in reversed(scope.services) if s3control else scope.services:
        try:
            result, _ = get_service_router(service).match(BackendRequest({**environ, "wsgi.input": io.BytesIO(body)}))
        except Exception:  # noqa: BLE001 - a request that fits no model is simply not named
            log.debug("no operation of %s for %s", service, environ.get("PATH_INFO"))
            continue
        return service, result
    return (scope.services[0] if scope.services else ""), None


def error(
    scope: CredentialScope, environ: dict[str, Any], body: bytes, *, code: str, message: str, status: int | None = None
) -> tuple[int, dict[str, str], bytes]:
    """An AWS error: status, headers and body, in the protocol that the client of that service reads."""
    service, result = operation(scope, environ, body)
    try:
        model = get_service_model(service)
        protocol = determine_request_protocol(model, environ.get("CONTENT_TYPE"))
        existing: Any = result if result is not None else MotoOperationModel({}, model)
        answer: Any = get_serializer_class(service, protocol)(existing).serialize(AwsError(code, message))
    except Exception:  # noqa: BLE001 - whatever the service, the client must get an answer
        return status or 400, {"Content-Type": "text/plain"}, f"{code}: {message}".encode()
    text = answer["body"]
    headers = {str(name): str(value) for name, value in answer["headers"].items()}
    return status or int(answer["status_code"]), headers, text if isinstance(text, bytes) else str(text).encode()
