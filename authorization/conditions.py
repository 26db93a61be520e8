"""Condition blocks: absent keys, multivalued keys, set operators and `…IfExists`.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Set operators for multivalued context
keys".
"""

from collections.abc import Mapping, Sequence

from authorization.documents import PolicyError
from authorization.operators import NEGATED, POSITIVE, allows_variables
from authorization.requests import Request
from authorization.variables import substitute_variables

SET_OPERATORS = ("", "ForAllValues", "ForAnyValue")


def conditions_hold(
    conditions: Mapping[str, Mapping[str, Sequence[str]]], request: Request, *, variables: bool = True
) -> bool:
    """Return whether every line of a condition block holds for a request.

    Args:
        conditions: condition operator -> condition key -> policy values.
        request: the request.
        variables: whether policy variables are substituted; they are in policies of version 2012-10-17.

    Raises:
        PolicyError: an operator that IAM does not have.
    """
    return all(
        condition_holds(operator, key, policy_values, request, variables=variables)
        for operator, keys in conditions.items()
        for key, policy_values in keys.items()
    )


def condition_holds(
    operator: str, key: str, policy_values: Sequence[str], request: Request, *, variables: bool = True
) -> bool:
    """Return whether one line of a condition block holds for a request.

    A key without values, or with empty values only under a set operator or `Null`, is a null data set and counts as
    absent. A key with several values needs a set operator: without one the condition does not hold.

    Args:
        operator: the condition operator, with its set operator and `IfExists`, as written in the policy.
        key: the condition key; upper and lower case are the same.
        policy_values: the values in the policy.
        request: the request.
        variables: whether policy variables are substituted.

    Raises:
        PolicyError: an operator that IAM does not have.
    """
    set_operator, base, if_exists = _parse_operator(operator)
    values = request.value(key) or ()
    is_null = not (any(values) if set_operator or base == "Null" else values)
    if base == "Null":
        return any(is_null == (value.lower() == "true") for value in policy_values)
    if is_null:
        if if_exists or set_operator == "ForAllValues":
            return True
        return base in NEGATED and not set_operator
    if not set_operator and len(values) > 1:
        return False
    patterns = policy_values
    if variables and allows_variables(base):
        substituted = [substitute_variables(value, request) for value in policy_values]
        patterns = [pattern for pattern in substituted if pattern is not None]
    satisfied = [_satisfies(base, value, patterns) for value in values]
    return any(satisfied) if set_operator == "ForAnyValue" else all(satisfied)


def _satisfies(base: str, value: str, patterns: Sequence[str]) -> bool:
    if base in NEGATED:
        return not any(NEGATED[base](value, pattern) for pattern in patterns)
    return any(POSITIVE[base](value, pattern) for pattern in patterns)


def _parse_operator(operator: str) -> tuple[str, str, bool]:
    """Set operator, base operator, and whether it ends in `IfExists`."""
    set_operator, _, name = operator.rpartition(":")
    base = name.removesuffix("IfExists")
    if base not in POSITIVE and base not in NEGATED and name != "Null":
        raise PolicyError(f"condition operator {operator!r} is not one of IAM's")
    if set_operator not in SET_OPERATORS:
        raise PolicyError(f"condition operator {operator!r}: the set operators are ForAllValues and ForAnyValue")
    return set_operator, base, name != base
