"""The range of an endpoint's autoscaling."""

from typing import Final

MAXIMUM_FACTOR: Final = 4
"""Maximum number of instances of an endpoint, divided by its minimum."""
