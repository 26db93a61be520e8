"""Policies of A2: emergency access exists and is protected from misuse."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from controls.model import PolicyRule
from controls.rules import Problem, Props, tokens
from controls.rules.checks import on
from controls.rules.documents import document, every_allow
from controls.rules.predicates import between
from controls.rules.values import lookup


def _asks_for_mfa(statement: Mapping[str, Any]) -> Iterator[Problem]:
    tests = statement.get("Condition", {}).get("Bool", {})
    if str(tests.get("aws:MultiFactorAuthPresent", "")).lower() != "true":
        yield Problem("the role can be assumed without MFA (Bool aws:MultiFactorAuthPresent true is missing)")


def _break_glass(props: Props) -> Iterator[Problem]:
    """Check the break-glass roles (45 CFR 164.312(a)(2)(ii))."""
    name = lookup(props, "name")
    if not isinstance(name, str) or "break-glass" not in name:
        return
    yield from between("maxSessionDuration", 3600, 3600, default=3600)(props)
    yield from document("assumeRolePolicy", every_allow(_asks_for_mfa))(props)


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="iam-break-glass",
        title="The break-glass role requires MFA and has sessions of one hour",
        remedy="Require aws:MultiFactorAuthPresent true in its trust policy and set max_session_duration to 3600.",
        check=on(tokens.ROLE, _break_glass),
    ),
)
