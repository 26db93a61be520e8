"""Checks that involve several values of the settings: one module per section."""

from collections.abc import Iterator

from zone.settings.checks import bucket_policies, data, general, ml, network, packages, sandboxes, studio, tracking
from zone.settings.errors import Problem
from zone.settings.model import Settings


def problems(settings: Settings) -> Iterator[Problem]:
    """Values that contradict one another, in the order of the sections."""
    for section in (general, network, data, bucket_policies, ml, tracking, studio, packages, sandboxes):
        yield from section.problems(settings)
