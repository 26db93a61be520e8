"""Writes AWS errors in the protocol of the service that was asked."""

from typing import Any

from moto.core.model import OperationModel
from moto.core.request import determine_request_protocol
from moto.core.serialize import SerializationContext, get_serializer_class
from moto.core.utils import get_service_model

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.requests import CredentialScope, ParsedRequest


def error(
    scope: CredentialScope,
    request: ParsedRequest | None,
    content_type: str | None,
    refusal: Refusal,
    request_id: str,
) -> tuple[int, dict[str, str], bytes]:
    """An AWS error: status, headers and body, in the protocol that the client of the service reads.

    Args:
        scope: credential scope of the request.
        request: the request; None when it fits no operation.
        content_type: content type of the request.
        refusal: the error.
        request_id: id of the request, which is returned in the header and, where the protocol has it, in the body.
    """
    code, message, status = refusal.code, refusal.message, refusal.status
    try:
        service = request.service if request is not None else scope.services[0]
        model = get_service_model(service)
        protocol = determine_request_protocol(model, content_type)
        operation: Any = request.model if request is not None else OperationModel({}, model)
        serializer = get_serializer_class(service, protocol)(operation, SerializationContext(request_id))
        answer: Any = serializer.serialize(AwsError(code, message))
    except Exception:  # noqa: BLE001 - whatever the service, the client must get an answer
        return status or 400, {"Content-Type": "text/plain"}, f"{code}: {message}".encode()
    text = answer["body"]
    headers = {str(name): str(value) for name, value in answer["headers"].items()}
    headers["x-amz-request-id" if service == "s3" else "x-amzn-RequestId"] = request_id
    return status or int(answer["status_code"]), headers, text if isinstance(text, bytes) else str(text).encode()
