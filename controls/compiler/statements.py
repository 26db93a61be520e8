"""A statement of the registry as the JSON that AWS reads, with the zone's exempt roles written into its condition."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from controls.model import Conditions, PolicyType, Statement

PRINCIPAL: Final = "aws:PrincipalArn"
EXEMPT: Final = "ArnNotLike"


def minified(document: object) -> str:
    """JSON without a superfluous character: AWS counts every one."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def rendered(statement: Statement, policy_type: PolicyType, exempt_arns: Sequence[str]) -> dict[str, Any]:
    """The statement as an object of a policy document; a list of one is written as its element."""
    document: dict[str, Any] = {"Sid": statement.sid, "Effect": "Deny"}
    if policy_type is PolicyType.RCP:
        document["Principal"] = "*"  # the only principal an RCP may name
    if statement.actions:
        document["Action"] = _compact(statement.actions)
    else:
        document["NotAction"] = _compact(statement.not_actions)
    if statement.not_resources:
        document["NotResource"] = _compact(statement.not_resources)
    else:
        document["Resource"] = _compact(statement.resources)
    conditions = exempting(statement.conditions, exempt_arns) if statement.exempt else statement.conditions
    if conditions:
        document["Condition"] = {
            operator: {key: _compact(value) for key, value in tests.items()} for operator, tests in conditions.items()
        }
    return document


def exempting(conditions: Conditions, arns: Sequence[str]) -> Conditions:
    """Adds "and the caller is none of these roles" to a condition block.

    Operators are ANDed, keys of one operator too, and a negated operator holds when *no* value matches: so the ARNs
    join those that the statement already spares under the same operator and key, and everything else stays.
    """
    if not arns:
        return conditions
    tests = dict(conditions.get(EXEMPT, {}))
    # Condition keys are compared without regard to case: a second spelling of the key would be a duplicate for AWS.
    key = next((name for name in tests if name.lower() == PRINCIPAL.lower()), PRINCIPAL)
    present = _listed(tests.get(key, ()))
    tests[key] = [*present, *(arn for arn in arns if arn not in present)]
    merged: dict[str, Mapping[str, str | Sequence[str]]] = dict(conditions)
    merged[EXEMPT] = tests
    return merged


def _listed(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _compact(value: str | Sequence[str]) -> str | list[str]:
    values = _listed(value)
    return values[0] if len(values) == 1 else values
