"""The guard of the inputs: rows out of the distribution, requests per caller, and rounded predictions.

The variables of `Guard.from_environment` are set by the endpoint's model resource (`components/ml/endpoint.py`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast, get_args

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from workloads.serving.payloads import PayloadError

OutlierAction = Literal["flag", "refuse"]
"""Response to a row out of the distribution: a flag beside the prediction, or a refused request."""
MOST_DIGITS: Final = 6
"""Decimal places of a prediction without rounding: equal in both regions despite differences of the last bits."""
CALLER: Final = re.compile(r"caller=([a-z0-9-]{1,40})")
"""Caller in `X-Amzn-SageMaker-Custom-Attributes`, the only header that SageMaker passes on."""
OTHERS: Final = "others"
"""Callers that are not named share one limit, so that a new name is no new limit."""


class GuardError(Exception):
    """A variable of the guard has a value that is not allowed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Guard:
    """What the server does beside scoring. The limit holds per instance of the endpoint."""

    outliers: OutlierAction = "flag"
    digits: int = MOST_DIGITS
    """Decimal places of a prediction; fewer make extraction of the model more costly."""
    rows_per_minute: int | None = None
    """Rows that a caller may have scored in one minute; None is unlimited."""
    callers: frozenset[str] = frozenset()
    """Callers with a limit of their own; all others share one."""
    _limiter: SlidingWindowCounterRateLimiter = field(
        default_factory=lambda: SlidingWindowCounterRateLimiter(MemoryStorage()), repr=False
    )

    @classmethod
    def from_environment(cls, variables: Mapping[str, str]) -> "Guard":
        """Reads `GUARD_OUTLIERS`, `GUARD_DIGITS`, `GUARD_ROWS_PER_MINUTE` and `GUARD_CALLERS`.

        Raises:
            GuardError: a value is not allowed; the message names the variable and what is allowed.
        """
        outliers = variables.get("GUARD_OUTLIERS", "flag")
        if outliers not in get_args(OutlierAction):
            raise GuardError(f"GUARD_OUTLIERS is {outliers!r}; allowed: {', '.join(get_args(OutlierAction))}")
        callers = [name for name in variables.get("GUARD_CALLERS", "").split(",") if name]
        for name in callers:
            if CALLER.fullmatch(f"caller={name}") is None or name == OTHERS:
                raise GuardError(
                    f"GUARD_CALLERS has {name!r}; allowed: 1 to 40 lower-case letters, digits and hyphens, "
                    f"except {OTHERS!r}"
                )
        rows = variables.get("GUARD_ROWS_PER_MINUTE", "")
        return cls(
            outliers=cast("OutlierAction", outliers),
            digits=_whole("GUARD_DIGITS", variables.get("GUARD_DIGITS", str(MOST_DIGITS)), 1, MOST_DIGITS),
            rows_per_minute=_whole("GUARD_ROWS_PER_MINUTE", rows, 1, 10_000_000) if rows else None,
            callers=frozenset(callers),
        )

    def admit(self, custom_attributes: str | None, rows: int) -> None:
        """Counts the rows of a request.

        Args:
            custom_attributes: value of the header `X-Amzn-SageMaker-Custom-Attributes`, such as `caller=triage`.
            rows: number of rows in the request.

        Raises:
            PayloadError: 429, the caller is over its limit.
        """
        if self.rows_per_minute is None:
            return
        limit = RateLimitItemPerMinute(self.rows_per_minute)
        if not self._limiter.hit(limit, self.caller(custom_attributes), cost=rows):
            raise PayloadError(429, f"more than {self.rows_per_minute} encounters of this caller in one minute")

    def caller(self, custom_attributes: str | None) -> str:
        """The caller whose limit applies: one of `callers`, or `OTHERS`."""
        named = CALLER.search(custom_attributes or "")
        return named[1] if named is not None and named[1] in self.callers else OTHERS


def _whole(name: str, text: str, minimum: int, maximum: int) -> int:
    number: Any = int(text) if text.isdecimal() and len(text) <= len(str(maximum)) else 0
    if not minimum <= number <= maximum:
        raise GuardError(f"{name} is {text!r}; allowed: a whole number from {minimum} to {maximum}")
    return int(number)
