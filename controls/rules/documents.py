"""Rules over IAM policy documents: identity, resource, trust and key policies, whatever form their JSON has."""

import json
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from controls.rules.values import ABSENT, UNKNOWN, Problem, Props, Rule, Undecided, items, lookup

StatementRule = Callable[[Mapping[str, Any]], Iterator[Problem]]

PRIVILEGE_ESCALATION = (
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreatePolicyVersion",
    "iam:PassRole",
    "iam:PutGroupPolicy",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateLoginProfile",
)
"""Actions that on every resource let a principal take more rights than it was given."""


def document(path: str, inner: Callable[[list[Mapping[str, Any]]], Iterator[Problem]]) -> Rule:
    """Parses the policy document at `path` (JSON text or object) and hands its statements to `inner`."""

    def rule(props: Props) -> Iterator[Problem]:
        value = lookup(props, path)
        if value is ABSENT:
            return
        if value is UNKNOWN:
            yield Undecided.at(path)
            return
        try:
            parsed = json.loads(value) if isinstance(value, str) else value
        except json.JSONDecodeError as error:
            yield Problem(f"{path} is not JSON: {error}")
            return
        if not isinstance(parsed, Mapping):
            yield Problem(f"{path} must be a policy document, an object with a Statement")
            return
        yield from inner([statement for statement in items(parsed.get("Statement")) if isinstance(statement, Mapping)])

    return rule


def every_allow(inner: StatementRule) -> Callable[[list[Mapping[str, Any]]], Iterator[Problem]]:
    """Applies a rule to each Allow statement and names the statement in what it finds."""

    def rule(statements: list[Mapping[str, Any]]) -> Iterator[Problem]:
        for number, statement in enumerate(statements, start=1):
            if statement.get("Effect") == "Allow":
                name = statement.get("Sid") or f"number {number}"
                for problem in inner(statement):
                    yield type(problem)(f"statement {name}: {problem}")

    return rule


def no_administrator(statement: Mapping[str, Any]) -> Iterator[Problem]:
    """An Allow of every action, or of every action of IAM, Organizations or KMS, on every resource."""
    if "*" not in items(statement.get("Resource")) or statement.get("Condition"):
        return
    wide = {"*", "*:*", "iam:*", "organizations:*", "kms:*", "s3:*", "sts:*"}
    for action in items(statement.get("Action")):
        if action in wide:
            yield Problem(f"allows {action} on every resource")
    if statement.get("NotAction"):
        yield Problem("allows everything but a few actions (NotAction) on every resource")


def no_privilege_escalation(statement: Mapping[str, Any]) -> Iterator[Problem]:
    """An Allow that lets its holder widen its own rights: on every resource and without a condition."""
    if "*" not in items(statement.get("Resource")) or statement.get("Condition"):
        return
    patterns = [str(action) for action in items(statement.get("Action"))]
    for dangerous in PRIVILEGE_ESCALATION:
        if any(fnmatchcase(dangerous.lower(), pattern.lower()) for pattern in patterns):
            yield Problem(f"allows {dangerous} on every resource, which is a way to administrator rights")


def no_public_principal(statement: Mapping[str, Any]) -> Iterator[Problem]:
    """An Allow to everyone without a condition that narrows who everyone is."""
    principal = statement.get("Principal")
    everyone = principal == "*" or (isinstance(principal, Mapping) and "*" in items(principal.get("AWS")))
    if everyone and not _narrowed(statement):
        yield Problem("allows everyone (Principal *) without a condition on organisation, account, VPC or source")


