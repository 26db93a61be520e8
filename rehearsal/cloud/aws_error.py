"""The exception that moto turns into an AWS error, without belonging to one of moto's services."""

from moto.core.exceptions import ServiceException


class AwsError(ServiceException):
    """`AwsError(code, message)`: moto looks its shape up in the service asked, by the code."""
