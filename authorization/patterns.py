"""Wildcard and ARN matching.

Source: IAM User Guide, "IAM JSON policy elements: Resource" and "Condition operators" (string and ARN operators).
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

_ESCAPED_STAR: Final = "\ue000"
_ESCAPED_QUESTION_MARK: Final = "\ue001"
_ARN_SEPARATORS: Final = 5
"""An ARN has six components; the last one may contain colons itself."""


def escape_wildcards(text: str) -> str:
    """Marks `*` and `?` as literal characters: values of policy variables, `${*}` and `${?}` are never wildcards."""
    return text.replace("*", _ESCAPED_STAR).replace("?", _ESCAPED_QUESTION_MARK)


def unescape_wildcards(pattern: str) -> str:
    """The text of a pattern for operators without wildcards, such as `StringEquals`."""
    return pattern.replace(_ESCAPED_STAR, "*").replace(_ESCAPED_QUESTION_MARK, "?")


def _translated(pattern: str) -> str:
    translated = {"*": ".*", "?": ".", _ESCAPED_STAR: r"\*", _ESCAPED_QUESTION_MARK: r"\?"}
    return "".join(translated.get(character) or re.escape(character) for character in pattern)


@lru_cache(maxsize=8192)
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(_translated(pattern), re.DOTALL)


@lru_cache(maxsize=8192)
def _action_expression(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """One expression for all patterns; without a pattern, one that matches nothing."""
    alternatives = "|".join(_translated(pattern.lower()) for pattern in patterns)
    return re.compile(alternatives if patterns else r"(?!)", re.DOTALL)


def matches_wildcards(text: str, pattern: str) -> bool:
    """Return whether a text matches a pattern with the wildcards `*` and `?`; case-sensitive."""
    return _expression(pattern).fullmatch(text) is not None


def matches_action(action: str, patterns: Sequence[str]) -> bool:
    """Return whether an action matches one of several patterns with wildcards; upper and lower case are the same."""
    return _action_expression(tuple(patterns)).fullmatch(action.lower()) is not None


def matches_arn(arn: str, pattern: str) -> bool:
    """Return whether an ARN matches a pattern component by component: a wildcard does not match across a colon.

    The pattern `*` alone matches every ARN.
    """
    components, patterns = arn.split(":", _ARN_SEPARATORS), pattern.split(":", _ARN_SEPARATORS)
    if len(components) != len(patterns) or len(components) <= _ARN_SEPARATORS:
        return pattern == "*"
    return all(
        matches_wildcards(component, component_pattern)
        for component, component_pattern in zip(components, patterns, strict=True)
    )
