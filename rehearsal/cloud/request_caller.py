"""The caller of the request that this thread answers, for state that AWS keeps with the ARN of who changed it."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_CALLER: Final[ContextVar[str]] = ContextVar("caller", default="")


@contextmanager
def called_by(arn: str) -> Generator[None]:
    """Answer a request of a principal.

    Args:
        arn: ARN of the user, or of the role session.
    """
    token = _CALLER.set(arn)
    try:
        yield
    finally:
        _CALLER.reset(token)


def caller_arn() -> str:
    """ARN of the principal whose request is answered; empty if no request is."""
    return _CALLER.get()
