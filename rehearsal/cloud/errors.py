"""What can go wrong with the emulated cloud, in words for people."""


class CloudError(Exception):
    """The emulated cloud cannot be started, reached or stopped; the message says why and what to do."""
