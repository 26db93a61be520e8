"""A denied request, with everything that explains the denial."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from authorization import Decision, Match, Request
from rehearsal.cloud.requests import ParsedRequest


@dataclass(frozen=True, kw_only=True, slots=True)
class Denial:
    """A denied request."""

    request_id: str
    at: str
    """ISO 8601, UTC."""
    operation: str
    """`service:Operation` of the API."""
    region: str
    action: str
    """The IAM action that is denied; an operation may need several."""
    resource: str
    """ARN, or `*`."""
    principal: str
    """ARN of the role or user."""
    session: str
    """ARN of the role session; empty for a user."""
    statements: Sequence[Match]
    """The Deny statements that apply; empty for an implicit deny."""
    missing: str
    """For an implicit deny: the policy type in which no statement allows the request."""
    context: Mapping[str, Sequence[str]]
    """Condition key -> values, of the keys that the policies compare."""

    @classmethod
    def of(cls, request_id: str, parsed: ParsedRequest, request: Request, decision: Decision) -> "Denial":
        """The denial of a request.

        Args:
            request_id: id in the response.
            parsed: the API request.
            request: the request as policies see it.
            decision: why it is denied.
        """
        return cls(
            request_id=request_id,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            operation=f"{parsed.service}:{parsed.operation}",
            region=parsed.region,
            action=request.action,
            resource=request.resource,
            principal=request.principal.arn,
            session=request.principal.session_arn or "",
            statements=decision.because,
            missing=decision.missing,
            context={key: list(values) for key, values in request.context.items()},
        )

    def document(self) -> dict[str, Any]:
        """The denial as JSON."""
        return asdict(self)
