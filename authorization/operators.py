"""Comparisons of the condition operators, one request value against one policy value.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from authorization.patterns import matches_arn, matches_wildcards, unescape_wildcards

Comparison = Callable[[str, str], bool]
"""Whether a request's value satisfies a policy value, in this order."""

_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_YEAR_AND_MONTH: Final = re.compile(r"\d{4}-\d{2}")


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return float(text)


def _timestamp(text: str) -> float:
    """Seconds since 1970 of an ISO 8601 date, or of a number that already is one."""
    if _NUMBER.fullmatch(text):
        return float(text)
    date = datetime.fromisoformat(f"{text}-01" if _YEAR_AND_MONTH.fullmatch(text) else text)
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()


def _ordered(read: Callable[[str], float], compare: Callable[[float, float], bool]) -> Comparison:
    """A comparison of numbers or dates; values that are neither never satisfy it."""

    def satisfies(request_value: str, policy_value: str) -> bool:
        try:
            return compare(read(request_value), read(policy_value))
        except ValueError:
            return False

    return satisfies


def _orderings(prefix: str, read: Callable[[str], float]) -> dict[str, Comparison]:
    return {
        f"{prefix}Equals": _ordered(read, lambda value, limit: value == limit),
        f"{prefix}LessThan": _ordered(read, lambda value, limit: value < limit),
        f"{prefix}LessThanEquals": _ordered(read, lambda value, limit: value <= limit),
        f"{prefix}GreaterThan": _ordered(read, lambda value, limit: value > limit),
        f"{prefix}GreaterThanEquals": _ordered(read, lambda value, limit: value >= limit),
    }


def _equals(request_value: str, policy_value: str) -> bool:
    return request_value == unescape_wildcards(policy_value)


def _equals_ignoring_case(request_value: str, policy_value: str) -> bool:
    return request_value.lower() == unescape_wildcards(policy_value).lower()


def _boolean(request_value: str, policy_value: str) -> bool:
    return request_value.lower() == policy_value.lower() and policy_value.lower() in ("true", "false")


def _binary(request_value: str, policy_value: str) -> bool:
    """Byte for byte; both values are base64 text."""
    try:
        return base64.b64decode(request_value, validate=True) == base64.b64decode(policy_value, validate=True)
    except (binascii.Error, ValueError):
        return False


def _in_address_range(request_value: str, policy_value: str) -> bool:
    """Return whether an IPv4 or IPv6 address lies in a CIDR range of the same version."""
    try:
        return ipaddress.ip_address(request_value) in ipaddress.ip_network(policy_value, strict=False)
    except ValueError:
        return False


POSITIVE: Final[Mapping[str, Comparison]] = {
    "StringEquals": _equals,
    "StringEqualsIgnoreCase": _equals_ignoring_case,
    "StringLike": matches_wildcards,
    "ArnEquals": matches_arn,  # AWS documents ArnEquals and ArnLike as behaving identically
    "ArnLike": matches_arn,
    "Bool": _boolean,
    "BinaryEquals": _binary,
    "IpAddress": _in_address_range,
    **_orderings("Numeric", _number),
    **_orderings("Date", _timestamp),
}
"""Operator -> comparison. It holds if a policy value is satisfied, so not for an absent key."""

NEGATED: Final[Mapping[str, Comparison]] = {
    "StringNotEquals": POSITIVE["StringEquals"],
    "StringNotEqualsIgnoreCase": POSITIVE["StringEqualsIgnoreCase"],
    "StringNotLike": POSITIVE["StringLike"],
    "ArnNotEquals": POSITIVE["ArnEquals"],
    "ArnNotLike": POSITIVE["ArnLike"],
    "NotIpAddress": POSITIVE["IpAddress"],
    "NumericNotEquals": POSITIVE["NumericEquals"],
    "DateNotEquals": POSITIVE["DateEquals"],
}
"""Operator -> comparison. It holds if no policy value is satisfied, and so for an absent key."""


def allows_variables(operator: str) -> bool:
    """Return whether policy variables are substituted: in string and ARN operators only."""
    return operator.startswith(("String", "Arn"))
