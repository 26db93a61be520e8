"""Condition operators with AWS's semantics, absent keys and multivalued keys included.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Set operators for multivalued keys".
"""

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from fnmatch import translate
from functools import lru_cache

from controls.evaluator.policy import PolicyError
from controls.evaluator.request import Request

Comparison = Callable[[str, str], bool]
"""Whether a request's value satisfies one policy value."""


@lru_cache(maxsize=8192)
def wildcard(pattern: str) -> re.Pattern[str]:
    """A pattern with `*` and `?` as IAM reads it: `[` has no meaning of its own."""
    return re.compile(translate(pattern.replace("[", "[[]")), re.DOTALL)


def like(value: str, pattern: str) -> bool:
    """Whether a text matches a pattern with `*` and `?`, case-sensitive."""
    return wildcard(pattern).match(value) is not None


def arn_like(value: str, pattern: str) -> bool:
    """Whether an ARN matches segment by segment: a `*` does not cross the colons of the first five segments."""
    segments, patterns = value.split(":", 5), pattern.split(":", 5)
    if len(segments) != len(patterns):
        return pattern == "*"
    return all(like(one, other) for one, other in zip(segments, patterns, strict=True))


def _number(compare: Callable[[float, float], bool]) -> Comparison:
    def test(value: str, wanted: str) -> bool:
        try:
            return compare(float(value), float(wanted))
        except ValueError:
            return False

    return test


def _moment(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _date(compare: Callable[[float, float], bool]) -> Comparison:
    def test(value: str, wanted: str) -> bool:
        try:
            return compare(_moment(value), _moment(wanted))
        except ValueError:
            return False

    return test


def _in_network(value: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(network, strict=False)
    except (ValueError, TypeError):
        return False


def _order(kind: Callable[[Callable[[float, float], bool]], Comparison], name: str) -> dict[str, Comparison]:
    return {
        f"{name}Equals": kind(lambda a, b: a == b),
        f"{name}LessThan": kind(lambda a, b: a < b),
        f"{name}LessThanEquals": kind(lambda a, b: a <= b),
        f"{name}GreaterThan": kind(lambda a, b: a > b),
        f"{name}GreaterThanEquals": kind(lambda a, b: a >= b),
    }


POSITIVE: Mapping[str, Comparison] = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringEqualsIgnoreCase": lambda value, wanted: value.lower() == wanted.lower(),
    "StringLike": like,
    "ArnEquals": arn_like,  # AWS documents ArnEquals and ArnLike as behaving identically
    "ArnLike": arn_like,
    "Bool": lambda value, wanted: value.lower() == wanted.lower(),
    "BinaryEquals": lambda value, wanted: value == wanted,
    "IpAddress": _in_network,
    **_order(_number, "Numeric"),
    **_order(_date, "Date"),
}
NEGATED: Mapping[str, Comparison] = {
    "StringNotEquals": POSITIVE["StringEquals"],
    "StringNotEqualsIgnoreCase": POSITIVE["StringEqualsIgnoreCase"],
    "StringNotLike": POSITIVE["StringLike"],
    "ArnNotEquals": POSITIVE["ArnEquals"],
    "ArnNotLike": POSITIVE["ArnLike"],
    "NotIpAddress": POSITIVE["IpAddress"],
    "NumericNotEquals": POSITIVE["NumericEquals"],
    "DateNotEquals": POSITIVE["DateEquals"],
}
"""Operators that hold when no policy value matches, and so hold for an absent key."""


def holds(operator: str, key: str, wanted: Sequence[str], request: Request) -> bool:
    """Whether one line of a condition block holds for a request.

    Raises:
        PolicyError: an operator that IAM does not have.
    """
    quantifier, _, name = operator.rpartition(":")
    values = request.value(key)
    if name == "Null":
        return any((values is None) == (one.lower() == "true") for one in wanted)
    base = name.removesuffix("IfExists")
    if base not in POSITIVE and base not in NEGATED:
        raise PolicyError(f"condition operator {operator!r} is not one of IAM's")
    if quantifier not in ("", "ForAllValues", "ForAnyValue"):
        raise PolicyError(f"condition operator {operator!r}: the set operators are ForAllValues and ForAnyValue")
    if values is None or (not values and quantifier):
        if name.endswith("IfExists") or quantifier == "ForAllValues":
            return True
        return base in NEGATED and quantifier != "ForAnyValue"
    resolved = [substituted(one, request) for one in wanted]
    if base in NEGATED:
        compare = NEGATED[base]
        results = [not any(one is not None and compare(value, one) for one in resolved) for value in values]
    else:
        compare = POSITIVE[base]
        results = [any(one is not None and compare(value, one) for one in resolved) for value in values]
    return any(results) if quantifier == "ForAnyValue" else all(results)


_VARIABLE = re.compile(r"\$\{([^}]+)\}")


def substituted(text: str, request: Request) -> str | None:
    """A policy value with its variables filled in; `None` if one is absent and has no default: it matches nothing."""
    if "${" not in text:
        return text
    result, end = "", 0
    for found in _VARIABLE.finditer(text):
        name, _, default = found[1].partition(",")
        literal = {"*": "*", "?": "?", "$": "$"}.get(name)
        values = request.value(name.strip())
        value = literal or (values[0] if values else default.strip(" '") or None)
        if value is None:
            return None
        result += text[end : found.start()] + value
        end = found.end()
    return result + text[end:]
