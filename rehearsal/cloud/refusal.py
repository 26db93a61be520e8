"""Why a request is not carried out."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """AWS's error for a request."""

    code: str
    message: str
    status: int | None = None
    """HTTP status; None for that of the error in the service's model."""
