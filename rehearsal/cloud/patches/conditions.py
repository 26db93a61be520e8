"""Evaluates a resource policy's statement for one request, conditions included (IAM User Guide, policy evaluation)."""

import fnmatch
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

_OPERATORS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "StringEquals": lambda have, want: have == want,
    "StringEqualsIgnoreCase": lambda have, want: have.lower() == want.lower(),
    "StringLike": fnmatch.fnmatchcase,
    "ArnEquals": fnmatch.fnmatchcase,
    "ArnLike": fnmatch.fnmatchcase,
    "Bool": lambda have, want: have.lower() == want.lower(),
    "NumericEquals": lambda have, want: float(have) == float(want),
    "NumericLessThan": lambda have, want: float(have) < float(want),
    "NumericLessThanEquals": lambda have, want: float(have) <= float(want),
    "NumericGreaterThan": lambda have, want: float(have) > float(want),
    "NumericGreaterThanEquals": lambda have, want: float(have) >= float(want),
}
_VARIABLE: Final = re.compile(r"\$\{([^}]+)\}")
_NEGATED: Final = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
}


def applies(  # noqa: PLR0911 - one return an element of the statement
    statement: Mapping[str, Any], *, action: str, resource: str, principals: Sequence[str], context: Mapping[str, str]
) -> bool:
    """Whether a statement is about this request and all of its conditions are met.

    `principals`: the caller's ARN, account id and account root ARN. `context`: condition key, lower case -> value.
    """
    if "Action" in statement and not _any(statement["Action"], action, fold=True):
        return False
    if "NotAction" in statement and _any(statement["NotAction"], action, fold=True):
        return False
    if "Resource" in statement and not _any(_filled(statement["Resource"], context), resource):
        return False
    if "NotResource" in statement and _any(_filled(statement["NotResource"], context), resource):
        return False
    if "Principal" in statement and not _principal(statement["Principal"], principals):
        return False
    if "NotPrincipal" in statement and _principal(statement["NotPrincipal"], principals):
        return False
    conditions: Mapping[str, Mapping[str, Any]] = statement.get("Condition") or {}
    return all(
        met(operator, context.get(key.lower()), [str(want) for want in _list(wanted)])
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def met(operator: str, have: str | None, wanted: Sequence[str]) -> bool:
    """Whether one condition is met; an absent key meets negated and `…IfExists` operators, as in AWS."""
    name = operator.rpartition(":")[2]
    optional = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    wanted = [want.lower() if want in ("True", "False") else want for want in wanted]
    if name == "Null":
        return (have is None) == (wanted[0] == "true")
    if have is None:
        return optional or name in _NEGATED or operator.startswith("ForAllValues:")
    negated = name in _NEGATED
    compare = _OPERATORS.get(_NEGATED.get(name, name))
    if compare is None:
        return False
    return any(compare(have, want) for want in wanted) != negated


def _filled(patterns: Any, context: Mapping[str, str]) -> list[str]:
    """Patterns with their variables' values, or defaults; one whose variable is absent matches nothing.

    IAM User Guide, "IAM policy elements: variables and tags".
    """

    def value(found: re.Match[str]) -> str:
        name, _, default = found[1].partition(",")
        given = context.get(name.strip().lower(), default.strip(" '"))
        if not given:
            raise LookupError(name)
        return given

    filled: list[str] = []
    for pattern in map(str, _list(patterns)):
        try:
            filled.append(_VARIABLE.sub(value, pattern))
        except LookupError:
            continue
    return filled


def _principal(principal: Any, callers: Sequence[str]) -> bool:
    if principal == "*":
        return True
    named = [str(one) for one in _list(principal.get("AWS", []))]
    return any(one == "*" or one in callers for one in named)


def _any(patterns: Any, value: str, *, fold: bool = False) -> bool:
    return any(
        fnmatch.fnmatchcase(value.lower() if fold else value, pattern.lower() if fold else pattern)
        for pattern in map(str, _list(patterns))
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
