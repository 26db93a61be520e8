"""Parses a request once: its service, operation and parameters, by botocore's models."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from moto.moto_server.werkzeug_app import BackendRequest

from rehearsal.cloud import wire


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedRequest:
    """A request of an AWS client."""

    scope: wire.CredentialScope
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


def parse(scope: wire.CredentialScope, environ: Mapping[str, Any], body: bytes) -> ParsedRequest | None:
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
    services = scope.services or _unsigned_services(body)
    for service in reversed(services) if control else services:
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


def _unsigned_services(body: bytes) -> tuple[str, ...]:
    """The services that take unsigned requests: STS for the token of an identity provider, and S3."""
    return ("sts",) if b"Action=AssumeRoleWith" in body else ("s3",)
