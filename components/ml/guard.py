"""The guard of an endpoint's inputs, as variables of its container (`workloads/serving/guard.py`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class InputGuard:
    """What the inference server does with unusual inputs and frequent callers."""

    outliers: Literal["flag", "refuse"] = "flag"
    """Response to a row out of the distribution of the training data."""
    digits: int = 6
    """Decimal places of a prediction, from 1 to 6."""
    rows_per_minute: int | None = None
    """Rows per caller and minute that one instance scores; None is unlimited."""
    callers: Sequence[str] = ()
    """Callers with a limit of their own; all others share one."""

    def __post_init__(self) -> None:
        """Refuses what the server would refuse at start."""
        if not 1 <= self.digits <= 6:  # noqa: PLR2004 - the server's own decimal places
            raise ValueError(f"InputGuard.digits: {self.digits}; allowed: 1 to 6")
        if self.rows_per_minute is not None and self.rows_per_minute < 1:
            raise ValueError(f"InputGuard.rows_per_minute: {self.rows_per_minute}; allowed: 1 or more, or None")

    def variables(self) -> Mapping[str, str]:
        """Variables of the container."""
        limit = {} if self.rows_per_minute is None else {"GUARD_ROWS_PER_MINUTE": str(self.rows_per_minute)}
        callers = {"GUARD_CALLERS": ",".join(self.callers)} if self.callers else {}
        return {"GUARD_OUTLIERS": self.outliers, "GUARD_DIGITS": str(self.digits), **limit, **callers}
