"""Calls to AWS with retries for throttling and concurrent changes; each retry is shown to the user."""

import contextvars
import hashlib
import json
import logging
from collections.abc import Callable
from typing import Any, Final

from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from rehearsal.cloud import TOKEN_HEADER
from rehearsal.provider.errors import NotEmulatedError

log = logging.getLogger(__name__)

RETRYABLE: Final = frozenset(
    {
        "ConcurrentModification",
        "ConcurrentModificationException",
        "ConcurrentUpdateException",
        "ConflictingOperationException",
        "EntityTemporarilyUnmodifiable",
        "FinalizingOrganizationException",
        "InsufficientDeliveryPolicyException",
        "InternalError",
        "LimitExceededThrottling",
        "OperationAborted",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "SlowDown",
        "Throttling",
        "ThrottledException",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
ATTEMPTS: Final = 10
_NOT_EMULATED: Final = frozenset({"NotImplemented", "NotImplementedException", "UnknownOperationException", "501"})
_READS: Final = ("get_", "list_", "describe_", "head_", "batch_get_", "lookup_")

token: contextvars.ContextVar[str] = contextvars.ContextVar("token", default="")
"""The client token of the request that is about to be made."""


def code(error: BaseException) -> str:
    """Return the AWS error code of an exception; empty if it is not an AWS error."""
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def missing(error: ClientError) -> bool:
    """Return whether an error means that the resource does not exist."""
    text = code(error)
    return text in ("404", "PolicyNotAttachedException") or any(
        part in text for part in ("NotFound", "NoSuch", "DoesNotExist", "NonExistent", "NotRegistered", "NoAvailable")
    )


def exists(error: ClientError) -> bool:
    """Return whether an error means that the resource exists already."""
    text = code(error)
    return any(
        part in text for part in ("AlreadyExists", "AlreadyOwnedByYou", "EntityAlready", "Duplicate", "Conflict")
    )


def not_emulated(error: ClientError) -> bool:
    """Return whether an error means that the emulator does not implement the operation."""
    text, message = code(error), str(error).lower()
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return (
        text in _NOT_EMULATED
        or status == 501  # noqa: PLR2004 - HTTP: not implemented
        or ("not implemented" in message or "not been implemented" in message or "not yet implemented" in message)
        or (status == 404 and text == "404" and "<html" in message)  # noqa: PLR2004 - a web server's page
    )


def tokened(creation: str, service: str, operation: str, params: dict[str, Any]) -> str:
    """Return the client token of one request of a creation; reading requests have none."""
    if not creation or operation.startswith(_READS):
        return ""
    text = json.dumps([creation, service, operation, params], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def header(params: dict[str, Any], **_: Any) -> None:
    """Add the client token to a request (botocore's event `before-call`)."""
    if token.get():
        params["headers"][TOKEN_HEADER] = token.get()


def call(client: Any, operation: str, params: dict[str, Any], *, mark: str, show: Callable[[str], None]) -> Any:
    """Call an operation, up to ten times while AWS throttles or another change is in progress.

    Raises botocore's ClientError, or NotEmulatedError when the emulator does not know the operation.
    """

    def again(state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome is not None else None
        seconds = state.next_action.sleep if state.next_action is not None else 0.0
        reason = code(error) if error is not None and code(error) else type(error).__name__
        show(f"{operation}: {reason}, trying again in {seconds:.1f} s ({state.attempt_number} of {ATTEMPTS})")

    def retryable(error: BaseException) -> bool:
        return code(error) in RETRYABLE or isinstance(error, ReadTimeoutError)

    held = token.set(mark)
    try:
        for attempt in Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential_jitter(initial=0.05, max=5, jitter=0.1),
            retry=retry_if_exception(retryable),
            before_sleep=again,
            reraise=True,
        ):
            with attempt:
                return getattr(client, operation)(**params)
    except ClientError as error:
        if not_emulated(error):
            raise NotEmulatedError(f"{operation}: {code(error)}") from error
        raise
    except EndpointConnectionError as error:
        show(f"{operation}: {error}")
        raise
    finally:
        token.reset(held)
    raise AssertionError("unreachable: the last attempt returns or raises")
