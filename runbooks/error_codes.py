"""Classification of AWS errors by their code, without an import of boto3."""

from typing import Any, Final

_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"})
_EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_ABSENT: Final = frozenset({"ValidationException", "NotFoundException", "ResourceNotFound", "404", "NoSuchKey"})


def error_code(error: Exception) -> str:
    """The error code of a request that AWS refused, or the name of the exception if there was no response."""
    response: Any = getattr(error, "response", None)
    if isinstance(response, dict):
        return str(response.get("Error", {}).get("Code", "Unknown"))
    return type(error).__name__


def is_denied(error: Exception) -> bool:
    """Return whether AWS refused a request because a permission is missing."""
    return error_code(error) in _DENIED


def is_expired(error: Exception) -> bool:
    """Return whether AWS refused a request because the credentials have expired."""
    return error_code(error) in _EXPIRED


def is_absent(error: Exception) -> bool:
    """Return whether AWS refused a request because the resource does not exist."""
    return error_code(error) in _ABSENT
