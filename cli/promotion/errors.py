"""Errors of the model registry and of promotions; each has the exit code of the command."""

from typing import Final

BAD_INPUT: Final = 2
"""A model, version or environment is unknown, or the order of the environments is wrong."""
REFUSED: Final = 3
"""The version is not approved, or IAM denies the request."""
INTEGRITY: Final = 4
"""An artifact or image is missing, or its digest differs from the registered one."""


class PromotionError(Exception):
    """Nothing was changed in the settings; the message states what is wrong and what to do."""

    def __init__(self, message: str, exit_code: int = BAD_INPUT) -> None:
        super().__init__(message)
        self.exit_code = exit_code
