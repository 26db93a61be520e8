"""The failure of a monitor: what happened and what to do."""


class MonitorError(Exception):
    """A monitor that cannot judge; the message names the file and what is allowed, and repeats no value of the data."""
