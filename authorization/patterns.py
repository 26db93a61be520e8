"""Wildcard and ARN matching.

Source: IAM User Guide, "IAM JSON policy elements: Resource" and "Condition operators" (string and ARN operators).
"""

import re
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


@lru_cache(maxsize=8192)
def _expression(pattern: str) -> re.Pattern[str]:
    translated = {"*": ".*", "?": ".", _ESCAPED_STAR: r"\*", _ESCAPED_QUESTION_MARK: r"\?"}
    return re.compile("".join(translated.get(character) or re.escape(character) for character in pattern), re.DOTALL)


def matches_wildcards(text: str, pattern: str) -> bool:
    """Return whether a text matches a pattern with the wildcards `*` and `?`; case-sensitive."""
    return _expression(pattern).fullmatch(text) is not None


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
