"""Waits for results of background work."""

import time
from collections.abc import Callable
from typing import Any

_ATTEMPTS = 2000


def until(result: Callable[[], Any], description: str) -> Any:
    """Wait for a result of background work, at least 100 seconds.

    Args:
        result: returns a true value when the work is done.
        description: of the result, for the message.

    Returns:
        The first true value.

    Raises:
        AssertionError: the result did not appear.
    """
    for _ in range(_ATTEMPTS):
        value = result()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"did not happen within {_ATTEMPTS} attempts: {description}")
