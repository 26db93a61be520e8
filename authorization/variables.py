"""Policy variables: `${aws:PrincipalTag/team, 'default'}` in resources and in condition values.

Source: IAM User Guide, "IAM policy elements: Variables and tags". Variables need policy version 2012-10-17; a key with
several values cannot be a variable; a variable's value never acts as a wildcard.
"""

import re
from typing import Final

from authorization.patterns import escape_wildcards
from authorization.requests import Request

VARIABLE: Final = re.compile(r"\$\{([^}]+)\}")
_SPECIAL_CHARACTERS: Final = frozenset("*?$")
"""`${*}`, `${?}` and `${$}` stand for the characters themselves."""


def substitute_variables(text: str, request: Request) -> str | None:
    """Replaces the policy variables of a text by their values in the request.

    Args:
        text: a resource or condition value of a policy of version 2012-10-17.
        request: the request whose condition keys are the variables.

    Returns:
        A pattern in which substituted `*` and `?` are escaped (`authorization.patterns`), or `None` if a variable has
        neither one value nor a default: such a text matches nothing.
    """
    if "${" not in text:
        return text
    pattern, end = "", 0
    for variable in VARIABLE.finditer(text):
        value = _value(variable[1], request)
        if value is None:
            return None
        pattern += text[end : variable.start()] + escape_wildcards(value)
        end = variable.end()
    return pattern + text[end:]


def _value(variable: str, request: Request) -> str | None:
    if variable in _SPECIAL_CHARACTERS:
        return variable
    key, _, default = variable.partition(",")
    values = request.value(key.strip())
    if values is not None and len(values) == 1:
        return values[0]
    return None if values else (default.strip().strip("'") or None)
