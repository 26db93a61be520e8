"""The error of this package."""


class OperationError(Exception):
    """AWS or the Pulumi CLI cannot be used as the command needs; the message says what to do."""
