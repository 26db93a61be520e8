"""The error of drills."""


class DrillError(Exception):
    """The drill cannot run; the message names the cause."""
