"""Checks every action, resource type and condition key of a statement against the service authorisation tables.

AWS accepts a policy whose action or key is misspelt, and then the policy guards nothing or denies everything. The
tables are AWS's Service Authorization Reference (`authorization/reference`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from typing import Final

from authorization import reference
from controls.compiler.problems import CompileError, CompileProblem
from controls.model import Control, Statement

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
FEDERATION_KEYS: Final = frozenset(
    {"token.actions.githubusercontent.com:aud", "token.actions.githubusercontent.com:sub"}
)
"""Keys of a web identity that the Service Authorization Reference leaves out (IAM User Guide, "Available keys for AWS
OIDC federation")."""
TAG_KEYS: Final = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/")


@cache
def privileges(service: str) -> Mapping[str, frozenset[str]]:
    """Action in lower case -> its condition keys in lower case; empty for a service that is not in the tables.

    The keys include the former names of renamed keys (`former_names`), which AWS may still send.
    """
    former = {name: key for key, name in former_names(service).items()}
    return {
        name: frozenset(alias.lower() for key in action.all_condition_keys() for alias in (key, former.get(key, key)))
        for name, action in reference.service(service).actions.items()
    }


@cache
def former_names(service: str) -> Mapping[str, str]:
    """Former name -> present name of the service's renamed condition keys, in AWS's spelling.

    The reference marks a key as deprecated by listing it for the service and for no action. The present name has the
    suffix `Arn`: `sagemaker:VolumeKmsKey` became `sagemaker:VolumeKmsKeyArn`.
    """
    tables = reference.service(service)
    carried = frozenset(key for action in tables.actions.values() for key in action.all_condition_keys())
    return {key: f"{key}Arn" for key in tables.condition_keys if key not in carried and f"{key}Arn" in carried}


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
        yield from _names_alone(tests, actions)


def _names_alone(tests: Iterable[str], actions: Sequence[str]) -> Iterator[str]:
    """Yield a problem for each renamed key of a condition that lacks the other name of the key."""
    names = frozenset(tests)
    for service in {action.partition(":")[0] for action in actions}:
        for former, present in former_names(service).items():
            if len(names & {former, present}) == 1:
                yield f"AWS renamed the condition key {former} to {present}; the condition must contain both names"


@cache
def _kinds(service: str) -> frozenset[str]:
    """Return the first parts of a service's resource names, for example `role`; `*` for names without prefix."""
    raw = (resource.arn.split(":", 5)[-1] for resource in reference.service(service).resource_types.values())
    return frozenset("*" if suffix.startswith("${") else re.split(r"[/:]", suffix)[0] for suffix in raw)


def _is_a_resource(pattern: str) -> bool:
    segments = pattern.split(":", 5)
    if len(segments) < 6 or segments[0] != "arn":  # noqa: PLR2004 - an ARN has six segments
        return False
    kinds = _kinds(segments[2])
    return "*" in kinds or re.split(r"[/:]", segments[5])[0] in kinds


def _known(key: str, actions: Sequence[str]) -> bool:
    if key in GLOBAL_KEYS | FEDERATION_KEYS or key.startswith(TAG_KEYS):
        return True
    carried = {
        re.sub(r"\$\{[^}]*\}", "*", carried_key)
        for action in actions
        for name, keys in privileges(action.partition(":")[0]).items()
        if fnmatchcase(name, action.partition(":")[2].lower())
        for carried_key in keys
    }
    return any(fnmatchcase(key, pattern) for pattern in carried)
