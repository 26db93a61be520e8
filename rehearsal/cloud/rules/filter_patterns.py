"""The syntax of the filter patterns of CloudWatch Logs.

Source: CloudWatch Logs User Guide, "Filter pattern syntax for metric filters".
"""

import re
from typing import Final

from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.rules.rule import Rule, Situation

_QUOTED: Final = r'"(?:\\.|[^"\\])*"'
_REGEX: Final = r"%[^%]+%"
_VALUE: Final = rf"(?:{_QUOTED}|{_REGEX}|[\w.:*+/-]+)"
_SELECTOR: Final = r"\$(?:\.[\w-]+|\.\[\"[^\"]+\"\]|\[(?:\d+|\*|\"[^\"]+\")\])+"
_COMPARISON: Final = re.compile(
    rf"{_SELECTOR}\s*(?:(?:!=|<=|>=|=|<|>)\s*{_VALUE}|(?i:IS\s+(?:NOT\s+)?(?:NULL|TRUE|FALSE)|(?:NOT\s+)?EXISTS))"
)
_TERM: Final = re.compile(rf"\s*[?-]?(?:{_QUOTED}|{_REGEX}|\w+)(?=\s|$)")
_NAME: Final = r"[\w-]+"
_COLUMN: Final = re.compile(
    rf"\s*(?:\.\.\.|{_NAME}(?:\s*(?:!=|<=|>=|=|<|>)\s*{_VALUE}(?:\s*(?:&&|\|\|)\s*{_NAME}\s*(?:!=|<=|>=|=|<|>)\s*{_VALUE})*)?)\s*"
)
_TRUE: Final = "T"
"""In place of a part of a JSON pattern that is a condition."""


def is_filter_pattern(pattern: str) -> bool:
    """Return whether a text is a filter pattern: terms, columns in brackets, or conditions on JSON in braces.

    Args:
        pattern: text of the pattern; the empty pattern matches every event.
    """
    text = pattern.strip()
    if text.startswith("{"):
        return text.endswith("}") and _is_condition(text[1:-1])
    if text.startswith("["):
        return text.endswith("]") and _are_columns(text[1:-1])
    while text:
        term = _TERM.match(text)
        if term is None:
            return False
        text = text[term.end() :].strip()
    return True


def _is_condition(text: str) -> bool:
    reduced, former = re.sub(r"\s", "", _COMPARISON.sub(f" {_TRUE} ", text)), ""
    while reduced != former:
        former = reduced
        reduced = re.sub(rf"\({_TRUE}\)|{_TRUE}(?:&&|\|\|){_TRUE}", _TRUE, reduced)
    return reduced == _TRUE


def _are_columns(text: str) -> bool:
    position = 0
    while True:
        column = _COLUMN.match(text, position)
        if column is None:
            return False
        position = column.end()
        if position == len(text):
            return True
        if text[position] != ",":
            return False
        position += 1


def _pattern(situation: Situation) -> Refusal | None:
    if is_filter_pattern(str(situation.parameters.get("filterPattern") or "")):
        return None
    return Refusal(code="InvalidParameterException", message="Invalid metric filter pattern")


RULES: Final = (
    Rule(
        service="logs",
        operations=("PutMetricFilter",),
        check=_pattern,
        states="a filter pattern has the syntax of terms, of columns or of conditions on JSON",
        source="CloudWatch Logs User Guide, Filter pattern syntax for metric filters",
    ),
)
