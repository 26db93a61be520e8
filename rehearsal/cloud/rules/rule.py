"""A rule of an AWS API: the operations that it holds for, its check, and the page that states it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.requests import ParsedRequest


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """A request and the account that makes it."""

    request: ParsedRequest
    account: str
    """Account of the caller, 12 digits."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The request's parameters by the names of botocore's model."""
        return self.request.parameters

    @property
    def region(self) -> str:
        """The request's region."""
        return self.request.region


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rule that AWS enforces and moto does not."""

    service: str
    """Botocore's name of the service."""
    operations: tuple[str, ...]
    check: Callable[[Situation], Refusal | None]
    """The refusal of a request that breaks the rule; None for one that keeps it."""
    states: str
    """The rule in one line."""
    source: str
    """The page of AWS's documentation that states it."""
