"""Logs that cannot hold patient data: events by name, fields from an allow-list, each in its only form."""

import json
import re
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, TextIO
from uuid import UUID, uuid4

import structlog

EVENTS: Final = frozenset({"started", "start_failed", "request", "request_failed", "metrics", "stopping", "stopped"})


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _like(pattern: str) -> Callable[[Any], bool]:
    expression = re.compile(pattern)
    return lambda value: isinstance(value, str) and expression.fullmatch(value) is not None


ALLOWED: Final[Mapping[str, Callable[[Any], bool]]] = {
    "correlation_id": _like(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "digest": _like(r"[0-9a-f]{64}"),
    "encounters": _number,
    "error": _like(r"[A-Z][A-Za-z]{2,40}(Error|Exception|Interrupt)"),
    "level": _like(r"info|warning|error"),
    "milliseconds": _number,
    "model": _like(r"[a-z_]{1,40}"),
    "outliers": _number,
    "path": _like(r"/ping|/invocations|other"),
    "problems": _number,
    "requests": _number,
    "status": _number,
    "timestamp": _number,
    "version": _like(r"[0-9A-Za-z.-]{1,20}"),
}
"""Field -> whether a value has the form that the field may have. No free text: a name or a number of a patient has no
field to stand in. Minimum necessary, 45 CFR 164.502(b); masking in the log group comes on top."""


def only_allowed(_logger: Any, _method: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """Drops what is not allowed, and counts it: structlog processor, the last before rendering."""
    kept = {name: value for name, value in event.items() if name in ALLOWED and ALLOWED[name](value)}
    dropped = len(event) - len(kept) - ("event" in event)
    name = event.get("event")
    kept["event"] = name if name in EVENTS else "unnamed"
    return {**kept, **({"dropped": dropped} if dropped else {})}


def _stamped(_logger: Any, method: str, event: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**event, "level": method, "timestamp": round(time.time(), 3)}


def logger(stream: TextIO | None = None) -> Any:
    """A structured logger to standard output, which SageMaker sends to the endpoint's log group."""
    return structlog.wrap_logger(
        structlog.PrintLogger(stream or sys.stdout),
        processors=[_stamped, only_allowed, lambda _logger, _method, event: json.dumps(event, sort_keys=True)],
        wrapper_class=structlog.BoundLogger,
    )


def correlation_id(header: str | None) -> str:
    """The caller's id if it is a UUID, else a new one: any other text might be somebody's name."""
    try:
        return str(UUID(header)) if header else str(uuid4())
    except ValueError:
        return str(uuid4())