def github_subject_is_named(statement: Mapping[str, Any]) -> Iterator[Problem]:
    """A role for GitHub's OIDC must name the audience and one repository's subject, never any repository's."""
    principal = statement.get("Principal")
    federated = items(principal.get("Federated")) if isinstance(principal, Mapping) else []
    if not any("token.actions.githubusercontent.com" in str(provider) for provider in federated):
        return
    tests = {
        key.rpartition(":")[2]: items(value)
        for operator in _operators(statement).values()
        for key, value in operator.items()
        if key.startswith("token.actions.githubusercontent.com:")
    }
    if tests.get("aud") != ["sts.amazonaws.com"]:
        yield Problem("the GitHub audience must be sts.amazonaws.com")
    subjects = [str(subject) for subject in tests.get("sub", [])]
    if not subjects:
        yield Problem(
            "the GitHub subject (repository and environment) is not named: any repository could assume the role"
        )
    for subject in subjects:
        owner_and_repository = subject.removeprefix("repo:").split(":")[0]
        if "*" in owner_and_repository or "/" not in owner_and_repository:
            yield Problem(f"the GitHub subject {subject!r} does not name one repository")


def denies_insecure_transport(statements: list[Mapping[str, Any]]) -> Iterator[Problem]:
    """Some statement denies everyone every S3 action without TLS: 45 CFR 164.312(e)(1)."""
    for statement in statements:
        principal = statement.get("Principal")
        everyone = principal == "*" or (isinstance(principal, Mapping) and "*" in items(principal.get("AWS")))
        test = _operators(statement).get("Bool", {})
        if (
            statement.get("Effect") == "Deny"
            and everyone
            and {"s3:*", "*"} & set(items(statement.get("Action")))
            and str(test.get("aws:securetransport", "")).lower() == "false"
            and len(_operators(statement)) == 1
        ):
            return
    yield Problem("no statement denies every principal s3:* when aws:SecureTransport is false")


def denies_any_insecure_transport(statements: list[Mapping[str, Any]]) -> Iterator[Problem]:
    """Some statement denies everyone what is asked without TLS, whatever the service: 45 CFR 164.312(e)(1)."""
    for statement in statements:
        test = _operators(statement).get("Bool", {})
        if (
            statement.get("Effect") == "Deny"
            and statement.get("Principal") in ("*", {"AWS": "*"})
            and str(test.get("aws:securetransport", "")).lower() == "false"
        ):
            return
    yield Problem("no statement denies every principal when aws:SecureTransport is false")


def denies_wrong_keys(statements: list[Mapping[str, Any]]) -> Iterator[Problem]:
    """Some statement denies everyone to put what is encrypted with another key than the bucket's."""
    header = "s3:x-amz-server-side-encryption-aws-kms-key-id"
    for statement in statements:
        operators = _operators(statement)
        if (
            statement.get("Effect") == "Deny"
            and statement.get("Principal") in ("*", {"AWS": "*"})
            and header in operators.get("StringNotEquals", {})
            # A negated operator alone holds for an absent header, and would refuse the bucket's default as well.
            and str(operators.get("Null", {}).get(header, "")).lower() == "false"
        ):
            return
    yield Problem("no statement denies every principal to put objects under another key")


def denies_outside_endpoints(statements: list[Mapping[str, Any]]) -> Iterator[Problem]:
    """Some statement denies everyone who does not come through a known endpoint or VPC."""
    keys = {"aws:vpceorgid", "aws:vpceaccount", "aws:vpceorgpaths", "aws:sourcevpc", "aws:sourcevpce"}
    for statement in statements:
        operators = _operators(statement)
        tested = {key for name, tests in operators.items() if "Not" in name for key in tests}
        if statement.get("Effect") == "Deny" and statement.get("Principal") in ("*", {"AWS": "*"}) and tested & keys:
            return
    yield Problem("no statement denies every principal that comes through no endpoint of the organisation")


def _operators(statement: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The condition block with its keys in lower case: IAM compares them so."""
    condition = statement.get("Condition")
    if not isinstance(condition, Mapping):
        return {}
    return {
        str(operator): {str(key).lower(): value for key, value in tests.items()}
        for operator, tests in condition.items()
        if isinstance(tests, Mapping)
    }


_NARROWING = {
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "kms:calleraccount",
}


def _narrowed(statement: Mapping[str, Any]) -> bool:
    return any(
        key in _NARROWING and "*" not in items(value)
        for operator, tests in _operators(statement).items()
        if "not" not in operator.lower() and "null" not in operator.lower()
        for key, value in tests.items()
    )
