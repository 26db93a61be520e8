"""Server metrics per minute in CloudWatch embedded metric format: counts and times, no payloads."""

import json
import sys
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, TextIO

NAMESPACE: Final = "Models/Inference"
SECONDS: Final = 60.0
MOST_VALUES: Final = 100
"""Values of one metric in one document (CloudWatch User Guide, "Embedded metric format specification")."""


@dataclass(slots=True)
class Metrics:
    """Counts of the current minute; thread-safe."""

    model: str
    version: str
    endpoint: str
    """Name of the endpoint, whose alarm watches the rows out of the distribution."""
    stream: TextIO = field(default_factory=lambda: sys.stdout)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _since: float = field(default_factory=time.monotonic)
    _milliseconds: list[float] = field(default_factory=list[float])
    _encounters: int = 0
    _refused: int = 0
    _failed: int = 0
    _limited: int = 0
    _outliers: int = 0

    def count(self, *, status: int, milliseconds: float, encounters: int = 0, outliers: int = 0) -> None:
        """Counts one request; every minute what was counted is printed."""
        with self._lock:
            self._milliseconds.append(milliseconds)
            self._encounters += encounters
            self._outliers += outliers
            self._limited += status == HTTPStatus.TOO_MANY_REQUESTS
            self._refused += 400 <= status < 500  # noqa: PLR2004 - HTTP's own classes
            self._failed += status >= 500  # noqa: PLR2004 - the same
            if time.monotonic() - self._since >= SECONDS:
                self._print()

    def flush(self) -> None:
        """Prints what was counted since the last time."""
        with self._lock:
            if self._milliseconds:
                self._print()

    def _print(self) -> None:
        print(json.dumps(self._document()), file=self.stream, flush=True)
        self._since = time.monotonic()
        self._milliseconds.clear()
        self._encounters = self._refused = self._failed = self._limited = self._outliers = 0

    def _document(self) -> dict[str, Any]:
        values = sorted(self._milliseconds)
        # Evenly spaced order statistics: percentiles stay right where every value would not fit.
        step = max(1, len(values) // MOST_VALUES)
        counts = {
            "Requests": len(values),
            "Encounters": self._encounters,
            "Refused": self._refused,
            "Failed": self._failed,
            "RateLimited": self._limited,
            "OutOfDistribution": self._outliers,
        }
        units = {**dict.fromkeys(counts, "Count"), "Latency": "Milliseconds"}
        return {
            "_aws": {
                "Timestamp": int(time.time() * 1000),
                "CloudWatchMetrics": [
                    {
                        "Namespace": NAMESPACE,
                        "Dimensions": [["Model", "ModelVersion"], ["Endpoint"]],
                        "Metrics": [{"Name": name, "Unit": unit} for name, unit in units.items()],
                    }
                ],
            },
            "Model": self.model,
            "ModelVersion": self.version,
            "Endpoint": self.endpoint,
            **counts,
            "Latency": [round(value, 3) for value in values[step - 1 :: step][:MOST_VALUES]],
        }
