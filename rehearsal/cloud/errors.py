"""Errors of the emulated AWS."""


class CloudError(Exception):
    """The emulated cloud cannot be started, reached or stopped; the message says why and what to do."""
